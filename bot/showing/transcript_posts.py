"""Files the transcript of a closed ticket in the transcript channel of its support role."""

import io
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.connection.transcript_channels import FiledIn, place_for
from bot.showing.admins import Admins
from bot.showing.outbox import nonce
from bot.showing.pings import NOBODY
from bot.showing.transcript_embeds import embed_apart, embed_of
from bot.showing.transcript_files import TranscriptFiles, file_name
from bot.showing.uploads import Uploads
from cogs.carrying_buttons import CarryingButton, view_of
from config.faults import TRANSCRIPT_WAITS
from texts.text import Text
from tickets.desks.in_thread import aside
from tickets.event_kinds import kind_of
from tickets.events import Event
from tickets.fold import ticket_of
from tickets.model import Attachment, EventId, FileId, MessageId, Ticket
from tickets.ports.channels import Link
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store
from tickets.transcript import transcript_file
from transcripts.reader import Reader

log = logging.getLogger(__name__)

CLOCKS_DIFFER = 60
"""Seconds by which our clock may be ahead of Discord's."""


class NotFiled(NotNow):
    """Discord refuses the transcript. People may change that; the ticket's channel stays until then."""

    grows = True


@dataclass(frozen=True, slots=True)
class _Made:
    """The post. ``sizes`` are those of its files."""

    embed: discord.Embed
    files: list[discord.File]
    sizes: list[int]
    view: discord.ui.View | None

    @property
    def footer(self) -> str:
        return str(self.embed.footer.text)


class TranscriptPosts:
    """Files each transcript once."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        files: TranscriptFiles,
        uploads: Uploads,
        admins: Admins,
        buttons: Sequence[CarryingButton],
    ) -> None:
        """``buttons`` are below a post that does not show its transcript."""
        self._client = client
        self._store = store
        self._map = guild_map
        self._files = files
        self._uploads = uploads
        self._admins = admins
        self._buttons = buttons
        self._started_at = time.time_ns() // 1_000_000
        self._tried: set[EventId] = set()
        """Closings whose transcript may have been filed without being recorded."""

    async def file(self, event: Event, ticket: Ticket) -> None:
        """Post the transcript of the ticket as ``event`` closed it, unless it is there.

        If Discord refuses it, the admins are told, and it is tried again. Never is raised only for a ticket
        that was reopened, because that must not wait for it."""
        try:
            await self._uploads.fitting(lambda: self._file(event))
        except (Never, Refused) as refusal:
            if ticket.closed_seq != event.seq:
                raise
            await self._admins.tell(
                TRANSCRIPT_WAITS.of(number=ticket.number, why=refusal), lasting=_unfiled(ticket)
            )
            raise NotFiled(str(refusal), getattr(refusal, "seconds", None)) from refusal
        self._admins.is_over(_unfiled(ticket))

    async def _file(self, event: Event) -> None:
        record = MessageId(f"{event.id}:transcript")
        if await self._store.channels.links(event.ticket_id, record):
            return
        self._map.guild(self._client)
        made, place = await self._made(event, upto=event.seq)
        there = self._client.get_partial_messageable(place.channel_id)
        try:
            with self._uploads.learning(made.sizes), discord_faults("posting a transcript"):
                sent = await self._filed_before(there, event, made.footer)
                if sent is None:
                    self._tried.add(event.id)
                    sent = await there.send(
                        embed=made.embed,
                        files=made.files,
                        view=made.view or discord.utils.MISSING,
                        nonce=nonce(event, 99),
                        allowed_mentions=NOBODY,
                    )
        except ChannelIsGone as error:
            raise Refused("there is no such channel for transcripts", 30) from error
        self._tried.discard(event.id)
        await self._store.channels.link(
            Link(
                ticket_id=event.ticket_id, message_id=record, channel_id=place.channel_id, discord_id=sent.id
            )
        )

    async def complete(self, event: Event) -> None:
        """Add notes that staff wrote after the closing to the filed transcript."""
        links = await self._store.channels.links(event.ticket_id, MessageId(f"{event.id}:transcript"))
        later = await self._store.log.events(event.ticket_id, after=event.seq)
        if not links or not any(kind_of(it.data).is_secret for it in later):
            return
        channel_id = links[0].channel_id
        filed = self._client.get_partial_messageable(channel_id).get_partial_message(links[0].discord_id)

        async def edit() -> None:
            made, _ = await self._made(event, upto=later[-1].seq, filed_in=channel_id)
            with self._uploads.learning(made.sizes), discord_faults("completing a transcript"):
                await filed.edit(embed=made.embed, attachments=made.files, view=made.view)

        try:
            await self._uploads.fitting(edit)
            await self._store.files.delete(_file_id(event, event.seq))  # the recorded post, if there is one
        except (MessageIsGone, ChannelIsGone, Never) as error:
            await self._store.files.delete(_file_id(event, later[-1].seq))  # nothing links to it
            log.warning("the transcript of ticket %s stays without later notes: %s", event.ticket_id, error)

    async def _filed_before(
        self, there: discord.PartialMessageable, event: Event, footer: str
    ) -> discord.Message | None:
        """The post for this event, if an earlier process or an attempt with a lost answer has made it."""
        if event.at > self._started_at and event.id not in self._tried:
            return None
        moment = datetime.fromtimestamp(event.at / 1000 - CLOCKS_DIFFER, UTC)
        async for message in there.history(after=moment, oldest_first=True, limit=None):
            footers = [embed.footer.text for embed in message.embeds]
            if message.author == self._client.user and footer in footers:
                return message
        return None

    async def _made(self, event: Event, upto: int, filed_in: int | None = None) -> tuple[_Made, FiledIn]:
        """The post for the closing, with everything until then, and its channel. ``filed_in`` is the channel
        that it is in already. The transcript itself is left out if some readers of the channel did not see
        the ticket."""
        events = await self._store.log.events(event.ticket_id, upto=upto)
        ticket, reader = await aside(ticket_of, events), self._files.reader()
        place = place_for(self._map, self._map.guild(self._client), ticket.support_role)
        if filed_in not in (None, place.channel_id):
            place = FiledIn(filed_in, shows=False)
        footer = f"Ticket {event.ticket_id} · {event.seq}"
        if not place.shows:
            embed = embed_apart(ticket, self._files.url(ticket), reader.language).set_footer(text=footer)
            view = view_of([it.carrying(str(ticket.number)) for it in self._buttons], reader.language)
            return _Made(embed, [], [], view), place
        transcript = await self._files.transcript(events, ticket.support_role)
        embed = embed_of(transcript, reader.language).set_footer(text=footer)
        html = await self._files.page(transcript)
        files = await self._attached(_file_id(event, upto), ticket, html, embed, reader)
        return _Made(embed, files, [len(html)] if files else [], None), place

    async def _attached(
        self, file_id: FileId, ticket: Ticket, html: bytes, embed: discord.Embed, reader: Reader
    ) -> list[discord.File]:
        """The file to attach. If it is too large for Discord, it is stored by Guildesk and linked from the
        embed."""
        name = file_name(ticket)
        if len(html) <= self._uploads.bounds.file:
            return [discord.File(io.BytesIO(html), name)]
        kept = Attachment(file_id, name, "text/html", len(html))
        await self._store.files.put(kept, html)
        field = reader.says(Text("transcript-file"))
        embed.add_field(name=field, value=f"[{name}]({self._uploads.url(kept)})", inline=False)
        return []


def _unfiled(ticket: Ticket) -> str:
    return f"no transcript of {ticket.id}"


def _file_id(event: Event, upto: int) -> FileId:
    return transcript_file(event.id, event.seq, upto)
