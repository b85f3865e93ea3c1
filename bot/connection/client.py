"""The Discord client: the events that it asks Discord for, and how it handles them."""

import asyncio
import logging
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.connection.answers import LONGEST_WAIT
from bot.connection.discord_http import MayAsk, RateLimited, trace
from bot.connection.identifies import Identifies
from bot.connection.unreadable import get_past
from tickets.ports.lease import NotLeader

log = logging.getLogger(__name__)

GUILD_READY = 0.5
"""Seconds to wait for further guilds. The bot is in only one."""
SILENT_FOR = 60.0
"""Seconds in which Discord must begin or resume a session; after that, another one is begun."""
MOST_CONNECTIONS, WITHIN = 10, 60.0
"""So many connections within so many seconds serve one session. discord.py connects again at once, however
often Discord cuts them or turns them away."""
GOODBYE = 1.0
"""Seconds to wait for Discord to confirm that the connection is closed. discord.py would wait half a
minute."""
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we never speak
INTENTS = discord.Intents(guilds=True, guild_messages=True, guild_typing=True, message_content=True)


class SessionIsLost(discord.DiscordException):
    """The session with Discord cannot be resumed."""


class Commands(app_commands.CommandTree["GuildClient"]):
    """All commands. If a command names somebody who is not in the guild, its user is told so."""

    async def on_error(
        self, interaction: discord.Interaction["GuildClient"], error: app_commands.AppCommandError, /
    ) -> None:
        tell = self.client.tell_no_such_member
        if isinstance(error, app_commands.TransformerError) and tell is not None:
            await tell(interaction)
        else:
            await super().on_error(interaction, error)


class GuildClient(commands.Bot):
    """The bot of one guild. It keeps no messages in memory, because the store has them."""

    def __init__(
        self,
        guild_id: int,
        rate_limited: RateLimited = lambda: None,
        may_ask: MayAsk = lambda: None,
        identifies: Identifies | None = None,
        silent_for: float = SILENT_FOR,
    ) -> None:
        """``rate_limited`` is called at each 429 of Discord's, and ``may_ask`` before each request.
        ``identifies`` counts sessions, including those of other clients. If Discord begins no session on a
        connection within ``silent_for`` seconds, the connection is given up."""
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=INTENTS,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            http_trace=trace(rate_limited, may_ask),
            guild_ready_timeout=GUILD_READY,
            tree_cls=Commands,
        )
        get_past(self)
        self._guild_id = guild_id
        self.identifies = identifies or Identifies()
        self._cogs: Sequence[commands.Cog] = ()
        self._view: discord.ui.LayoutView | None = None
        self._items: Sequence[type[discord.ui.DynamicItem[Any]]] = ()
        self._menus: Sequence[app_commands.ContextMenu] = ()
        self._connections: deque[float] = deque(maxlen=MOST_CONNECTIONS)
        """The times at which the last ones were begun."""
        self._silent_for = silent_for
        self._silence: asyncio.TimerHandle | None = None
        self._connect_to_gateway = self.http.ws_connect
        self.http.ws_connect = self._connected  # type: ignore[method-assign]
        self.tell_no_such_member: Callable[[discord.Interaction[GuildClient]], Awaitable[None]] | None = None

    def equip(
        self,
        cogs: Sequence[commands.Cog],
        view: discord.ui.LayoutView,
        items: Sequence[type[discord.ui.DynamicItem[Any]]],
        menus: Sequence[app_commands.ContextMenu] = (),
    ) -> None:
        """Add cogs, the view that handles the buttons on all cards, the kinds of buttons and selects whose
        ids carry data, and entries in the menus of messages and members. Call it once, before connecting."""
        self._cogs, self._view, self._items, self._menus = cogs, view, items, menus

    async def setup_hook(self) -> None:
        """After each login. Commands belong to the guild alone, because changes to those show at once."""
        for cog in self._cogs:
            await self.add_cog(cog, override=True)
        if self._view is not None:
            self.add_view(self._view)
        self.add_dynamic_items(*self._items)
        for menu in self._menus:
            self.tree.add_command(menu, override=True)
        self.tree.copy_global_to(guild=discord.Object(self._guild_id))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count each session. If a session cannot be resumed, discord.py would begin another one at once.
        Here ``Staying`` does that, because it checks before whether a session may begin."""
        if not initial:
            raise SessionIsLost("Discord has ended the session")
        self.identifies.begin()

    async def _connected(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """A connection to the gateway. Raises SessionIsLost if there were too many before."""
        now = time.monotonic()
        if len(self._connections) == MOST_CONNECTIONS and now - self._connections[0] < WITHIN:
            self._connections.clear()
            raise SessionIsLost(f"Discord has cut {MOST_CONNECTIONS} connections within {WITHIN:.0f} s")
        self._connections.append(now)
        self._expect_a_session()
        return await self._connect_to_gateway(url, compress=compress)

    def _expect_a_session(self) -> None:
        self._is_heard()
        self._silence = asyncio.get_running_loop().call_later(self._silent_for, self._give_up)

    def _is_heard(self) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None

    def _give_up(self) -> None:
        if self.ws is None or not self.ws.open:
            self._expect_a_session()  # the connection is not made yet
            return
        log.warning("Discord has begun no session within %.0f s, another is asked for", self._silent_for)
        self._giving_up = asyncio.create_task(self.ws.close(code=1000), name="giving up a session")

    async def on_connect(self) -> None:
        """Discord has begun a session."""
        self._is_heard()

    async def on_resumed(self) -> None:
        """Discord goes on with a session."""
        self._is_heard()

    async def on_message(self, message: discord.Message, /) -> None:
        """There are no commands with a prefix, so nothing is to be done."""

    async def on_ready(self) -> None:
        """A new session."""
        if (guild := self.get_guild(self._guild_id)) is not None:
            log.info("connected to Discord as %s, guild %s", self.user, guild.name)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A handler failed. If another process leads by now, that is expected, and not logged."""
        if not isinstance(sys.exception(), NotLeader):
            await super().on_error(event_method, *args, **kwargs)

    async def close(self) -> None:
        """End the connection, whether or not Discord confirms it."""
        self._is_heard()
        if self.ws is not None and self.ws.open:
            with suppress(TimeoutError):
                # Not asyncio.timeout: before Python 3.11.3 it takes a cancellation before for its own.
                await asyncio.wait_for(self.ws.close(code=1000), GOODBYE)
        await super().close()

    async def end_handlers(self) -> None:
        """After closing: end the tasks that wait for something that will not come."""
        handlers = [it for it in asyncio.all_tasks() if it.get_name().startswith("discord.py: ")]
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
