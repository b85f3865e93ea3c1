"""From Discord to the desk: what staff writes, edits and deletes in the channels of tickets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import aiohttp
import discord
from discord.ext import commands

from cogs.contents import file_of, fit, text_of, too_large
from cogs.lanes import Job, Lanes
from cogs.replies import words
from cogs.staff import Staff
from tickets.channel_desk import ChannelDesk
from tickets.desk import Desk, Said
from tickets.events import Origin, Place
from tickets.model import Attachment, Caller, Message, MessageId
from tickets.ports import Channel, Store, StoreUnavailable, discord_id_of, event_id_from_discord
from tickets.refusals import MessageNotFound, NothingToSay, Refusal
from tickets.relay import delay

log = logging.getLogger(__name__)

T = TypeVar("T")
COMPARED = 100
"""Messages of a channel that are looked at for edits and deletions: one request's worth."""
PAGE = 500
"""Messages of a ticket that are read from the store at once."""
COPY_ATTEMPTS = 7
"""Over half a minute; what is said later waits for so long."""
SEEN_EVERY = 0.5
"""Seconds between two notes of what was processed: after a crash, the last half second is read again, and
known again."""
EDITS_KEPT = 10_000
"""Messages whose latest edit is kept in mind."""
STORED = "✅"
RELAYED = (discord.MessageType.default, discord.MessageType.reply)


@dataclass(frozen=True, slots=True)
class InboxOptions:
    """What a deployment chooses. ``mark`` puts a reaction on messages that are safely stored."""

    note_prefix: str = "//"
    mark: bool = True
    max_file_bytes: int = 10 * 1024 * 1024


class Inbox(commands.Cog):
    """Each channel's events go through its lane, in the order of the gateway.

    After a new session (not a resumed one) a lane begins by reading what it has missed."""

    def __init__(self, desk: Desk, store: Store, staff: Staff, guild_id: int, options: InboxOptions) -> None:
        self._desk = desk
        self._channel_desk = ChannelDesk(store)
        self._store = store
        self._staff = staff
        self._guild_id = guild_id
        self._options = options
        self._lanes = Lanes()
        self._marks = Lanes()
        self._caught_up: set[int] = set()
        self._compared: set[int] = set()
        """Channels of which all is known that happened before this session."""
        self._seen: dict[int, int] = {}
        """The newest message processed in each channel, until the store knows."""
        self._edited_at: dict[int, datetime] = {}
        """Of messages that were edited, as of when they were processed last: reading the history is faster
        than the gateway, whose events of older edits come later."""

    async def run(self) -> None:
        """Process what comes in until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._lanes.run(), name="inbox")
            tasks.create_task(self._marks.run(), name="marks")
            while True:
                await asyncio.sleep(SEEN_EVERY)
                await self._tell_what_was_seen()

    async def idle(self) -> None:
        """Wait until everything that came in so far is processed."""
        await self._lanes.idle()
        await self._marks.idle()
        await self._tell_what_was_seen()

    def do(self, channel_id: int, job: Job) -> None:
        """Do something about a channel, after what came from it so far."""
        self._lanes.put(channel_id, job)

    async def in_turn(self, there: discord.abc.Snowflake | None, act: Callable[[], Awaitable[T]]) -> T:
        """What ``act`` gives or raises, once all that was said, edited and deleted in the channel before is
        processed, also while nobody listened."""
        if isinstance(there, discord.TextChannel) and there.id not in self._compared:
            self._lanes.put(there.id, partial(self._know_all_of, there))
        return await self._lanes.in_turn(there.id if there else 0, act)

    async def read_out(self, there: discord.abc.Snowflake | None) -> None:
        """Return once all that was done in the channel is processed."""

        async def nothing_more() -> None: ...

        await self.in_turn(there, nothing_more)

    async def _know_all_of(self, there: discord.TextChannel) -> None:
        await self._catch_up_first(there)
        if there.id not in self._compared:
            await self.compare(there.id, there)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new session, long before it is ready: each channel is to be caught up with first."""
        self.begin_session()

    @commands.Cog.listener()
    async def on_guild_channel_create(self, there: discord.abc.GuildChannel) -> None:
        """In a channel that came into being within this session there is nothing to catch up with."""
        self._caught_up.add(there.id)
        self._compared.add(there.id)

    def begin_session(self) -> None:
        """Nothing is known of what was written before."""
        self._caught_up.clear()
        self._compared.clear()

    def catch_up(self, channel: Channel, there: discord.TextChannel) -> None:
        """Read what was written while nobody listened; where nothing was, that takes no request."""
        if (there.last_message_id or 0) > self._seen_through(channel):
            self._lanes.put(there.id, partial(self._read_missed, there))
        else:
            self._caught_up.add(there.id)

    async def compare(self, channel_id: int, there: discord.TextChannel, *, is_urgent: bool = True) -> None:
        """Find what came by no event among the newest messages: edits, deletions, and messages that nobody
        told of. To be done in the channel's turn, and once it is caught up with. Where nobody has said
        anything yet it is not urgent: there is nothing to be edited.

        A message counts as deleted only inside a range that was read completely. What we know in any way is
        not taken again: what was deleted since, what the bot has refused with an answer."""
        channel = await self._store.channels.at(channel_id)
        if channel is None or channel_id not in self._caught_up:
            return
        known = await self._known_of(channel)
        if known is None and not is_urgent:
            return
        newest = [message async for message in there.history(limit=COMPARED)]
        found = {message.id: message for message in newest}
        read_from = newest[-1].id if len(newest) == COMPARED else there.id
        known = known or set()
        answers = _answers(newest)
        for discord_id in sorted(known):
            if discord_id in found:
                if not _is_answered(found[discord_id], answers):
                    await self._edited(found[discord_id])
            elif discord_id >= read_from:  # else read no further, or of an earlier channel
                await self._deleted(there.id, discord_id)
        seen_through = self._seen_through(channel)
        for message in reversed(newest):
            if message.id in known or message.id in answers:
                continue
            if message.id <= seen_through or seen_through >= read_from:
                await self._new(channel, message)
        self._compared.add(channel_id)

    async def _known_of(self, channel: Channel) -> set[int] | None:
        """Discord's ids of all that staff said, notes and what was deleted too; None if nobody said anything.

        Page by page: others have their turn in between, however long the conversation is."""
        known: set[int] | None = None
        for notes in (False, True):
            after_seq = 0
            while page := await self._store.views.messages(
                channel.ticket_id, after_seq=after_seq, limit=PAGE, notes=notes
            ):
                known = known or set()
                known.update(it for message in page if (it := discord_id_of(message.id)) is not None)
                after_seq = page[-1].seq
                await asyncio.sleep(0)
        return known

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        if message.guild is not None and message.guild.id == self._guild_id:
            self._lanes.put(message.channel.id, partial(self._live, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(payload.channel_id, partial(self._edited, payload.message))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            self._lanes.put(
                payload.channel_id, partial(self._deleted, payload.channel_id, payload.message_id)
            )

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        if payload.guild_id == self._guild_id:
            for message_id in sorted(payload.message_ids):
                self._lanes.put(payload.channel_id, partial(self._deleted, payload.channel_id, message_id))

    async def _live(self, message: discord.Message) -> None:
        if isinstance(message.channel, discord.TextChannel):
            await self._catch_up_first(message.channel)
        channel = await self._store.channels.at(message.channel.id)
        if channel is not None and message.id > self._seen_through(channel):
            await self._new(channel, message)

    async def _catch_up_first(self, there: discord.TextChannel) -> None:
        if there.id not in self._caught_up:
            await self._read_missed(there)

    async def _read_missed(self, there: discord.TextChannel) -> None:
        channel = await self._store.channels.at(there.id)
        if channel is not None and there.id not in self._caught_up:
            after = discord.Object(max(self._seen_through(channel), channel.channel_id))
            async for message in there.history(after=after, oldest_first=True, limit=None):
                await self._new(channel, message)
        self._caught_up.add(there.id)

    async def _new(self, channel: Channel, message: discord.Message) -> None:
        if message.webhook_id is None and not message.author.bot and message.type in RELAYED:
            await self._take(channel, message)
        self._seen[channel.channel_id] = max(message.id, self._seen.get(channel.channel_id, 0))

    def _seen_through(self, channel: Channel) -> int:
        return max(channel.seen_through or 0, self._seen.get(channel.channel_id, 0))

    async def _tell_what_was_seen(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for channel_id, message_id in dict(self._seen).items():
                tasks.create_task(self._tell_seen(channel_id, message_id))

    async def _tell_seen(self, channel_id: int, message_id: int) -> None:
        try:
            await self._store.channels.seen(channel_id, message_id)
        except StoreUnavailable:
            return  # it is told with the next
        if self._seen.get(channel_id) == message_id:
            del self._seen[channel_id]

    async def _take(self, channel: Channel, message: discord.Message) -> None:
        self._keep_edit(message)  # of what is part of it already an event may still come
        caller = self._staff.caller(await self._with_roles(message))
        if caller is None:
            self._answer(message, "Not sent: only staff speaks to the requester.")
            return
        try:
            await self._store_message(caller, channel, message)
        except NothingToSay:
            self._answer(message, "Not sent: there is nothing in this message that could be passed on.")
        except Refusal as refusal:
            self._answer(message, f"Not sent: {words(refusal)}")
        else:
            if self._options.mark:
                self._marks.put(channel.channel_id, partial(_react, message))

    async def _store_message(self, caller: Caller, channel: Channel, message: discord.Message) -> None:
        said, is_note = await self._said(message)
        do = self._desk.add_note if is_note else self._desk.post
        await do(
            caller,
            channel.ticket_id,
            said,
            event_id=event_id_from_discord(message.id),
            origin=Origin(Place.DISCORD, channel.channel_id, message.id),
        )

    async def _edited(self, message: discord.Message) -> None:
        """An edit is a change of content or files only: link previews come as edits too."""
        channel = await self._store.channels.at(message.channel.id)
        if channel is None or message.edited_at is None or message.webhook_id is not None:
            return
        if self._is_older_than_known(message):
            return
        self._keep_edit(message)
        known = await self._known(channel, message.id)
        if known is not None and _was_hidden(known):
            await self._withdraw(channel, message.id)  # lest a process ended between note and withdrawal
        if known is None:
            return
        said, is_note = await self._said(message)
        if said == Said(known.content, known.attachments) and is_note is known.is_note:
            return
        caller = self._staff.caller(await self._with_roles(message))
        if caller is None:
            return
        moment = f":{int(message.edited_at.timestamp() * 1000)}"
        origin = Origin(Place.DISCORD, channel.channel_id, message.id)
        try:
            if is_note and not known.is_note:
                await self._make_note(caller, channel, message, said)
            else:
                await self._desk.edit(
                    caller,
                    channel.ticket_id,
                    known.id,
                    said,
                    event_id=event_id_from_discord(message.id, f":e{moment}"),
                    origin=origin,
                )
        except Refusal as refusal:
            self._answer(message, f"The edit was not sent: {words(refusal)}")

    def _is_older_than_known(self, message: discord.Message) -> bool:
        """Whether a later edit of the message was processed already."""
        known = self._edited_at.get(message.id)
        return known is not None and message.edited_at is not None and message.edited_at < known

    def _keep_edit(self, message: discord.Message) -> None:
        if message.edited_at is None:
            return
        while len(self._edited_at) >= EDITS_KEPT:
            del self._edited_at[next(iter(self._edited_at))]
        self._edited_at[message.id] = message.edited_at

    async def _make_note(
        self, caller: Caller, channel: Channel, message: discord.Message, said: Said
    ) -> None:
        """A posted message edited into a note is deleted for the requester, and kept as a note."""
        origin = Origin(Place.DISCORD, channel.channel_id, message.id)
        await self._desk.add_note(
            caller,
            channel.ticket_id,
            Said(said.content),
            event_id=event_id_from_discord(message.id, ":n"),
            origin=origin,
        )
        await self._withdraw(channel, message.id)

    async def _withdraw(self, channel: Channel, discord_id: int, suffix: str = "") -> None:
        """Take back what a Discord message began as, or with ``:n`` the note it was made into."""
        try:
            await self._channel_desk.withdraw(
                channel.ticket_id,
                MessageId(event_id_from_discord(discord_id, suffix)),
                event_id=event_id_from_discord(discord_id, f"{suffix}x" if suffix else ":x"),
                origin=Origin(Place.DISCORD, channel.channel_id, discord_id),
            )
        except MessageNotFound:
            log.debug("message %s of ticket %s is deleted already", discord_id, channel.ticket_id)

    async def _deleted(self, channel_id: int, message_id: int) -> None:
        channel = await self._store.channels.at(channel_id)
        if channel is not None and await self._known(channel, message_id) is not None:
            for suffix in (":n", ""):
                await self._withdraw(channel, message_id, suffix)

    async def _known(self, channel: Channel, discord_id: int) -> Message | None:
        """What a Discord message is to us: the note it was made into, or the message or note it began as."""
        for suffix in (":n", ""):
            message_id = MessageId(event_id_from_discord(discord_id, suffix))
            known = await self._store.views.message(message_id, channel.ticket_id)
            if known is not None and not known.deleted:
                return known
        return None

    async def _said(self, message: discord.Message) -> tuple[Said, bool]:
        """The message's words and files, its files copied; and whether it is a note."""
        limit, prefix = self._options.max_file_bytes, self._options.note_prefix
        files, lost = [], []
        for attachment in fit(message.attachments, limit):
            file = file_of(attachment)
            if await self._copied(attachment, file):
                files.append(file)
            else:
                lost.append(f"[A file could not be passed on: {file.name}]")
        content = text_of(message)
        is_note = content.lstrip().startswith(prefix)
        if is_note:
            content = content.lstrip().removeprefix(prefix).lstrip()
        lines = [content, *too_large(message.attachments, limit), *lost]
        return Said("\n".join(line for line in lines if line), tuple(files)), is_note

    async def _copied(self, attachment: discord.Attachment, file: Attachment) -> bool:
        """Keep the file's bytes; Discord's own address of them expires."""
        if await self._store.files.get(file.id) is not None:
            return True
        for attempt in range(COPY_ATTEMPTS):
            try:
                await self._store.files.put(file, await attachment.read())
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("file %s is not to be had: %s", file.id, error)
                return False
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("file %s could not be copied, attempt %d: %s", file.id, attempt + 1, error)
                await asyncio.sleep(delay(attempt))
            else:
                return True
        return False

    async def _with_roles(self, message: discord.Message) -> discord.User | discord.Member:
        """The author as a member: history gives users without their roles."""
        if isinstance(message.author, discord.Member) or message.guild is None or message.author.bot:
            return message.author
        try:
            return await message.guild.fetch_member(message.author.id)
        except discord.NotFound:
            return message.author

    def _answer(self, message: discord.Message, text: str) -> None:
        self._marks.put(message.channel.id, partial(_reply, message, text))


def _answers(messages: Iterable[discord.Message]) -> dict[int, datetime]:
    """When the bot last answered a message: what it refuses it says once."""
    ours = [it for it in messages if it.reference is not None and it.author.bot]
    return {it.reference.message_id or 0: it.created_at for it in reversed(ours) if it.reference}


def _is_answered(message: discord.Message, answers: Mapping[int, datetime]) -> bool:
    """Whether the bot has said something of it since it was last edited."""
    answered_at = answers.get(message.id)
    if answered_at is None or message.edited_at is None:
        return False
    return answered_at >= message.edited_at


def _was_hidden(known: Message) -> bool:
    """Whether it is a note that began as a message."""
    return known.id.endswith(":n")


async def _react(message: discord.Message) -> None:
    try:
        await message.add_reaction(STORED)
    except discord.HTTPException as error:
        log.warning("message %s is stored but could not be marked: %s", message.id, error)


async def _reply(message: discord.Message, text: str) -> None:
    try:
        await message.reply(
            text,
            mention_author=False,
            allowed_mentions=discord.AllowedMentions.none(),
            nonce=f"no:{message.id}",
        )
    except discord.HTTPException as error:
        log.warning("the author of message %s could not be told %r: %s", message.id, text, error)
