"""Connects with the bot's token, and tells people how to invite the bot."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.connection.answers import NoAnswer
from bot.connection.discord_http import trace, use_address, use_time_out
from bot.connection.faults import discord_faults
from bot.connection.guild import TO_BE_COMPLETE, TO_BE_INVITED, TO_HOST
from bot.connection.staff_channels import names_of
from bot.setting_up.console import Console
from bot.setting_up.making import look
from bot.setting_up.settings_file import SettingsFile
from bot.setting_up.wanted import Found
from config.faults import GUILD_MISSING, INTENT_MISSING, PERMISSIONS_MISSING, TOKEN_REFUSED, Fault

TOKEN = "DISCORD_BOT_TOKEN"  # noqa: S105 - the name of a setting
GUILD = "GUILD_ID"


class CannotSetUp(Exception):
    """Set-up cannot continue. The text says why, and what to do."""


def invite_link(application_id: int, guild_id: int | None = None) -> str:
    """The invite link, with exactly the permissions that the bot needs."""
    guild = discord.utils.MISSING if guild_id is None else discord.Object(guild_id)
    return discord.utils.oauth_url(
        application_id, permissions=TO_BE_INVITED, guild=guild, scopes=("bot", "applications.commands")
    )


@asynccontextmanager
async def logged_in(token: str, api_url: str | None) -> AsyncIterator[discord.Client]:
    """A client that only sends requests. Raises LoginFailure, and CannotSetUp if Discord cannot be
    reached."""
    if api_url:
        use_address(api_url)
    async with discord.Client(intents=discord.Intents.none(), http_trace=trace()) as client:
        try:
            await client.login(token)
        except (NoAnswer, OSError, aiohttp.ClientError) as error:
            raise CannotSetUp(
                f"Discord cannot be reached: {error}; see whether this machine reaches "
                f"{discord.http.Route.BASE}, and try again"
            ) from error
        except ValueError as error:  # no header can hold it
            raise discord.LoginFailure(str(error)) from error
        use_time_out(client)
        yield client


async def good_token(console: Console, file: SettingsFile, given: str | None) -> str:
    """A token that Discord accepts; it is written into the settings. Raises NotGiven and CannotSetUp."""
    api_url = file.get("DISCORD_API_URL")
    token = given or file.get(TOKEN)
    if not token:
        console.say("Create an application with a bot: https://discord.com/developers/applications")
        console.say("(New Application; then Bot, Reset Token, and copy it)")
    while True:
        token = token or console.ask_secret("The bot's token", f"{TOKEN} in the environment, or --token-file")
        try:
            async with logged_in(token, api_url):
                file.set({TOKEN: token})
                return token
        except discord.LoginFailure:
            console.say(f"✗ {TOKEN_REFUSED.of()}")
            if not console.waits("Copy the token anew"):
                raise CannotSetUp(str(TOKEN_REFUSED.of())) from None
            token = None


async def missing_intent(client: discord.Client, console: Console) -> Fault | None:
    """Whether the bot may read messages; whoever is there can switch it on now."""
    while True:
        with discord_faults("looking at the application"):
            flags = (await client.application_info()).flags
        if flags.gateway_message_content or flags.gateway_message_content_limited:
            return None
        fault = INTENT_MISSING.of()
        console.say(f"✗ {fault}")
        if not console.waits("Switch it on"):
            return fault


async def enter(client: discord.Client, console: Console, file: SettingsFile, given: str | None) -> Found:
    """The guild, once the bot is in it with all permissions, kept in the settings. Raises NotGiven and
    CannotSetUp."""
    guild_id = await _guild_id(client, console, given or file.get(GUILD))
    file.set({GUILD: str(guild_id)})
    while True:
        seen = await look(client, guild_id)
        lacking = names_of((TO_BE_COMPLETE | TO_HOST) & ~seen.me.guild_permissions)
        if not lacking:
            return seen
        fault = PERMISSIONS_MISSING.of(permissions=lacking)
        console.say(f"✗ {fault}:\n  {_link(client, guild_id)}")
        if not console.waits("Invite the bot again"):
            raise CannotSetUp(str(fault))


async def _guild_id(client: discord.Client, console: Console, wanted: str | None) -> int:
    """A guild that the bot is in."""
    if wanted is not None and not wanted.isdecimal():
        raise CannotSetUp(f"{GUILD}: {wanted} is no id; Discord's ids are numbers")
    link = _link(client, int(wanted) if wanted else None)
    console.say(f"  The bot is invited with this link, which asks for just what it needs:\n  {link}")
    while True:
        there = await _guilds(client)
        if wanted is not None:
            if any(it.id == int(wanted) for it in there):
                return int(wanted)
            missing: Fault = GUILD_MISSING.of(guild=wanted)
        elif len(there) == 1:
            return there[0].id
        elif there:
            names = [f"{it.name} ({it.id})" for it in there]
            return there[console.chooses("The bot is in several guilds:", "--guild", names)].id
        else:
            missing = GUILD_MISSING.of(guild="yet")
        if not console.waits("Invite the bot with the link"):
            raise CannotSetUp(
                f"{missing}: {link}" if wanted else f"the bot is in no guild yet; invite it: {link}"
            )


async def _guilds(client: discord.Client) -> Sequence[discord.Guild]:
    with discord_faults("looking for the guild"):
        return [it async for it in client.fetch_guilds(limit=200, with_counts=False)]


def _link(client: discord.Client, guild_id: int | None) -> str:
    return invite_link(client.application_id or 0, guild_id)
