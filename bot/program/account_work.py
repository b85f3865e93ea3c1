"""Builds what accounts need, by the settings."""

from contextlib import AsyncExitStack
from typing import Final

import aiohttp
from yarl import URL

from accounts.desks import AccountDesks, AccountOptions, WithDiscord, account_desks
from accounts.discord_oauth import DiscordApp
from accounts.discord_staff import StaffGuild
from config.settings import Settings
from config.switch import Switch
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.ports.mails import Mailer
from tickets.ports.store import Clock, Store

DISCORD: Final = "https://discord.com"


def accounts_of(
    settings: Settings,
    desk: Desk,
    store: Store,
    clock: Clock,
    mailer: Mailer | None = None,
    discord: WithDiscord | None = None,
) -> AccountDesks:
    """The desks for accounts. Without ``mailer``, addresses are not confirmed."""
    key = settings.staff_signup_key
    options = AccountOptions(
        accounts=settings.accounts is Switch.ON,
        guests=settings.guests is Switch.ON,
        staff_key=key.get_secret_value() if key else None,
        public_url=settings.url,
    )
    return account_desks(store, UserDesk(desk, store), clock, options, mailer, discord)


async def discord_of(settings: Settings, stack: AsyncExitStack) -> WithDiscord | None:
    """What signing in with Discord needs, until the stack closes. None if it is not set up."""
    client_id, secret = settings.discord_client_id, settings.discord_client_secret
    if client_id is None or secret is None:
        return None
    api_url, site = f"{DISCORD}/api/v10", DISCORD
    if settings.discord_api_url is not None:
        api_url, site = settings.discord_api_url, str(URL(settings.discord_api_url).origin())
    app = DiscordApp(
        client_id=client_id,
        secret=secret.get_secret_value(),
        api_url=api_url,
        authorize_url=f"{site}/oauth2/authorize",
        back_url=f"{settings.url}/portal/discord/back",
        desk_back_url=f"{settings.url}/desk/discord/back",
    )
    guild = StaffGuild(
        id=settings.guild_id,
        roles=settings.roles,
        bot_token=settings.discord_bot_token.get_secret_value(),
        api_url=api_url,
    )
    session = await stack.enter_async_context(aiohttp.ClientSession())
    return WithDiscord(app=app, session=session, guild=guild)
