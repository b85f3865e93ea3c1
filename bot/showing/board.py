"""The board: one live message in a channel of staff that says what there is to do, and who is on duty."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import discord
from discord.ext import commands

from bot.connection.faults import ChannelIsGone, MessageIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.connection.staff_channels import BOARD_SETTING, staff_channel
from bot.showing.board_view import OnBoard, hours_in_words, is_board, view_of
from bot.showing.doubles import remove_former
from bot.showing.pings import NOBODY
from cogs.carrying_buttons import CarryingButton
from config.current_desk import CurrentDesk
from config.desk_sections import BoardPart
from config.faults import Fault
from texts.language import Language
from tickets.events import Event
from tickets.model import MessageId, Millis, UserKey
from tickets.ports.agents import load_of
from tickets.ports.channels import BOARD, ChannelState, Link
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import Away, Never, NotNow
from tickets.ports.store import Clock, Store, StoreUnavailable

log = logging.getLogger(__name__)

BETWEEN = 5.0
"""Seconds between two edits, at least."""
LOOK_EVERY = 30.0
"""Seconds between two reads of the store. Agents come and go over the API without an event."""
SURE_FOR: Millis = 600_000
"""Milliseconds after which the message is looked for: it may have been deleted without an event."""
UNTIL_DONE = 1.0
"""Seconds after which an action in Discord, such as going off duty, is in the store."""
LOOKED_AT = 50
"""So many messages are searched for a board that was not recorded."""
_RECORD = BOARD, MessageId("board")
"""The link with these ids names the board's message."""


class Board(commands.Cog):
    """Keeps the message up to date. Nothing waits for it."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        buttons: Sequence[CarryingButton],
        language: Language,
        clock: Clock,
        desk_file: CurrentDesk,
        between: float = BETWEEN,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._buttons = buttons
        self._language = language
        self._clock = clock
        self._desk_file = desk_file
        self._between = between
        self._look_every = look_every
        self._news = asyncio.Event()
        self._message_id: int | None = None
        """The message, if it was there lately."""
        self._seen_at: Millis = 0
        self._shows: tuple[str, OnBoard] | None = None
        """What the message shows, with the digest of the desk file that has its words. None before this
        process has edited it, or once it is gone."""
        self._deleted: set[int] = set()
        """Messages that were deleted since the last edit."""

    async def run(self) -> None:
        """Keep the board up to date until cancelled."""
        if self._map.board_channel_id is None:
            return
        stop_listening = self._store.bell.listen(self._heard)
        stop_following = self._desk_file.listen(self._news.set)
        try:
            while True:
                self._news.clear()
                await asyncio.sleep(await self._look(self._map.board_channel_id))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._look_every):
                        await self._news.wait()
        finally:
            stop_listening()
            stop_following()

    def _heard(self, _: Event, __: UserKey) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """A new session. Everything that happened before it came without an event."""
        self._message_id = None
        self._news.set()

    @commands.Cog.listener()
    async def on_interaction(self, _: discord.Interaction) -> None:
        if self._map.board_channel_id is not None:
            asyncio.get_running_loop().call_later(UNTIL_DONE, self._news.set)

    @commands.Cog.listener()
    async def on_guild_channel_update(
        self, _: discord.abc.GuildChannel, there: discord.abc.GuildChannel
    ) -> None:
        """The bot may have got permissions that it lacked."""
        if there.id == self._map.board_channel_id:
            self._news.set()

    @commands.Cog.listener()
    async def on_raw_message_delete(self, gone: discord.RawMessageDeleteEvent) -> None:
        if gone.channel_id == self._map.board_channel_id:
            self._gone({gone.message_id})

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, gone: discord.RawBulkMessageDeleteEvent) -> None:
        if gone.channel_id == self._map.board_channel_id:
            self._gone(gone.message_ids)

    def _gone(self, message_ids: set[int]) -> None:
        self._deleted |= message_ids
        if self._message_id in message_ids:
            self._message_id = self._shows = None
            self._news.set()

    async def _look(self, channel_id: int) -> float:
        """Bring the message up to date. Returns the seconds until the next round."""
        try:
            there = staff_channel(self._map.guild(self._client), BOARD_SETTING, channel_id)
            if isinstance(there, Fault):  # the setting names another channel now
                return self._between
            now = await self._now()
            if self._clock() - self._seen_at > SURE_FOR:
                self._message_id = None
            shown = self._desk_file.now.digest, now
            if shown != self._shows or self._message_id is None:
                await self._show(there, *shown)
            if now.lacks_links:
                self._news.set()
        except Away as away:
            self._news.set()
            return away.seconds or self._between
        except NotNow as later:
            log.info("the board waits: %s", later)
            self._news.set()
            return max(later.seconds or 0.0, self._between)
        except (Never, StoreUnavailable) as problem:
            log.warning("the board could not be brought up to date: %s", problem)
        except NotLeader:
            raise
        except Exception:
            log.exception("the board could not be brought up to date")
        return self._between

    async def _now(self) -> OnBoard:
        """What the board should show now. It is equal for as long as nothing happens."""
        levels = await self._store.waiting.at_work()
        channels = await self._store.channels.of_tickets([it.oldest.id for it in levels if it.oldest])
        on_duty = [it for it in await self._store.agents.all() if it.on_duty]
        loads = await load_of(self._store.agents, on_duty)
        at = f"https://discord.com/channels/{self._map.guild_id}"
        urls = {
            ticket_id: f"{at}/{channel.channel_id}"
            for ticket_id, channel in channels.items()
            if channel.state is ChannelState.OPEN
        }
        shown = self._desk_file.now.board.show
        if BoardPart.TARGETS not in shown:
            levels = [replace(it, at_risk=0, breached=0) for it in levels]
        hours = self._desk_file.hours() if BoardPart.HOURS in shown else None
        staff = [(agent, loads[agent.key]) for agent in on_duty] if BoardPart.ON_DUTY in shown else None
        return OnBoard.of(levels, urls, staff, hours_in_words(hours, self._clock()))

    async def _show(self, there: discord.TextChannel, words: str, now: OnBoard) -> None:
        self._deleted.clear()
        known = self._message_id or await self._remembered(there) or await self._found(there)
        view = view_of(now, self._buttons, self._language)
        if known is not None and (words, now) != self._shows:
            message, known = there.get_partial_message(known), None
            try:
                with discord_faults("editing the board"):
                    await message.edit(view=view, allowed_mentions=NOBODY)
                known = message.id
            except MessageIsGone:
                await remove_former(message)
            except ChannelIsGone:
                log.info("the channel of the board is gone")
        if known is None:
            with discord_faults("posting the board"):
                known = (await there.send(view=view, allowed_mentions=NOBODY)).id
            log.info("the board is message %d", known)
        if known != self._message_id:
            await self._store.channels.link(
                Link(ticket_id=_RECORD[0], message_id=_RECORD[1], channel_id=there.id, discord_id=known)
            )
        self._message_id, self._shows, self._seen_at = known, (words, now), self._clock()
        self._gone(set(self._deleted))  # while it was posted

    async def _remembered(self, there: discord.TextChannel) -> int | None:
        """The message that an earlier process has recorded."""
        links = await self._store.channels.links(*_RECORD)
        known = [link.discord_id for link in links if link.channel_id == there.id]
        if not known:
            return None
        try:
            with discord_faults("looking for the board"):
                await there.fetch_message(known[0])
        except MessageIsGone:
            self._shows = None
            return None
        return known[0]

    async def _found(self, there: discord.TextChannel) -> int | None:
        """A message that was posted but not recorded, for instance by a process that was killed."""
        with discord_faults("looking for the board"):
            async for message in there.history(limit=LOOKED_AT):
                if message.author == self._client.user and is_board(message, self._buttons):
                    return message.id
        return None
