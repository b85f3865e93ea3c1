"""Sets up the commands that Discord offers to staff. Nothing waits for it."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.http import Route

from bot.connection.faults import Refused, discord_faults
from bot.showing.admins import Admins
from bot.showing.command_names import CommandNames
from config.faults import COMMANDS_REFUSED
from texts.text import Text
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import Never, NotNow

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 600.0
"""Seconds before another attempt: at first, and after many."""
LONG_WAIT = 60.0
"""If a rate limit takes more seconds than this, the admins are told."""
COMMANDS = "commands"
TRANSLATED = ("name_localizations", "description_localizations")
TELLING = (
    *("name", "description", "type", "options", "required", "choices", "value", "autocomplete"),
    *TRANSLATED,
    *("min_value", "max_value", "min_length", "max_length", "channel_types"),
    "default_member_permissions",
)
"""The fields in which commands are compared. Discord's answers have more."""


class CommandList(commands.Cog):
    """Keeps Discord's list equal to this program's commands. It sends commands only if the two differ."""

    def __init__(self, client: commands.Bot, guild_id: int, admins: Admins) -> None:
        self._client = client
        self._guild = discord.Object(guild_id)
        self._admins = admins
        self._news = asyncio.Event()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_join(self, _: discord.Guild) -> None:
        """A bot that is invited again may have lost its commands, or the permission to set them."""
        self._news.set()

    async def run(self) -> None:
        """Compare the lists in each session, until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            pause = FIRST_PAUSE
            while (least := await self._seconds_to_wait()) is not None:
                await asyncio.sleep(least)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._news.wait()
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _seconds_to_wait(self) -> float | None:
        """Compare and send once. Returns None once the list is right, or else the least seconds until the
        next attempt."""
        try:
            with discord_faults("setting up commands"):
                await self._put_right()
        except Refused:
            await self._admins.found(COMMANDS, [COMMANDS_REFUSED.of(guild=self._guild.id)])
        except Never as refusal:
            await self._admins.tell(Text("commands-are-refused", why=str(refusal)))
        except NotNow as later:
            log.info("the commands are set up later: %s", later)
            if (later.seconds or 0) >= LONG_WAIT:
                await self._admins.tell(
                    Text("commands-come-later", seconds=round(later.seconds or 0), why=str(later))
                )
            return later.seconds or 0.0
        except NotLeader:
            raise
        except Exception:
            log.exception("the commands could not be set up; all else goes on")
        else:
            await self._admins.found(COMMANDS, [])
            return None
        return 0.0

    async def _put_right(self) -> None:
        tree, guild = self._client.tree, self._guild
        if tree.translator is None:
            await tree.set_translator(CommandNames())
        ours = await payloads_of(tree, guild)
        known = await self._known()
        if digest(known) != digest(ours):
            await tree.sync(guild=guild)
            log.info("the commands in Discord are those of this program now")

    async def _known(self) -> list[dict[str, Any]]:
        """Discord's list of commands, with translations."""
        path = "/applications/{application_id}/guilds/{guild_id}/commands"
        route = Route("GET", path, application_id=self._client.application_id or 0, guild_id=self._guild.id)
        found: list[dict[str, Any]] = await self._client.http.request(
            route, params={"with_localizations": "true"}
        )
        return found


async def payloads_of(
    tree: app_commands.CommandTree[Any], guild: discord.abc.Snowflake
) -> list[dict[str, Any]]:
    """The commands in the form that is sent to Discord."""
    commands = tree.get_commands(guild=guild)
    return [await command.get_translated_payload(tree, CommandNames()) for command in commands]


def digest(payloads: Iterable[Mapping[str, Any]]) -> str:
    """A digest that is equal for commands that look the same to people, in any order."""
    told = sorted((_telling(payload) for payload in payloads), key=lambda it: str(it.get("name")))
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _telling(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: it if key in TRANSLATED else _telling(it)
            for key, it in value.items()
            if key in TELLING and it not in (None, False, "", [], {})
        }
    return [_telling(it) for it in value] if isinstance(value, list | tuple) else value
