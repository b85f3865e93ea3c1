"""Checks the webhooks to which errors are reported."""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import yarl

from bot.checks.check import Skipped
from config.faults import REPORT_REFUSED, Fault
from config.settings import Settings

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
SAID: Final = "The doctor of Guildesk tries whether reports of errors arrive here. Nothing is wrong."
_SUPPRESS_NOTIFICATIONS: Final = 1 << 12
"""A flag of a message that pings nobody (Discord, "Message Flags")."""


async def look_at_reports(settings: Settings) -> AsyncIterator[Fault]:
    """Posts to each, and deletes the post again if that is possible."""
    urls = {
        "ERROR_WEBHOOK_URL": settings.error_webhook_url,
        "ERROR_BOT_WEBHOOK_URL": settings.error_bot_webhook_url,
    }
    named = {name: url.get_secret_value() for name, url in urls.items() if url is not None}
    if not named:
        raise Skipped("none is set")
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        for name, url in named.items():
            if (why := await _refused(session, yarl.URL(url))) is not None:
                yield REPORT_REFUSED.of(setting=name, why=why)


async def _refused(session: aiohttp.ClientSession, url: yarl.URL) -> str | None:
    """Why it does not accept reports. The address is a secret, so the reason does not contain it."""
    body = {"content": SAID, "flags": _SUPPRESS_NOTIFICATIONS, "allowed_mentions": {"parse": []}}
    try:
        async with session.post(url.update_query(wait="true"), json=body, allow_redirects=False) as answer:
            if answer.status >= 300:
                return f"the answer is {answer.status}"
            is_discord = "/webhooks/" in url.path and answer.content_type == "application/json"
            posted = (await answer.json()).get("id") if is_discord else None
        if posted:
            async with session.delete(url.with_query(None) / "messages" / str(posted), allow_redirects=False):
                pass
    except TimeoutError:
        return "there is no answer"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return type(error).__name__
    return None
