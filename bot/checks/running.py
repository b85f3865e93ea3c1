"""Asks the Guildesk that runs here which faults it has found itself."""

from collections.abc import AsyncIterator, Collection
from functools import partial

import aiohttp
import yarl

from bot.checks.check import Check, Skipped
from config.faults import Fault
from config.settings import Settings

PATIENCE = aiohttp.ClientTimeout(total=5)


def running_check(settings: Settings, known: Collection[Fault]) -> Check:
    """The check. It leaves out the faults that other checks have found already."""
    return Check("running", "what the running Guildesk has found", partial(_running, settings, known))


async def _running(settings: Settings, known: Collection[Fault]) -> AsyncIterator[Fault]:
    url = yarl.URL.build(scheme="http", host=settings.own_host, port=settings.web_server_port, path="/readyz")
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            told = await answer.json()
            found = [Fault(it["code"], it["what"], it["cure"]) for it in told["fault_details"]]
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
        raise Skipped("none answers on WEB_SERVER_PORT") from None
    codes_and_words = {(it.code, it.what) for it in known}
    for fault in found:
        if (fault.code, fault.what) not in codes_and_words:
            yield fault
