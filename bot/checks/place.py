"""Checks of the place where the program runs: settings, store, clock, and the way from outside to it.

A further check is a function here, or in a file of its own, and one line in ``place_checks``."""

import email.utils
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import aiohttp
from discord.http import Route

from bot.checks.address import look_at_address
from bot.checks.check import Check, Skipped
from bot.checks.issuers import look_at_issuers
from bot.checks.mail import look_at_mail
from bot.checks.mail_in import look_at_gateway, look_at_mailbox
from bot.checks.reports import look_at_reports
from bot.checks.signing_in import look_at_signing_in
from bot.checks.webhooks import look_at_webhooks
from config.faults import (
    BACKUP_FAILED,
    CLOCK_WRONG,
    SECRET_WEAK,
    SETTING_RISKY,
    SETTINGS_READABLE,
    STORE_AWAY,
    STORE_DAMAGED,
    Fault,
)
from config.loading import doubts
from config.risks import risks
from config.settings import Settings
from storage.free_space import free_space
from storage.sqlite.replacing import DATABASE
from storage.sqlite.soundness import looked_through
from storage.trying import try_store
from tickets.ports.store import StoreUnavailable

MOST_OFF: Final = 30.0
"""Seconds that the clock may be wrong: tokens have a leeway of 60."""
LOOKED_THROUGH: Final = 60.0
"""Seconds that the check of the database may take: enough for some gigabytes."""
PATIENCE: Final = aiohttp.ClientTimeout(total=10)
Seconds = Callable[[], float]


def place_checks(
    settings: Settings, env_file: Path | None, *, is_running: bool, clock: Seconds = time.time
) -> Sequence[Check]:
    """All of these checks. ``is_running`` says whether this process itself serves the API."""
    return (
        Check("secrets", "settings and their secrets", partial(_secrets, settings, env_file)),
        Check("store", "the store: write, lock, read", partial(_store, settings)),
        Check("database", "the database, page by page", partial(_database, settings)),
        Check("disk", "room on the disk", partial(_disk, settings)),
        Check("backups", "the folder for back-ups", partial(_backups, settings)),
        Check(
            "clock",
            "the clock",
            partial(look_at_clock, settings.discord_api_url or Route.BASE, clock),
            while_running=True,
        ),
        Check(
            "address",
            "PUBLIC_URL, its proxy and WebSockets",
            partial(look_at_address, settings, is_running=is_running),
            while_running=True,
        ),
        Check("mail", "the mail server", partial(look_at_mail, settings), while_running=True),
        Check("mailbox", "the mailbox of answers", partial(look_at_mailbox, settings), while_running=True),
        Check("sms", "the gateway of text messages", partial(look_at_gateway, settings), while_running=True),
        Check(
            "issuers", "the keys that issuers publish", partial(look_at_issuers, settings), while_running=True
        ),
        Check("sign-in", "the sign-in with Discord", partial(look_at_signing_in, settings)),
        Check("webhooks", "the webhooks of the desk file", partial(look_at_webhooks, settings)),
        Check("reports", "the webhooks for errors", partial(look_at_reports, settings)),
    )


async def _secrets(settings: Settings, env_file: Path | None) -> AsyncIterator[Fault]:
    for line in doubts(env_file):
        yield SETTING_RISKY.of(what=line, cure="correct the line, or take it out")
    for line in risks(settings):
        what, _, cure = line.rpartition("; ")
        yield SETTING_RISKY.of(what=what, cure=cure)
    if (why := settings.weakness_of_secret) is not None:
        yield SECRET_WEAK.of(why=why)
    for file in (env_file, settings.issuers_file):
        if file is not None and file.is_file() and file.stat().st_mode & 0o077:
            yield SETTINGS_READABLE.of(file=file)


async def _store(settings: Settings) -> AsyncIterator[Fault]:
    try:
        await try_store(settings)
    except StoreUnavailable as problem:
        yield STORE_AWAY.of(why=str(problem).rstrip("."))


async def _database(settings: Settings) -> AsyncIterator[Fault]:
    if settings.mongo_uri is not None:
        raise Skipped("MongoDB looks after its files itself")
    path = settings.data_dir / DATABASE
    if not path.is_file():
        raise Skipped("there is none yet")
    try:
        wrong = await looked_through(path, LOOKED_THROUGH)
    except StoreUnavailable as problem:
        raise Skipped("it cannot be opened") from problem
    if wrong is None:
        raise Skipped(
            f"{LOOKED_THROUGH:.0f} s are not enough for so large a file: guildesk verify takes its time"
        )
    if wrong:
        yield STORE_DAMAGED.of(why=wrong)


async def _disk(settings: Settings) -> AsyncIterator[Fault]:
    if (fault := free_space(settings).fault()) is not None:
        yield fault


async def _backups(settings: Settings) -> AsyncIterator[Fault]:
    if settings.backup_dir is None:
        raise Skipped("BACKUP_DIR is not set")
    try:
        shutil.rmtree(tempfile.mkdtemp(prefix=".trying-", dir=settings.backup_dir))
    except OSError as error:
        yield BACKUP_FAILED.of(why=f"{settings.backup_dir}: {error.strerror}")


async def look_at_clock(api_url: str, clock: Seconds) -> AsyncIterator[Fault]:
    """Compares the clock with Discord's, which is exact to the second."""
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(f"{api_url}/gateway", allow_redirects=False) as answer,
        ):
            said, now = answer.headers.get("Date"), clock()
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Skipped("Discord does not say what time it is") from error
    there = email.utils.parsedate_to_datetime(said).timestamp() if said else now
    if abs(now - there) > MOST_OFF:
        yield CLOCK_WRONG.of(seconds=round(now - there))
