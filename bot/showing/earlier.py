"""Files with the older messages, on top of a rebuilt channel. The channel itself shows the newest
messages."""

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest

import discord

from bot.connection.faults import MessageIsGone
from bot.showing.channels import TicketChannels
from bot.showing.outbox import nonce
from bot.showing.rebuilt import time_there
from bot.showing.uploads import Uploads
from texts.text import Text
from tickets.desks.in_thread import aside
from tickets.events import Event, MessageDeleted, MessageEdited, NoteDeleted, NoteEdited, TicketAbsorbed
from tickets.file_urls import FileUrls
from tickets.model import MessageId, Ticket
from tickets.ports.channels import Channel, Link
from tickets.ports.store import Store
from tickets.transcript import people_in, transcript_of
from transcripts import render_text
from transcripts.reader import Reader

SHOWN = 100
"""So many messages and notes are shown again, each with its time."""
PAGE = 500
"""So many messages are read from the store at once."""
_EARLIER = MessageId("earlier")
"""The links with this id name the messages with the files. ``parts`` is the seq of the first event after
them."""
REWORDED = (MessageEdited, MessageDeleted, NoteEdited, NoteDeleted)


class Earlier:
    def __init__(
        self,
        store: Store,
        channels: TicketChannels,
        uploads: Uploads,
        file_urls: FileUrls,
        reader: Callable[[], Reader],
        shown: int = SHOWN,
    ) -> None:
        self._store = store
        self._channels = channels
        self._uploads = uploads
        self._file_urls = file_urls
        self._reader = reader
        self._shown = shown

    async def put_up(self, channel: Channel, opened: Event, ticket: Ticket) -> None:
        """Post the files with older messages, if there are any and this is not the ticket's first channel."""
        if not await time_there(self._store.channels, channel, opened.at):
            return
        first = await self._first_shown(ticket)
        if first is not None:
            await self._uploads.fitting(lambda: self._show(channel, opened, ticket, first))

    async def has(self, channel: Channel, event: Event) -> bool:
        """Whether this event is in the files, so that it is not shown again."""
        if isinstance(event.data, TicketAbsorbed):
            return False  # the conversation of the merged ticket is in no file
        links = await self._links(channel)
        return bool(links) and 1 < event.seq < links[0].parts

    async def renew(self, channel: Channel, event: Event, ticket: Ticket) -> None:
        """Update the files after something in them was edited or deleted."""
        if not isinstance(event.data, REWORDED) or not (links := await self._links(channel)):
            return
        message = await self._store.views.message(event.data.message_id, ticket.id)
        if message is not None and message.seq < links[0].parts:
            await self._uploads.fitting(lambda: self._show(channel, event, ticket, links[0].parts))

    async def _first_shown(self, ticket: Ticket) -> int | None:
        """The seq of the oldest message that is shown. None if all are."""
        there: list[int] = []
        for notes in (False, True):
            after_seq = 0
            while page := await self._store.views.messages(
                ticket.id, after_seq=after_seq, limit=PAGE, notes=notes
            ):
                there += [it.seq for it in page if not it.deleted]
                after_seq = page[-1].seq
                await asyncio.sleep(0)
        there.sort()
        return there[-self._shown] if len(there) > self._shown else None

    async def _show(self, channel: Channel, event: Event, ticket: Ticket, first: int) -> None:
        pieces = await self._pieces(ticket, first)
        for number, (link, piece) in enumerate(zip_longest(await self._links(channel), pieces)):
            if link is None:
                await self._post(channel, event, first, number, ticket, piece)
            elif piece is None:
                await self._channels.take_away(channel, link.discord_id)
            else:
                await self._change(channel, link, ticket, piece)

    async def _post(
        self, channel: Channel, event: Event, first: int, number: int, ticket: Ticket, piece: bytes
    ) -> None:
        with self._uploads.learning([len(piece)]):
            sent = await self._channels.say(
                channel,
                Text("earlier-messages", shown=self._shown),
                nonce(event, 80 - number),
                files=[_file(ticket, number, piece)],
            )
        link = Link(
            ticket_id=ticket.id,
            message_id=_EARLIER,
            part=number,
            parts=first,
            channel_id=channel.channel_id,
            discord_id=sent.id,
        )
        await self._store.channels.link(link)

    async def _change(self, channel: Channel, link: Link, ticket: Ticket, piece: bytes) -> None:
        with self._uploads.learning([len(piece)]):
            try:
                await self._channels.change_files(channel, link.discord_id, [_file(ticket, link.part, piece)])
            except MessageIsGone:
                return

    async def _pieces(self, ticket: Ticket, first: int) -> Sequence[bytes]:
        """The older messages in their present form, in pieces that Discord takes as files."""
        events = await self._store.log.events(ticket.id)
        people = await self._store.people.people(await aside(people_in, events))

        def written(log: Sequence[Event]) -> bytes:
            whole = transcript_of(log, people, notes=True, revisions=False)
            before = replace(
                whole,
                messages=[it for it in whole.messages if it.seq < first],
                history=[it for it in whole.history if it.seq < first],
            )
            text = render_text(before, self._file_urls.url, reader=self._reader())
            return "".join(text).encode(errors="replace")

        text, most = await aside(written, events), self._uploads.bounds.file
        return [text[start : start + most] for start in range(0, len(text), most)]

    async def _links(self, channel: Channel) -> list[Link]:
        links = await self._store.channels.links(channel.ticket_id, _EARLIER)
        return [it for it in links if it.channel_id == channel.channel_id]


def _file(ticket: Ticket, number: int, piece: bytes) -> discord.File:
    suffix = f"-{number + 1}" if number else ""
    return discord.File(io.BytesIO(piece), f"ticket-{ticket.number:04}-earlier{suffix}.txt")
