"""Other bots, also those that repeat a message of staff and delete the original, as PluralKit does.

A copy counts as its author's once the original is deleted, whichever event comes first. It replaces the
original: requesters see an edit, and nothing deleted."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import discord

from bot.hearing.comparing import PAGE
from bot.hearing.heard import Recent
from bot.hearing.intake import Intake
from bot.hearing.lanes import Job, Lanes
from bot.hearing.reading import Read
from bot.hearing.threads import Room
from cogs.staff import Staff
from texts.text import Text
from tickets.model import Caller, Message, MessageId
from tickets.ports.channels import event_id_from_discord
from tickets.ports.store import Store

PATIENCE = 5.0
"""Seconds between a copy and the deletion of its original."""
REPEATED = ":r"
"""The id of the event by which a copy replaced its original ends so."""
MOST_ANSWERS, ANSWERS_WITHIN = 3, 60.0
"""At most so many answers to bots in a room within these seconds, because another bot may answer ours."""
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Copy:
    """What is known about a message that a bot has repeated."""

    room: Room
    message: discord.Message
    read: Read

    def repeats(self, room: Room, original: Message) -> bool:
        """Whether it says the same, except for the part that told the bot whose message it is. Copies have
        files of their own."""
        if room.id != self.room.id or len(self.read.said.attachments) != len(original.attachments):
            return False
        said = self.read.said
        return said.content in original.content if said.content else bool(said.attachments)


class Repeating:
    """Handles messages of other bots. Call it in a channel's turn."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        staff: Staff,
        intake: Intake,
        lanes: Lanes,
        named: frozenset[int],
        guild_id: int,
        patience: float = PATIENCE,
    ) -> None:
        """``named`` are the ids of bots, applications and webhooks whose copies count."""
        self._client = client
        self._store = store
        self._staff = staff
        self._intake = intake
        self._lanes = lanes
        self._named = named
        self._guild_id = guild_id
        self._patience = patience
        self._deleted = Recent[tuple[Room, Message]](KEPT)
        """Deleted messages of staff that no copy has replaced."""
        self._copies = Recent[Copy](KEPT)
        """Copies whose original is not deleted yet."""
        self._replaced = Recent[tuple[int, dict[int, MessageId]]](KEPT)
        """By channel: up to where its ticket's log was read for copies, and those found."""
        self._answered_at: dict[int, list[float]] = {}

    def is_ours(self, room: Room, message: discord.Message) -> bool:
        """Whether the bot itself posted it, or one of our webhooks."""
        if message.webhook_id is None:
            return self._client.user is not None and message.author.id == self._client.user.id
        by_us = message.application_id is not None and message.application_id == self._client.application_id
        return by_us or message.webhook_id == room.channel.webhook_id

    async def take(self, room: Room, message: discord.Message) -> None:
        """Take a message of another bot or webhook."""
        if not self._is_named(message):
            self._refuse(room, message, Text("bots-are-not-staff"))
            return
        copy = Copy(room, message, await self._intake.read(room, message))
        for discord_id, (there, original) in reversed(list(self._deleted.items())):
            if copy.repeats(there, original):
                await self._replace(copy, discord_id, original)
                return
        self._copies.put(message.id, copy)
        self._later(room, partial(self._no_original_for, copy))

    async def deleted(self, room: Room, discord_id: int, found: set[int] | None = None) -> None:
        """A message was deleted. If a bot may repeat it, it is withdrawn a little later. ``found`` are the
        messages that still exist, if that is known."""
        known = await self._intake.known(room, discord_id)
        copies = await self._copied(room)
        if known is None and (copied := copies.get(discord_id)) is not None:
            await self._intake.withdraw(room, copied, discord_id)
        elif known is not None and known.id in copies.values():
            by = max(copy for copy, it in copies.items() if it == known.id)
            if found is not None and by not in found:
                await self._intake.withdraw(room, known.id, by)
        elif known is None or not self._named:
            await self._intake.deleted(room, discord_id)
        elif discord_id not in self._deleted:
            self._deleted.put(discord_id, (room, known))
            for copy in self._copies.values():
                if copy.repeats(room, known):
                    await self._replace(copy, discord_id, known)
                    return
            self._later(room, partial(self._nothing_repeats, room, discord_id))

    async def edited(self, room: Room, message: discord.Message) -> bool:
        """A message may have been edited. Returns whether it is a bot's, so that nobody else handles it."""
        if not is_by_a_bot(message):
            return False
        if message.edited_at is not None and self._is_named(message):
            await self._edited(room, message)
        return True

    async def _edited(self, room: Room, message: discord.Message) -> None:
        copied = (await self._copied(room)).get(message.id, room.message_id(message.id))
        known = await self._store.views.message(copied, room.channel.ticket_id)
        caller = await self._author_of(known) if known and not known.deleted else None
        if known is not None and caller is not None:
            await self._intake.edited(room, message, known, caller)

    async def is_done(self, room: Room, message: discord.Message) -> bool:
        """Whether nothing is left to do about an older message of another bot: its copies do not count, or
        it has replaced its original."""
        return not self._is_named(message) or message.id in await self._copied(room)

    def _is_named(self, message: discord.Message) -> bool:
        return not self._named.isdisjoint({message.author.id, message.webhook_id, message.application_id})

    async def _replace(self, copy: Copy, discord_id: int, original: Message) -> None:
        self._deleted.pop(discord_id)
        self._copies.pop(copy.message.id)
        if (caller := await self._author_of(original)) is None:
            self._refuse(copy.room, copy.message, Text("only-staff-speaks"))
        elif await self._intake.known(copy.room, discord_id) is None:  # it was taken back meanwhile
            await self._intake.take(copy.room, copy.message, caller)
        else:
            source = copy.room.source(copy.message.id, REPEATED)
            await self._intake.replace(copy.room, copy.message, original, copy.read, caller, source)

    async def _no_original_for(self, copy: Copy) -> None:
        if self._copies.pop(copy.message.id) is not None:
            self._refuse(copy.room, copy.message, Text("nothing-was-deleted-for-it"))

    async def _nothing_repeats(self, room: Room, discord_id: int) -> None:
        if discord_id in self._deleted:
            await self._intake.deleted(room, discord_id)

    async def _author_of(self, message: Message) -> Caller | None:
        guild = self._client.get_guild(self._guild_id)
        if message.author.key is None or guild is None or not message.author.key.id.isdigit():
            return None
        member = await self._intake.authors.member(guild, int(message.author.key.id))
        return None if member is None else self._staff.caller(member)

    async def _copied(self, room: Room) -> Mapping[int, MessageId]:
        """For each copy, by its id, the message that it has replaced. Of the log, only what is new since the
        last time is read, a page at a time."""
        upto, copied = self._replaced.get(room.channel.channel_id) or (0, {})
        while page := await self._store.log.events(room.channel.ticket_id, after=upto, upto=upto + PAGE):
            for it in page:
                copy = it.origin.message_id
                if it.message_id is None or copy is None or not it.id.endswith(REPEATED):
                    continue
                if it.id.startswith(event_id_from_discord(copy)):
                    copied[copy] = it.message_id
            upto = page[-1].seq
            await asyncio.sleep(0)
        self._replaced.put(room.channel.channel_id, (upto, copied))
        return copied

    def _later(self, room: Room, job: Job) -> None:
        put = partial(self._lanes.put, room.channel.channel_id, job)
        asyncio.get_running_loop().call_later(self._patience, put)

    def _refuse(self, room: Room, message: discord.Message, why: Text) -> None:
        now = time.monotonic()
        lately = [it for it in self._answered_at.get(room.id, ()) if now - it < ANSWERS_WITHIN]
        if len(lately) < MOST_ANSWERS:
            self._answered_at[room.id] = [*lately, now]
            self._intake.marking.answer(message, Text("not-sent", why=why))


def is_by_a_bot(message: discord.Message) -> bool:
    return message.webhook_id is not None or message.author.bot
