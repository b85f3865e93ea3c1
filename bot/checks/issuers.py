"""Checks the key sets that issuers publish."""

from collections.abc import AsyncIterator

import aiohttp

from api.door.jwks import fetched
from bot.checks.check import Skipped
from config.faults import KEYS_AWAY, Fault
from config.issuers import IssuersAreWrong, read_issuers
from config.settings import Settings


async def look_at_issuers(settings: Settings) -> AsyncIterator[Fault]:
    """Read each key set in the same way as for a token."""
    try:
        issuers = (
            {}
            if settings.issuers_file is None
            else read_issuers(
                settings.issuers_file,
                has_default=settings.jwt_secret_key is not None,
                in_production=settings.in_production,
            )
        )
    except IssuersAreWrong as wrong:  # told with the settings
        raise Skipped("ISSUERS_FILE is wrong") from wrong
    urls = {it.iss: it.jwks_url for it in issuers.values() if it.jwks_url is not None}
    if not urls:
        raise Skipped("no issuer publishes keys")
    async with aiohttp.ClientSession() as session:
        for iss, url in urls.items():
            try:
                why = "" if await fetched(url, session) else "there is no key for signatures in it"
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                why = " ".join(str(error).split())[:200] or "no answer in time"
            if why:
                yield KEYS_AWAY.of(issuer=iss, url=url, why=why)
