"""A closed ticket's transcript, filed in the transcript channel."""

import io
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.outbox import nonce
from bot.showing.parts import MESSAGE_LIMIT, length
from bot.showing.pings import NOBODY
from bot.showing.posts import Post
from bot.showing.texts import EMBED_TITLE_LIMIT, harmless, plain, shortened, start_of
from bot.showing.uploads import Uploads
from config.faults import TRANSCRIPT_WAITS
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.desks.in_thread import aside
from tickets.event_kinds import kind_of
from tickets.events import Event, FeedbackGiven, MessagePosted, TicketClosed
from tickets.file_urls import FileUrls
from tickets.merging import absorbed_logs
from tickets.model import Attachment, AuthorType, EventId, FileId, MessageId, Person, Ticket, UserKey
from tickets.ports.channels import Link
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store
from tickets.transcript import Transcript, people_in, transcript_of
from transcripts import render_html
from transcripts.images import images_of
from transcripts.pieces import whole
from transcripts.reader import Reader

log = logging.getLogger(__name__)

FIELD_LIMIT = 256
CLOCKS_DIFFER = 60
"""Seconds by which our clock may be ahead of Discord's."""


class NotFiled(NotNow):
    """Discord refuses the transcript; people may change that, and the channel stays until then."""

    grows = True


class TranscriptPosts:
    """Files each transcript once."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        file_urls: FileUrls,
        uploads: Uploads,
        admins: Admins,
        reader: Callable[[], Reader],
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._file_urls = file_urls
        self._uploads = uploads
        self._admins = admins
        self._reader = reader
        self._language = reader().language
        self._started_at = time.time_ns() // 1_000_000
        self._tried: set[EventId] = set()
        """Closings whose transcript may have been filed without our knowledge."""

    async def file(self, event: Event, ticket: Ticket) -> None:
        """Post the transcript of the ticket as ``event`` closed it, unless it is there.

        If Discord refuses it, the admins are told, and it is tried again; Never is raised only for a ticket
        that was reopened, which must not wait for it."""
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
        embed, files, sizes = await self._made(event, upto=event.seq)
        channel_id = self._map.transcript_channel_id
        there = self._client.get_partial_messageable(channel_id)
        try:
            with self._uploads.learning(sizes), discord_faults("posting a transcript"):
                sent = await self._filed_before(there, event, str(embed.footer.text))
                if sent is None:
                    self._tried.add(event.id)
                    sent = await there.send(
                        embed=embed,
                        files=files,
                        nonce=nonce(event, 99),
                        allowed_mentions=NOBODY,
                    )
        except ChannelIsGone as error:
            raise Refused("TRANSCRIPT_CHANNEL_ID: there is no such channel", 30) from error
        self._tried.discard(event.id)
        await self._link(event, record, sent.id)

    async def complete(self, event: Event) -> None:
        """Put what staff noted after the closing into the transcript that was filed for it."""
        links = await self._store.channels.links(event.ticket_id, MessageId(f"{event.id}:transcript"))
        later = await self._store.log.events(event.ticket_id, after=event.seq)
        if not links or not any(kind_of(it.data).is_secret for it in later):
            return
        filed = self._client.get_partial_messageable(links[0].channel_id).get_partial_message(
            links[0].discord_id
        )

        async def edit() -> None:
            embed, files, sizes = await self._made(event, upto=later[-1].seq)
            with self._uploads.learning(sizes), discord_faults("completing a transcript"):
                await filed.edit(embed=embed, attachments=files)

        try:
            await self._uploads.fitting(edit)
            await self._store.files.delete(_file_id(event, event.seq))  # what was linked, if it was
        except (MessageIsGone, ChannelIsGone, Never) as error:
            log.warning("the transcript of ticket %s stays without later notes: %s", event.ticket_id, error)

    async def tell_feedback(self, event: Event, given: FeedbackGiven, ticket: Ticket) -> None:
        """Say in the transcript channel what the requester thinks of the help, unless it is there."""
        record = MessageId(f"{event.id}:feedback")
        if await self._store.channels.links(event.ticket_id, record):
            return
        self._map.guild(self._client)
        agent = ticket.assignee or await self._last_to_answer(event)
        people = await self._store.people.people([ticket.requester, *([agent] if agent else [])])
        stars = "★" * given.rating + "☆" * (5 - given.rating)
        name = plain(_name(people, ticket.requester))
        told = Text("feedback-was-given", stars=stars, number=ticket.number, name=name)
        if agent is not None:
            told = Text("feedback-on-agent", what=told, agent=plain(_name(people, agent)))
        text = in_language(told, self._language)
        if given.comment:
            text += f"\n>>> {harmless(given.comment)}"
        there = self._client.get_partial_messageable(self._map.transcript_channel_id)
        filed = await self._filed_for(event)

        async def send(number: int, post: Post) -> None:
            files = await self._uploads.files_of(post)
            with self._uploads.learning(post.sizes), discord_faults("posting feedback"):
                sent = await there.send(
                    post.text,
                    files=files,
                    nonce=nonce(event, 96 - number),
                    allowed_mentions=NOBODY,
                    reference=filed or discord.utils.MISSING,
                )
            if number == 0:
                await self._link(event, record, sent.id)

        try:
            await self._uploads.each([Post(start_of(text, MESSAGE_LIMIT), whole=_whole(text, given))], send)
        except ChannelIsGone as error:
            raise NotNow("TRANSCRIPT_CHANNEL_ID: there is no such channel", 30) from error

    async def _last_to_answer(self, event: Event) -> UserKey | None:
        """Whoever of staff posted last before the feedback."""
        before = reversed(await self._store.log.events(event.ticket_id, upto=event.seq))
        answers = (it for it in before if isinstance(it.data, MessagePosted))
        return next((it.actor.key for it in answers if it.actor.type is AuthorType.STAFF), None)

    async def _filed_for(self, event: Event) -> discord.MessageReference | None:
        """The transcript below which the feedback is to stand: that of the closing before it."""
        before = reversed(await self._store.log.events(event.ticket_id, upto=event.seq))
        closing = next((it for it in before if isinstance(it.data, TicketClosed)), None)
        if closing is None:
            return None
        links = await self._store.channels.links(event.ticket_id, MessageId(f"{closing.id}:transcript"))
        for link in links:
            return discord.MessageReference(
                message_id=link.discord_id, channel_id=link.channel_id, fail_if_not_exists=False
            )
        return None

    async def _link(self, event: Event, record: MessageId, discord_id: int) -> None:
        await self._store.channels.link(
            Link(
                ticket_id=event.ticket_id,
                message_id=record,
                part=0,
                parts=1,
                channel_id=self._map.transcript_channel_id,
                discord_id=discord_id,
            )
        )

    async def _filed_before(
        self, there: discord.PartialMessageable, event: Event, footer: str
    ) -> discord.Message | None:
        """The post that an earlier process, or an attempt with a lost answer, has made for this event."""
        if event.at > self._started_at and event.id not in self._tried:
            return None
        moment = datetime.fromtimestamp(event.at / 1000 - CLOCKS_DIFFER, UTC)
        async for message in there.history(after=moment, oldest_first=True, limit=None):
            footers = [embed.footer.text for embed in message.embeds]
            if message.author == self._client.user and footer in footers:
                return message
        return None

    async def _made(self, event: Event, upto: int) -> tuple[discord.Embed, list[discord.File], list[int]]:
        """The embed that shows in short the transcript of the closing, with what came until then; its file,
        and the file's size."""
        transcript = await self._transcript(event, upto)
        embed = embed_of(transcript, self._language)
        html = await page_of(self._store, transcript, self._file_urls, self._reader())
        embed.set_footer(text=f"Ticket {event.ticket_id} · {event.seq}")
        files = await self._attached(_file_id(event, upto), transcript.ticket, html, embed)
        return embed, files, [len(html)] if files else []

    async def _transcript(self, event: Event, upto: int) -> Transcript:
        events = await self._store.log.events(event.ticket_id, upto=upto)
        return await whole_transcript(self._store, events)

    async def _attached(
        self, file_id: FileId, ticket: Ticket, html: bytes, embed: discord.Embed
    ) -> list[discord.File]:
        """The file to attach. If it is too large for Discord, it is kept here and linked from the embed."""
        name = f"ticket-{ticket.number:04}.html"
        if len(html) <= self._uploads.bounds.file:
            return [discord.File(io.BytesIO(html), name)]
        kept = Attachment(file_id, name, "text/html", len(html))
        await self._store.files.put(kept, html)
        name_of_field = in_language(Text("transcript-file"), self._language)
        embed.add_field(name=name_of_field, value=f"[{name}]({self._file_urls.url(kept)})", inline=False)
        return []


async def whole_transcript(store: Store, events: Sequence[Event]) -> Transcript:
    """What staff reads of a ticket, with all that was merged into it."""
    absorbed = await absorbed_logs(store.log, events)
    keys = await aside(people_in, events)
    for log_of_other in absorbed.values():
        keys |= await aside(people_in, log_of_other)
    people = await store.people.people(keys)
    return await aside(transcript_of, events, people, notes=True, absorbed=absorbed)


async def page_of(store: Store, transcript: Transcript, file_urls: FileUrls, reader: Reader) -> bytes:
    """The page as a file."""
    images = await images_of(store.files, transcript)
    return await whole(render_html(transcript, file_urls.url, reader=reader, images=images))


def embed_of(transcript: Transcript, language: Language) -> discord.Embed:
    """What one wants to know of a closed ticket without opening the file."""
    ticket = transcript.ticket
    embed = discord.Embed(
        title=shortened(f"#{ticket.number} · {plain(ticket.topic)}", EMBED_TITLE_LIMIT),
        colour=discord.Colour.dark_grey(),
    )
    closed_by = transcript.name_of(ticket.closed_by) if ticket.closed_by else "—"
    fields: Sequence[tuple[Text, Words]] = (
        (Text("fact-requester"), plain(_name(transcript.people, ticket.requester))),
        (Text("fact-outcome"), Text("status", status=ticket.status)),
        (Text("fact-closed-by"), plain(closed_by)),
        (Text("fact-reason"), plain(ticket.close_reason or "—")),
        (Text("fact-opened"), _time(ticket.created_at)),
        (Text("fact-closed"), _time(ticket.closed_at)),
        (Text("fact-first-response"), _time(ticket.first_response_at)),
        (Text("fact-messages"), str(ticket.message_count)),
        (Text("fact-level"), Text("level", level=ticket.issue_level)),
        (Text("fact-support-role"), Text("support-role", role=ticket.support_role)),
    )
    for name, words in fields:
        value = shortened(in_language(words, language), FIELD_LIMIT) or "—"
        embed.add_field(name=in_language(name, language), value=value, inline=True)
    writers = [f"{plain(_name(transcript.people, key))}: {n}" for key, n in transcript.participants.items()]
    wrote = shortened("\n".join(writers), 1024) or "—"
    embed.add_field(name=in_language(Text("fact-writers"), language), value=wrote, inline=False)
    return embed


def _whole(shown: str, given: FeedbackGiven) -> bytes | None:
    """The comment, if a message has no room for all of it."""
    return None if length(shown) <= MESSAGE_LIMIT else (given.comment or "").encode(errors="replace")


def _unfiled(ticket: Ticket) -> str:
    return f"no transcript of {ticket.id}"


def _file_id(event: Event, upto: int) -> FileId:
    name = f"transcript-{event.id.replace(':', '-')}"
    return FileId(name if upto == event.seq else f"{name}-{upto}")


def _name(people: Mapping[UserKey, Person], key: UserKey) -> str:
    return people[key].name if key in people else key.id


def _time(at: int | None) -> str:
    return f"<t:{at // 1000}:f>" if at is not None else "—"
