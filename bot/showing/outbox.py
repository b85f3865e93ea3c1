"""Requesters' messages into the ticket's channel, through its webhook: whole, in order, once."""

import asyncio
import io
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aiohttp
import discord

from bot.connection.faults import SETTLING, MessageIsGone, Unsure, WebhookIsGone, discord_faults
from bot.connection.webhook_limits import WebhookLimits
from bot.showing.names import Names
from bot.showing.pings import NOBODY, Pinged
from bot.showing.texts import WHOLE_TEXT, Copy, copy_of, plain, webhook_names
from tickets.events import Event
from tickets.file_urls import FileUrls
from tickets.model import Attachment, Message, MessageId, TicketId
from tickets.ports.channels import Channel, Link
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store

WEBHOOKS = ("Guildesk", "Support", "Desk")
"""What our webhooks are called: the first of these names that Discord takes."""
FILES_PER_MESSAGE = 10
REPLIES = 1000
"""From this number on, the parts of a message are replies that show its edits. They are deleted with it."""


class Outbox:
    """Its relay sends at most one message of a ticket at a time."""

    def __init__(
        self,
        client: discord.Client,
        session: aiohttp.ClientSession,
        store: Store,
        file_urls: FileUrls,
        max_file_bytes: int,
        limits: WebhookLimits,
        names: Names,
    ) -> None:
        self._client = client
        self._session = session
        self._limits = limits
        self._names = names
        self._store = store
        self._file_urls = file_urls
        self._max_file_bytes = max_file_bytes
        self._started_at = time.monotonic()
        self._settled: set[TicketId] = set()
        """Tickets all of whose messages of ours in the channel are linked."""

    def created_here(self, ticket_id: TicketId) -> None:
        """The channel is new, so it holds nothing from an earlier process."""
        self._settled.add(ticket_id)

    async def post(
        self, channel: Channel, event: Event, message: Message, ping: Pinged | None = None
    ) -> None:
        """Show what ``event`` posted, beginning with the first part that is not there yet; the first part
        pings."""
        channel = await self._with_webhook(channel)
        copy, files = self._copy(message)
        parts = len(copy.parts)
        linked = {link.part for link in await self._parts_there(channel, message.id)}
        if len(linked) < parts and message.ticket_id not in self._settled:
            linked |= await self._adopt(channel, message, linked, parts)
        names = await self._names_of(event)
        for part, text in enumerate(copy.parts):
            if part not in linked:
                uploads = await self._uploads(files, copy) if part == parts - 1 else []
                sent = await self._send(channel, names, text, uploads, ping if part == 0 else None)
                await self._link(channel, message, part, parts, sent)

    async def find(self, channel: Channel, _: Event, message: Message) -> None:
        """Link what may have been sent of a message that is deleted by now, so that its deletion removes
        it."""
        if channel.ticket_id not in self._settled and channel.webhook_id is not None:
            copy = self._copy(message)[0]
            linked = {link.part for link in await self._parts_there(channel, message.id)}
            await self._adopt(channel, message, linked, len(copy.parts))

    async def edit(self, channel: Channel, event: Event, message: Message) -> None:
        """Replace the old words by the new ones. What does not fit is posted as a reply."""
        links = await self._parts_there(channel, message.id)
        if not links:
            return
        copy, files = self._copy(message)
        fits = len(copy.parts) <= len(links) and channel.webhook_id is not None
        in_place = fits and await self._edited_in_place(channel, links, copy, files, bool(event.dropped))
        if not in_place:
            if event.dropped:  # only the webhook could take a file out, but whoever may delete takes all
                await self._remove(channel, links[-1])
            await self._reply(channel, links[0], event, message)

    async def delete(self, channel: Channel, message_id: MessageId) -> None:
        """Delete the message's parts from the channel."""
        for link in await self._links(channel, message_id):
            await self._remove(channel, link)

    async def _remove(self, channel: Channel, link: Link) -> None:
        there = self._client.get_partial_messageable(channel.channel_id)
        with suppress(MessageIsGone), discord_faults("deleting a message"):
            await there.get_partial_message(link.discord_id).delete()

    async def _send(
        self,
        channel: Channel,
        names: list[str],
        text: str,
        uploads: list[discord.File],
        ping: Pinged | None,
    ) -> discord.WebhookMessage:
        if ping is not None:
            text = f"{ping.mention} {text}"

        async def ask(given: Mapping[str, str | None]) -> discord.WebhookMessage:
            for upload in uploads:
                upload.reset()
            with discord_faults("posting a message"):
                return await self._webhook(channel).send(
                    text or discord.utils.MISSING,
                    username=given["username"] or discord.utils.MISSING,
                    files=uploads,
                    allowed_mentions=ping.allowed if ping else NOBODY,
                    wait=True,
                )

        if wait := self._limits.seconds_left(str(channel.webhook_id)):
            raise NotNow("posting a message: the webhook's limit is used up", wait)
        try:
            return await self._names.taken({"username": names}, ask)
        except Unsure:
            self._settled.discard(channel.ticket_id)
            raise
        except WebhookIsGone:
            await self._forget_webhook(channel)
            raise

    async def _adopt(self, channel: Channel, message: Message, linked: set[int], parts: int) -> set[int]:
        """Find in the channel what an earlier process has sent of this message without recording it.

        One send is in flight per ticket and every earlier one is linked, so what our webhook posted
        after the last link are this message's parts, in order."""
        await asyncio.sleep(max(0.0, self._started_at + SETTLING - time.monotonic()))
        newest = await self._store.channels.newest_link(channel.ticket_id, channel.channel_id)
        after = discord.Object(max(newest or 0, channel.channel_id))
        found: set[int] = set()
        missing = [part for part in range(parts) if part not in linked]
        there = self._client.get_partial_messageable(channel.channel_id)
        with discord_faults("reading the channel"):
            async for sent in there.history(after=after, oldest_first=True, limit=None):
                if sent.webhook_id == channel.webhook_id and len(found) < len(missing):
                    part = missing[len(found)]
                    await self._link(channel, message, part, parts, sent)
                    found.add(part)
        self._settled.add(channel.ticket_id)
        return found

    async def _edited_in_place(
        self, channel: Channel, links: list[Link], copy: Copy, files: list[Attachment], dropped: bool
    ) -> bool:
        """Whether each existing part shows the new words now. Only its webhook can change it.

        The files with the last part stay, unless one was ``dropped`` or one of them holds the old words."""
        for number, link in enumerate(links):
            text = copy.parts[number] if number < len(copy.parts) else "…"
            last = link is links[-1]
            renewed = last and (dropped or copy.whole is not None)
            uploads = await self._uploads(files, copy) if renewed else None
            try:
                edited = await self._edit(channel, link, text, uploads)
                if last and not renewed and _has_old_words(edited, files):
                    await self._edit(channel, link, text, await self._uploads(files, copy))
            except MessageIsGone:
                if await self._is_there(channel, link):
                    return False
            except WebhookIsGone:
                await self._forget_webhook(channel)
                return False
        return True

    async def _edit(
        self, channel: Channel, link: Link, text: str, uploads: list[discord.File] | None
    ) -> discord.WebhookMessage:
        attachments = discord.utils.MISSING if uploads is None else uploads
        with discord_faults("editing a message"):
            return await self._webhook(channel).edit_message(
                link.discord_id, content=text, attachments=attachments, allowed_mentions=NOBODY
            )

    async def _is_there(self, channel: Channel, link: Link) -> bool:
        there = self._client.get_partial_messageable(channel.channel_id)
        try:
            with discord_faults("looking for a message"):
                await there.fetch_message(link.discord_id)
        except MessageIsGone:
            return False
        return True

    async def _reply(self, channel: Channel, link: Link, event: Event, message: Message) -> None:
        there = self._client.get_partial_messageable(channel.channel_id)
        heading = f"Edited by {plain((await self._names_of(event))[0])}:"
        copy = copy_of(message.content, heading=heading)
        for number, part in enumerate(copy.parts):
            with discord_faults("posting an edit"):
                sent = await there.send(
                    part,
                    files=whole_of(copy) if number == len(copy.parts) - 1 else [],
                    reference=discord.MessageReference(
                        message_id=link.discord_id, channel_id=channel.channel_id, fail_if_not_exists=False
                    ),
                    nonce=nonce(event, number),
                    allowed_mentions=NOBODY,
                )
            await self._link(channel, message, REPLIES + 10 * event.seq + number, link.parts, sent)

    async def _with_webhook(self, channel: Channel) -> Channel:
        if channel.webhook_id is not None:
            return channel

        async def ask(given: Mapping[str, str | None]) -> Mapping[str, Any]:
            with discord_faults("making a webhook"):
                return await self._client.http.create_webhook(channel.channel_id, name=given["name"] or "")

        with discord_faults("looking for a webhook"):
            known = await self._client.http.channel_webhooks(channel.channel_id)
            ours = [it for it in known if _is_ours(it, self._client)]
        made = ours[0] if ours else await self._names.taken({"name": WEBHOOKS}, ask, may_guess=True)
        channel = replace(channel, webhook_id=int(made["id"]), webhook_token=made["token"])
        await self._store.channels.save(channel)
        return channel

    async def _forget_webhook(self, channel: Channel) -> None:
        await self._store.channels.save(replace(channel, webhook_id=None, webhook_token=None))

    def _copy(self, message: Message) -> tuple[Copy, list[Attachment]]:
        """The texts to send, and the files that go with the last of them."""
        fit = [file for file in message.attachments if file.size <= self._max_file_bytes]
        for most in (FILES_PER_MESSAGE, FILES_PER_MESSAGE - 1):
            files = fit[:most]
            links = [self._file_urls.url(file) for file in message.attachments if file not in files]
            copy = copy_of(message.content, links)
            if copy.whole is None:
                break
        if not copy.parts and not files:
            raise Never("the message has nothing that can be shown")
        return replace(copy, parts=copy.parts or [""]), files

    async def _uploads(self, files: list[Attachment], copy: Copy) -> list[discord.File]:
        kept = [(file, await self._store.files.get(file.id)) for file in files]
        uploads = [discord.File(io.BytesIO(found[1]), file.name) for file, found in kept if found]
        return whole_of(copy) + uploads

    async def _names_of(self, event: Event) -> list[str]:
        key = event.actor.key
        person = (await self._store.people.people([key])).get(key) if key else None
        name = "Guildesk" if key is None else person.name if person else ""
        return webhook_names(name, event.actor.type.lower())

    async def _link(
        self, channel: Channel, message: Message, part: int, parts: int, sent: discord.Message
    ) -> None:
        await self._store.channels.link(
            Link(
                ticket_id=message.ticket_id,
                message_id=message.id,
                part=part,
                parts=parts,
                channel_id=channel.channel_id,
                discord_id=sent.id,
            )
        )

    async def _parts_there(self, channel: Channel, message_id: MessageId) -> list[Link]:
        return [link for link in await self._links(channel, message_id) if link.part < REPLIES]

    async def _links(self, channel: Channel, message_id: MessageId) -> list[Link]:
        links = await self._store.channels.links(channel.ticket_id, message_id)
        return [link for link in links if link.channel_id == channel.channel_id]

    def _webhook(self, channel: Channel) -> discord.Webhook:
        if channel.webhook_id is None or channel.webhook_token is None:
            raise WebhookIsGone("the channel has no webhook", 0)
        return discord.Webhook.partial(channel.webhook_id, channel.webhook_token, session=self._session)


def _is_ours(webhook: Mapping[str, Any], client: discord.Client) -> bool:
    """Only the webhook's creator is shown its token."""
    by = webhook.get("user") or {}
    return bool(client.user and by.get("id") == str(client.user.id) and webhook.get("token"))


def whole_of(copy: Copy) -> list[discord.File]:
    """The file that holds a long text."""
    return [] if copy.whole is None else [discord.File(io.BytesIO(copy.whole), WHOLE_TEXT)]


def _has_old_words(edited: discord.Message, files: list[Attachment]) -> bool:
    """Whether it still carries the file of an earlier, long text."""
    there = sum(it.filename == WHOLE_TEXT for it in edited.attachments)
    return there > sum(file.name == WHOLE_TEXT for file in files)


def nonce(event: Event, number: int = 0) -> str:
    """At most 25 characters, the same for the same event and number (Discord, "Create Message")."""
    return f"{event.ticket_id[:12]}:{event.seq}:{number}"[:25]
