"""Posts feedback below the transcript that it is about."""

from collections.abc import Callable
from contextlib import suppress

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.connection.transcript_channels import FiledIn, place_for
from bot.showing.outbox import nonce
from bot.showing.parts import MESSAGE_LIMIT, length
from bot.showing.pings import NOBODY
from bot.showing.posts import Post
from bot.showing.texts import harmless, plain, start_of
from bot.showing.uploads import Uploads
from texts.text import Text, Words
from tickets.events import Event, FeedbackGiven, MessagePosted, TicketClosed
from tickets.model import AuthorType, MessageId, Millis, Person, Ticket, UserKey
from tickets.ports.channels import FEEDBACK_POST, Link
from tickets.ports.sinks import NotNow
from tickets.ports.store import Clock, Store
from transcripts.reader import Reader


class FeedbackPosts:
    """Posts each feedback once."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        uploads: Uploads,
        reader: Callable[[], Reader],
        url_of: Callable[[Ticket], str],
        clock: Clock,
        kept_for: Millis | None,
    ) -> None:
        """``url_of`` returns the URL of a ticket's transcript page. ``kept_for`` is how long such posts are
        kept after the closing; None for ever."""
        self._client = client
        self._store = store
        self._map = guild_map
        self._uploads = uploads
        self._reader = reader
        self._url_of = url_of
        self._clock = clock
        self._kept_for = kept_for

    async def tell(self, event: Event, given: FeedbackGiven, ticket: Ticket) -> None:
        """Post the feedback below the transcript, unless it is there, or was kept for long enough. If the
        transcript's post shows no content, neither does this."""
        record = MessageId(f"{event.id}{FEEDBACK_POST}")
        if self._is_over(ticket) or await self._store.channels.links(event.ticket_id, record):
            return
        place = place_for(self._map, self._map.guild(self._client), ticket.support_role)
        there = self._client.get_partial_messageable(place.channel_id)
        text = await self._words(event, given, ticket) if place.shows else self._told_apart(ticket)
        filed = await self._filed_for(event, place)

        async def send(number: int, post: Post) -> None:
            files = await self._uploads.files_of(post)
            with self._uploads.learning(post.sizes, post.files), discord_faults("posting feedback"):
                sent = await there.send(
                    post.text,
                    files=files,
                    nonce=nonce(event, 96 - number),
                    allowed_mentions=NOBODY,
                    reference=filed or discord.utils.MISSING,
                )
            if number == 0:
                await self._store.channels.link(
                    Link(
                        ticket_id=event.ticket_id,
                        message_id=record,
                        channel_id=place.channel_id,
                        discord_id=sent.id,
                    )
                )

        whole = _whole(text, given) if place.shows else None
        try:
            await self._uploads.each([Post(start_of(text, MESSAGE_LIMIT), whole=whole)], send)
        except ChannelIsGone as error:
            raise NotNow("the channel for transcripts is gone", 30) from error

    async def take_back(self, ticket: Ticket) -> None:
        """Delete the posts with feedback that was taken away. They stay linked, so none is posted again."""
        self._map.guild(self._client)
        for link in await self._store.channels.links_of(ticket.id):
            if link.message_id.endswith(FEEDBACK_POST):
                there = self._client.get_partial_messageable(link.channel_id)
                with suppress(MessageIsGone, ChannelIsGone), discord_faults("deleting feedback"):
                    await there.get_partial_message(link.discord_id).delete()

    def _is_over(self, ticket: Ticket) -> bool:
        """Whether retention has removed such posts already: it looks at each closing once."""
        if self._kept_for is None or ticket.closed_at is None:
            return False
        return ticket.closed_at < self._clock() - self._kept_for

    def _told_apart(self, ticket: Ticket) -> str:
        url = self._url_of(ticket)
        return self._reader().says(Text("feedback-is-apart", number=ticket.number, url=url))

    async def _words(self, event: Event, given: FeedbackGiven, ticket: Ticket) -> str:
        agent = ticket.assignee or await self._last_to_answer(event)
        people = await self._store.people.people([ticket.requester, *([agent] if agent else [])])

        def name(key: UserKey) -> str:
            person: Person | None = people.get(key)
            return plain(person.name if person else key.id)

        stars = "★" * given.rating + "☆" * (5 - given.rating)
        told: Words = Text(
            "feedback-was-given", stars=stars, number=ticket.number, name=name(ticket.requester)
        )
        if agent is not None:
            told = Text("feedback-on-agent", what=told, agent=name(agent))
        text = self._reader().says(told)
        return f"{text}\n>>> {harmless(given.comment)}" if given.comment else text

    async def _last_to_answer(self, event: Event) -> UserKey | None:
        """The member of staff who posted last before the feedback."""
        before = reversed(await self._store.log.events(event.ticket_id, upto=event.seq))
        answers = (it for it in before if isinstance(it.data, MessagePosted))
        return next((it.actor.key for it in answers if it.actor.type is AuthorType.STAFF), None)

    async def _filed_for(self, event: Event, place: FiledIn) -> discord.MessageReference | None:
        """The transcript to post the feedback below: that of the closing before it, if it is in the same
        channel."""
        before = reversed(await self._store.log.events(event.ticket_id, upto=event.seq))
        closing = next((it for it in before if isinstance(it.data, TicketClosed)), None)
        if closing is None:
            return None
        links = await self._store.channels.links(event.ticket_id, MessageId(f"{closing.id}:transcript"))
        for link in links:
            if link.channel_id == place.channel_id:
                return discord.MessageReference(
                    message_id=link.discord_id, channel_id=link.channel_id, fail_if_not_exists=False
                )
        return None


def _whole(shown: str, given: FeedbackGiven) -> bytes | None:
    """The comment as a file, if a message has no room for all of it."""
    return None if length(shown) <= MESSAGE_LIMIT else (given.comment or "").encode(errors="replace")
