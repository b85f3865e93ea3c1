"""Shows messages of a ticket by an outbox: as they were posted, edited and deleted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.showing.outbox import Outbox
from bot.showing.pings import Pinged
from tickets.events import Event, MessageDeleted, MessageEdited, MessagePosted
from tickets.fold_messages import message_after
from tickets.model import Message, MessageId, Ticket
from tickets.ports.channels import Channel
from tickets.ports.sinks import NotNow
from tickets.ports.store import Store

FindPing = Callable[[], Awaitable[Pinged | None]]
"""Finds whom a message pings. It is called only for messages that still exist."""


class Copies:
    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def created_here(self, channel: Channel) -> None:
        """The place is new, so it has nothing from an earlier process."""
        self._outbox.created_here(channel)

    async def show(
        self,
        channel: Channel,
        event: Event,
        data: MessagePosted | MessageEdited | MessageDeleted,
        ticket: Ticket,
        find_ping: FindPing,
    ) -> None:
        """Show what the event did to a message."""
        match data:
            case MessagePosted():
                await self._show_posted(channel, event, ticket, find_ping)
            case MessageEdited():
                message = await self._message(event)
                if not message.deleted:
                    await self._outbox.edit(channel, event, _as_of(event, message))
            case MessageDeleted(message_id=message_id):
                await self._outbox.delete(channel, message_id)

    async def requote(self, channel: Channel, event: Event) -> None:
        """Update the quotes of a message."""
        await self._outbox.requote(channel, event)

    async def show_files(self, channel: Channel, opened: Event, ticket: Ticket) -> None:
        """Post the files that came with the ticket, as far as they still exist."""
        if ticket.attachments:
            await self._outbox.post(channel, opened, files_of(opened, ticket))

    async def show_files_left(self, channel: Channel, event: Event, ticket: Ticket) -> None:
        """Update the message with those files, after some of them were removed."""
        (opened,) = await self._store.log.events(ticket.id, upto=1)
        files = files_of(opened, ticket)
        if files.attachments:
            await self._outbox.edit(channel, event, files)
        else:
            await self._outbox.delete(channel, files.id)

    async def _show_posted(self, channel: Channel, event: Event, ticket: Ticket, find_ping: FindPing) -> None:
        message = message_after(None, event) if ticket.seq == event.seq else None
        if message is None:  # it may be deleted by now
            message = await self._message(event)
        if message.deleted:
            await self._outbox.find(channel, event, _as_of(event, message))
        else:
            await self._outbox.post(channel, event, _as_of(event, message), await find_ping())

    async def _message(self, event: Event) -> Message:
        message = await self._store.views.message(event.message_id or MessageId(""), event.ticket_id)
        if message is None:
            raise NotNow("the message cannot be read yet")
        return message


def files_of(opened: Event, ticket: Ticket) -> Message:
    """The files that came with the ticket, as a message without text."""
    return Message(
        id=MessageId(opened.id),
        ticket_id=ticket.id,
        seq=opened.seq,
        author=opened.actor,
        content="",
        attachments=ticket.attachments,
        created_at=opened.at,
        updated_at=opened.at,
    )


def _as_of(event: Event, message: Message) -> Message:
    """The message as it was after this event. Later edits are shown by their own events."""
    if isinstance(event.data, MessagePosted):
        return message_after(None, event) or message
    if isinstance(event.data, MessageEdited):
        return replace(message, content=event.data.content, attachments=event.data.attachments)
    return message
