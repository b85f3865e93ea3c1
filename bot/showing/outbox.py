"""Posts messages into a ticket's channel or thread through its webhook: complete, in order, and once."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import zip_longest

import discord

from bot.connection.faults import SETTLING, MessageIsGone, Refused, Unsure, WebhookIsGone, discord_faults
from bot.connection.webhook_limits import WebhookLimits
from bot.showing.names import Names
from bot.showing.parts import MESSAGE_LIMIT, length
from bot.showing.pings import NOBODY, Pinged
from bot.showing.posts import Post
from bot.showing.quotes import Quotes
from bot.showing.signing import Signing
from bot.showing.texts import WHOLE_TEXT, plain
from bot.showing.uploads import Smaller, Uploads
from bot.showing.webhooks import Webhooks
from texts.text import Text, in_language
from tickets.events import Event
from tickets.model import Attachment, Message, MessageId, TicketId
from tickets.ports.channels import Channel, Link, Places
from tickets.ports.sinks import Never, NotNow

FILES, REPLIES = 500, 1000
"""Parts from these numbers on have the further files of a message, and replies that show its edits. They are
deleted with the message."""
REST = "…"
"""The text of parts that are not needed any more after an edit."""


class Outbox:
    """Posts, edits and deletes messages. Its relay sends at most one message of a ticket at a time."""

    def __init__(
        self,
        client: discord.Client,
        places: Places,
        webhooks: Webhooks,
        uploads: Uploads,
        limits: WebhookLimits,
        names: Names,
        quotes: Quotes,
        signing: Signing,
    ) -> None:
        self._client = client
        self._webhooks = webhooks
        self._limits = limits
        self._names = names
        self._quotes = quotes
        self._places = places
        self._signing = signing
        self._uploads = uploads
        self._started_at = time.monotonic()
        self._settled: set[TicketId] = set()
        """Tickets for which every message of ours in the channel has a link."""

    def created_here(self, channel: Channel) -> None:
        """The channel is new, so it has nothing from an earlier process."""
        self._settled.add(channel.ticket_id)
        self._webhooks.created_here(channel)

    async def post(
        self, channel: Channel, event: Event, message: Message, ping: Pinged | None = None
    ) -> None:
        """Post the message of ``event``, beginning with the first part that is not there yet. The first part
        pings."""
        channel = await self._webhooks.with_webhook(channel)
        texts, further = await self._posts_of(channel, message)
        linked = {link.part: link for link in await self._parts_there(channel, message.id)}
        left = await self._not_shown(channel, message, linked, texts)
        if (left or len(linked) < len(texts)) and message.ticket_id not in self._settled:
            await self._adopt(channel, message, linked, texts)
            left = await self._not_shown(channel, message, linked, texts)
        if len(texts) - 1 in linked:
            further = self._uploads.spread(Post(files=tuple(left)))
        missing = [part for part in range(len(texts)) if part not in linked]
        posts = [*(texts[part] for part in missing), *further]
        parts = [*missing, *range(_next_of_files(linked), REPLIES)]
        names = await self._signing.names(event.actor)

        async def send(number: int, post: Post) -> None:
            part = parts[number]
            await self._send(channel, message, part, len(texts), names, post, ping if part == 0 else None)

        await self._uploads.each(posts, send)

    async def find(self, channel: Channel, _: Event, message: Message) -> None:
        """Link parts that may have been sent of a message that is deleted by now, so that its deletion
        removes them."""
        if channel.ticket_id not in self._settled and channel.webhook_id is not None:
            linked = {link.part: link for link in await self._parts_there(channel, message.id)}
            await self._adopt(channel, message, linked, (await self._posts_of(channel, message))[0])

    async def edit(self, channel: Channel, event: Event, message: Message) -> None:
        """Replace the old text by the new one. Text that does not fit is posted as a reply."""
        links = await self._parts_there(channel, message.id)
        if not links:
            return
        shown = [link for link in links if link.part < FILES]
        names = await self._signing.names(event.actor)
        in_place = channel.webhook_id is not None and await self._uploads.fitting(
            lambda: self._edited_in_place(channel, names, shown, message, is_renewed=bool(event.dropped))
        )
        if not in_place:
            if event.dropped:  # only the webhook could take a file out, but whoever may delete takes all
                for link in links[links.index(shown[-1]) :]:
                    await self._remove(channel, link)
            await self._reply(channel, links[0], event, message)

    async def requote(self, channel: Channel, event: Event) -> None:
        """Update the copies that quote the message which ``event`` has changed or deleted."""
        for answer in await self._quotes.answers_to(event):
            shown = [it for it in await self._parts_there(channel, answer.id) if it.part < FILES]
            if shown and channel.webhook_id is not None:
                names = await self._signing.names(answer.author)
                edit = partial(self._edited_in_place, channel, names, shown, answer, is_renewed=False)
                await self._uploads.fitting(edit)

    async def delete(self, channel: Channel, message_id: MessageId) -> None:
        """Delete the message's parts from the channel."""
        for link in await self._links(channel, message_id):
            await self._remove(channel, link)

    async def _remove(self, channel: Channel, link: Link) -> None:
        there = self._client.get_partial_messageable(channel.channel_id)
        try:
            with suppress(MessageIsGone), discord_faults("deleting a message"):
                await there.get_partial_message(link.discord_id).delete()
        except Refused:  # for want of Manage Messages, which a webhook does not need for its own
            if not await self._was_removed_by_webhook(channel, link):
                raise

    async def _was_removed_by_webhook(self, channel: Channel, link: Link) -> bool:
        with suppress(NotNow), discord_faults("deleting a message by its webhook"):
            await self._webhooks.of(channel).delete_message(link.discord_id, thread=_thread_of(channel))
            return True
        return False

    async def _send(
        self,
        channel: Channel,
        message: Message,
        part: int,
        parts: int,
        names: Sequence[str | None],
        post: Post,
        ping: Pinged | None = None,
    ) -> None:
        """Send a part and record it. Until it is recorded, the channel may have a post without a link."""
        try:
            sent = await self._sent(channel, names, post, ping)
        except Exception as error:
            was_refused = isinstance(error, NotNow | Never | Smaller) and not isinstance(error, Unsure)
            if not was_refused:  # or Discord has acted, and says so in a way that nobody understands
                self._settled.discard(channel.ticket_id)
            raise
        self._settled.discard(channel.ticket_id)
        await self._link(channel, message, part, parts, sent)
        self._settled.add(channel.ticket_id)

    async def _sent(
        self, channel: Channel, names: Sequence[str | None], post: Post, ping: Pinged | None
    ) -> discord.WebhookMessage:
        uploads = await self._uploads.files_of(post)
        text, ping = _pinging(post.text, ping)

        async def ask(given: Mapping[str, str | None]) -> discord.WebhookMessage:
            for upload in uploads:
                upload.reset()
            with discord_faults("posting a message"):
                return await self._webhooks.of(channel).send(
                    text or discord.utils.MISSING,
                    username=given["username"] or discord.utils.MISSING,
                    files=uploads,
                    allowed_mentions=ping.allowed if ping else NOBODY,
                    thread=_thread_of(channel),
                    wait=True,
                )

        if wait := self._limits.seconds_left(str(channel.webhook_id)):
            raise NotNow("posting a message: the webhook's limit is used up", wait)
        try:
            with self._uploads.learning(post.sizes, post.files):
                return await self._names.taken({"username": names}, ask)
        except WebhookIsGone:
            await self._webhooks.forget(channel)
            raise

    async def _adopt(
        self, channel: Channel, message: Message, linked: dict[int, Link], texts: Sequence[Post]
    ) -> None:
        """Find parts of this message in the channel that an earlier process has sent without recording them.

        At most one send per ticket is in flight, and every earlier one has a link. So a post of our webhook
        after the last link is the next part of this message, perhaps twice."""
        await asyncio.sleep(max(0.0, self._started_at + SETTLING - time.monotonic()))
        newest = await self._places.newest_link(channel.ticket_id, channel.channel_id)
        after = discord.Object(max(newest or 0, channel.channel_id))
        there = self._client.get_partial_messageable(channel.channel_id)
        with discord_faults("reading the channel"):
            history = there.history(after=after, oldest_first=True, limit=None)
            ours = [sent async for sent in history if sent.webhook_id == channel.webhook_id]
        if ours:
            missing = [part for part in range(len(texts)) if part not in linked]
            part = missing[0] if missing else _next_of_files(linked)
            linked[part] = await self._link(channel, message, part, len(texts), ours[0])
        self._settled.add(channel.ticket_id)

    async def _not_shown(
        self, channel: Channel, message: Message, linked: Mapping[int, Link], texts: Sequence[Post]
    ) -> list[Attachment]:
        """The files that no post shows yet. Posts have the files, or links to them, in their order."""
        if not message.attachments or not linked:
            return [*message.attachments]
        shown, said = 0, ""
        for part, link in linked.items():
            with suppress(MessageIsGone):
                there = await self._fetched(channel, link)
                shown += len(there.attachments) if part >= len(texts) - 1 else 0
                said += there.content
        shown -= texts[-1].whole is not None
        return [file for file in message.attachments if self._uploads.url(file) not in said][max(shown, 0) :]

    async def _edited_in_place(
        self,
        channel: Channel,
        names: Sequence[str | None],
        shown: list[Link],
        message: Message,
        *,
        is_renewed: bool,
    ) -> bool:
        """Edit the existing parts. Returns whether each shows the new text now; only the webhook that posted
        a part can change it.

        Files stay as they are, unless they are to be renewed or others belong there now: one has the old
        text, or Discord's limits have changed since."""
        texts, further = await self._posts_of(channel, message)
        if len(texts) > len(shown):
            return False
        there = sum(link.part >= FILES for link in await self._parts_there(channel, message.id))
        is_renewed = is_renewed or texts[-1].whole is not None or there != len(further)
        with_files = texts[-1]
        for number, link in enumerate(shown):
            text = texts[number].text if number < len(texts) else REST
            is_last = link is shown[-1]
            try:
                edited = await self._edit(
                    channel, link, replace(with_files, text=text), files=is_last and is_renewed
                )
                if is_last and not is_renewed and _has_other_files(edited, with_files):
                    await self._edit(channel, link, replace(with_files, text=text), files=True)
                    is_renewed = True
            except MessageIsGone:
                if await self._is_there(channel, link):
                    return False
            except WebhookIsGone:
                await self._webhooks.forget(channel)
                return False
        if is_renewed:
            await self._renew_files(channel, names, message, further)
        return True

    async def _renew_files(
        self, channel: Channel, names: Sequence[str | None], message: Message, further: Sequence[Post]
    ) -> None:
        """Replace the files of the parts with further files."""
        there = await self._parts_there(channel, message.id)
        links, parts = [link for link in there if link.part >= FILES], len(there)
        part = _next_of_files({link.part: link for link in links})
        for link, post in zip_longest(links, further):
            if post is None:
                await self._remove(channel, link)
            elif link is None:
                await self._send(channel, message, part, parts, names, post)
                part += 1
            else:
                with suppress(MessageIsGone):
                    await self._edit(channel, link, post, files=True)

    async def _edit(self, channel: Channel, link: Link, post: Post, *, files: bool) -> discord.WebhookMessage:
        """Change the text of a message, and its files too."""
        attachments = await self._uploads.files_of(post) if files else discord.utils.MISSING
        sent = post if files else Post()
        with self._uploads.learning(sent.sizes, sent.files), discord_faults("editing a message"):
            return await self._webhooks.of(channel).edit_message(
                link.discord_id,
                content=post.text,
                attachments=attachments,
                allowed_mentions=NOBODY,
                thread=_thread_of(channel),
            )

    async def _is_there(self, channel: Channel, link: Link) -> bool:
        try:
            await self._fetched(channel, link)
        except MessageIsGone:
            return False
        return True

    async def _fetched(self, channel: Channel, link: Link) -> discord.Message:
        there = self._client.get_partial_messageable(channel.channel_id)
        with discord_faults("looking for a message"):
            return await there.fetch_message(link.discord_id)

    async def _reply(self, channel: Channel, link: Link, event: Event, message: Message) -> None:
        there = self._client.get_partial_messageable(channel.channel_id)
        name = plain((await self._signing.names(event.actor))[0] or "")
        heading = in_language(Text("edited-by", name=name), self._uploads.language)
        posts, _ = self._uploads.posts_of(message.content, heading=heading)

        async def send(number: int, post: Post) -> None:
            files = await self._uploads.files_of(post)
            with self._uploads.learning(post.sizes, post.files), discord_faults("posting an edit"):
                sent = await there.send(
                    post.text or None,
                    files=files,
                    reference=discord.MessageReference(
                        message_id=link.discord_id, channel_id=channel.channel_id, fail_if_not_exists=False
                    ),
                    nonce=nonce(event, number),
                    allowed_mentions=NOBODY,
                )
            await self._link(channel, message, REPLIES + 10 * event.seq + number, link.parts, sent)

        await self._uploads.each(posts, send)

    async def _posts_of(self, channel: Channel, message: Message) -> tuple[list[Post], list[Post]]:
        """The posts of the message; see ``bot.showing.posts``."""
        above = await self._quotes.above(channel, message)
        texts, further = self._uploads.posts_of(message.content, message.attachments, above=above)
        if not texts:
            raise Never("the message has nothing that can be shown")
        return texts, further

    async def _link(
        self, channel: Channel, message: Message, part: int, parts: int, sent: discord.Message
    ) -> Link:
        link = Link(
            ticket_id=message.ticket_id,
            message_id=message.id,
            part=part,
            parts=parts,
            channel_id=channel.channel_id,
            discord_id=sent.id,
        )
        await self._places.link(link)
        return link

    async def _parts_there(self, channel: Channel, message_id: MessageId) -> list[Link]:
        return [link for link in await self._links(channel, message_id) if link.part < REPLIES]

    async def _links(self, channel: Channel, message_id: MessageId) -> list[Link]:
        links = await self._places.links(channel.ticket_id, message_id)
        return [link for link in links if link.channel_id == channel.channel_id]


def _thread_of(channel: Channel) -> discord.abc.Snowflake:
    """The further argument of a webhook that posts in a thread of its channel."""
    return discord.utils.MISSING if channel.parent_id is None else discord.Object(channel.channel_id)


def _next_of_files(linked: Mapping[int, Link]) -> int:
    """The number of the next part with further files."""
    return max((part + 1 for part in linked if part >= FILES), default=FILES)


def _pinging(text: str, ping: Pinged | None) -> tuple[str, Pinged | None]:
    """The text with mentions in front, and the people mentioned: all, the first one, or nobody, so that a
    ping never cuts the text. Small print is only recognized at the beginning of a line, so it gets a line of
    its own."""
    for those in (ping, ping.first()) if ping else ():
        shown = f"{those.mention}{chr(10) if text.startswith('-# ') else ' '}{text}"
        if length(shown) <= MESSAGE_LIMIT:
            return shown, those
    return text, None


def _has_other_files(edited: discord.Message, post: Post) -> bool:
    """Whether it has the file of an earlier, long text, or more or fewer files than it should."""
    there = sum(it.filename == WHOLE_TEXT for it in edited.attachments)
    wanted = sum(file.name == WHOLE_TEXT for file in post.files) + (post.whole is not None)
    return there != wanted or len(edited.attachments) != len(post.sizes)


def nonce(event: Event, number: int = 0) -> str:
    """At most 25 characters, the same for the same event and number (Discord, "Create Message")."""
    return f"{event.ticket_id[:12]}:{event.seq}:{number}"[:25]
