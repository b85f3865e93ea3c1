"""Runs the program until it is told to stop."""

import asyncio
import gc
import logging
import signal
from contextlib import AsyncExitStack
from functools import partial

from pydantic import SecretStr

from bot.program.clock import now
from bot.program.error_reports import reporting
from bot.program.options import sinks_of
from bot.program.program import CannotStart, Only, Program
from bot.program.stopping import begin_to_stop, unless_stopped, until_stopped
from bot.program.verifying import issuers_of, secrets_of
from config.current_desk import CurrentDesk
from config.desk_file import DeskFileIsWrong
from config.settings import Settings
from notify.webhooks.wanted_events import WantedEvents
from pages.frame.page import read_templates
from storage.open import open_store
from texts.language import Language
from texts.text import bundle_of

log = logging.getLogger(__name__)

YOUNG_OBJECTS = 10_000
"""A megabyte of them, about; Python's own threshold is 700."""


def secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


async def run(settings: Settings, only: Only | None = None) -> None:
    """Run bot, API and relays until SIGTERM or SIGINT; or only one of them."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, begin_to_stop, stop)
    issuers, desk_file = issuers_of(settings), _desk_file_of(settings)
    if settings.desk_file is not None:  # otherwise SIGHUP ends the program
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, desk_file.read)
    async with AsyncExitStack() as stack:
        report = await stack.enter_async_context(
            reporting(
                secret(settings.error_webhook_url),
                secret(settings.error_bot_webhook_url),
                partial(secrets_of, settings, issuers),
            )
        )
        wanted = WantedEvents(desk_file.endpoints)
        opening = open_store(settings, now, sinks_of(settings, wanted))
        store = await unless_stopped(stop, stack.enter_async_context(opening))
        if store is None:
            return
        log.info("the store is %s", store.name)
        await wanted.look(store)
        program = Program(settings, issuers, desk_file, store, only, report, wanted)
        if (why := settings.weakness_of_secret) is not None:
            log.warning("JWT_SECRET_KEY: %s; SERVER_MODE=PRODUCTION would refuse it", why)
        _read_texts()
        if only is not Only.BOT:
            read_templates(settings.pages)
            port = await program.serve_api(stack)
            log.info("the API listens on %s port %d", settings.web_server_host, port)
        _leave_alone_what_stays()
        await until_stopped(stop, program.work(), store)


def _read_texts() -> None:
    """Read the texts before anybody waits for them."""
    for language in Language:
        bundle_of(language)


def _leave_alone_what_stays() -> None:
    """Modules, classes and models live until the end. If the garbage collector leaves them out, it pauses the
    event loop for 1 ms and not for 40. And it need not look at the objects of each few requests under way."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def _desk_file_of(settings: Settings) -> CurrentDesk:
    try:
        return CurrentDesk(settings.desk_file)
    except DeskFileIsWrong as wrong:  # the file was valid when the settings were read
        raise CannotStart(f"DESK_FILE: {wrong}") from wrong
