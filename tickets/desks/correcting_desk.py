"""The desk for earlier messages: it corrects what staff has posted, and shows former versions."""

from dataclasses import dataclass

from tickets import policy
from tickets.characters import shows_nothing
from tickets.desks.deciding import deletion, dropped, forget_files, message_in
from tickets.desks.ticket_desk import Desk
from tickets.events import EventData, MessageEdited, MessagePosted, NoteAdded, NoteEdited
from tickets.model import Caller, Message, MessageId, Millis, Ticket, UserKey
from tickets.ports.agents import agent_with
from tickets.ports.channels import Channel
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, NothingToSay
from tickets.sources import Source


@dataclass(frozen=True, slots=True)
class Version:
    """A former text of a message, and since when it stood there."""

    content: str
    at: Millis


class CorrectingDesk:
    """For staff. Every method raises a Refusal when the policy says no, and StoreUnavailable when the store
    is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    async def shown_by(self, channel: Channel, discord_id: int) -> MessageId | None:
        """The message of the ticket that a message in Discord shows. None if it shows none, for instance
        because staff typed it there."""
        return await self._store.channels.shown_by(channel.ticket_id, channel.channel_id, discord_id)

    async def correctable(self, caller: Caller, address: str, message_id: MessageId) -> Message:
        """The message or note in its present form, if the caller may edit and delete it."""
        ticket = await self._desk.ticket(caller, address)
        message = await self._store.views.message(message_id, ticket.id)
        return policy.may_correct(caller, ticket, message, message_id, own=await self._keys_of(caller))

    async def edit(
        self,
        caller: Caller,
        address: str,
        message_id: MessageId,
        content: str,
        *,
        source: Source | None = None,
    ) -> Message:
        """Change a text that the caller posted. A MANAGER may change what any member of staff posted. The
        files stay."""
        own = await self._keys_of(caller)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            message = policy.may_correct(caller, ticket, message, message_id, own=own)
            if shows_nothing(content) and not message.attachments:
                raise NothingToSay
            made = NoteEdited if message.is_note else MessageEdited
            kept = message.attachments
            return made(message_id, content, kept, dropped(message, kept=kept))

        return message_in(
            await self._desk.appending.append(caller, address, decide, source, about=message_id)
        )

    async def take_back(
        self, caller: Caller, address: str, message_id: MessageId, *, source: Source | None = None
    ) -> Message:
        """Delete it under the same rules. A tombstone stays."""
        own = await self._keys_of(caller)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            return deletion(policy.may_correct(caller, ticket, message, message_id, own=own))

        appended = await self._desk.appending.append(caller, address, decide, source, about=message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

    async def versions(self, caller: Caller, address: str, message_id: MessageId) -> list[Version]:
        """All versions of a message or note, the oldest first. Raises MessageNotFound once it is deleted."""
        ticket = await self._desk.ticket(caller, address)
        policy.may_see_notes(caller, ticket)
        message = await self._store.views.message(message_id, ticket.id)
        if message is None or message.deleted:
            raise MessageNotFound(message_id)
        return [
            Version(it.data.content, it.at)
            for it in await self._store.log.events(ticket.id)
            if it.message_id == message_id
            and isinstance(it.data, MessagePosted | MessageEdited | NoteAdded | NoteEdited)
        ]

    async def _keys_of(self, caller: Caller) -> frozenset[UserKey]:
        """The caller's own keys, in Discord and at a backend."""
        agent = agent_with(await self._store.agents.all(), caller.key)
        return frozenset({caller.key, *(agent.keys if agent is not None else ())})
