"""Checks the application with which people sign in: its secret and its redirects."""

from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from discord.http import Route

from bot.checks.check import Skipped
from config.faults import SIGN_IN_REFUSED, SIGN_IN_WAY_BACK, Fault
from config.page_settings import PageName
from config.settings import Settings

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
PLACES: Final = (PageName.PORTAL, PageName.DESK)


async def look_at_signing_in(settings: Settings) -> AsyncIterator[Fault]:
    """Whether Discord accepts the application's secret. Only for the bot's own application does Discord also
    tell the registered redirects."""
    client_id, secret = settings.discord_client_id, settings.discord_client_secret
    if client_id is None or secret is None:
        raise Skipped("DISCORD_CLIENT_ID is not set")
    api_url = settings.discord_api_url or Route.BASE
    form = {"grant_type": "client_credentials", "scope": "identify"}
    proof = aiohttp.encode_basic_auth(client_id, secret.get_secret_value())
    bot = {"Authorization": f"Bot {settings.discord_bot_token.get_secret_value()}"}
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        try:
            headers = {"Authorization": proof}
            async with session.post(
                f"{api_url}/oauth2/token", data=form, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    yield SIGN_IN_REFUSED.of(why=f"HTTP {answer.status}")
                    return
            async with session.get(
                f"{api_url}/applications/@me", headers=bot, allow_redirects=False
            ) as answer:
                own = await answer.json() if answer.status == 200 else {}
        except (aiohttp.ClientError, TimeoutError) as error:
            yield SIGN_IN_REFUSED.of(why=type(error).__name__)
            return
    if own.get("id") != client_id or settings.public_url is None or "redirect_uris" not in own:
        return
    for place in PLACES:
        back = f"{settings.public_url}/{place}/discord/back"
        if place in settings.pages and back not in own["redirect_uris"]:
            yield SIGN_IN_WAY_BACK.of(url=back)
