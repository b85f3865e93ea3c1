"""The desk: one method for each thing a person can do. It reads, decides and appends; it never sends."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tickets import policy
from tickets.agents import Assignment, chosen_for
from tickets.events import (
    Change,
    EventData,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    Origin,
    Place,
    Stamp,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.fold import field_value
from tickets.ids import new_id
from tickets.model import (
    SYSTEM,
    Actor,
    Attachment,
    AuthorType,
    Caller,
    EventId,
    FileId,
    IssueLevel,
    Message,
    MessageId,
    Person,
    Status,
    SupportRole,
    Ticket,
    TicketId,
)
from tickets.policy import Rules
from tickets.ports import (
    LOOKS,
    Appended,
    Clock,
    Decide,
    State,
    Store,
    TicketFilter,
    TicketOrder,
    TicketPage,
    TicketPlace,
)
from tickets.refusals import (
    FileNotFound,
    MessageNotFound,
    MoveNotAllowed,
    NothingToSay,
    TicketIsClosed,
    TicketNotFound,
    UserIsBlocked,
)
from tickets.seen import Seen
from tickets.uploads import Use, bound

FROM_API = Origin(Place.API)

_Decide = Callable[[Ticket, Message | None], EventData]
"""A decision on a ticket that is known to be there."""


class _RequesterHasChanged(Exception):
    """The ticket belongs to somebody else since it was seen; the decision begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a requester says when opening a ticket."""

    topic: str
    description: str
    issue_level: IssueLevel = IssueLevel.NORMAL
    support_role: SupportRole = SupportRole.GENERAL
    metadata: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """The words and files of a message or note."""

    content: str
    attachments: tuple[Attachment, ...] = ()


class Desk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down.

    ``event_id`` and ``origin`` are for callers who know the event already, as Discord's messages do:
    the same id is appended once, however often it is asked for."""

    def __init__(self, store: Store, clock: Clock, rules: Rules) -> None:
        self._store = store
        self._clock = clock
        self._rules = rules
        self._seen = Seen()

    async def open(
        self,
        caller: Caller,
        new: NewTicket,
        *,
        requester: Person | None = None,
        ticket_id: TicketId | None = None,
        event_id: EventId | None = None,
        uploads: Sequence[FileId] = (),
    ) -> Ticket:
        """A new ticket of the caller's, or of a ``requester`` for whom staff opens it, with the caller's
        ``uploads``."""
        if uploads:
            use = Use(ticket_id or TicketId(new_id()), event_id or _new_id())
            async with bound(self._store, caller, uploads, use, self._clock()) as files:
                return await self.open(
                    caller,
                    replace(new, attachments=files),
                    requester=requester,
                    ticket_id=use.ticket_id,
                    event_id=use.event_id,
                )
        person = policy.opens_for(caller, requester)
        for each in {caller.person, person}:
            await self._store.people.remember(each)
        if await self._store.users.is_blocked(person.key):
            raise UserIsBlocked
        to_assign = self._rules.assignment is not Assignment.NONE
        assignee = None
        if to_assign:
            assignee = await chosen_for(self._store.agents, self._rules.assignment, new.support_role)
        number = await self._store.log.next_number()
        opened = TicketOpened(
            number=number,
            requester=person.key,
            requester_role=person.role,
            topic=new.topic,
            description=new.description,
            issue_level=new.issue_level,
            support_role=new.support_role,
            metadata=new.metadata,
            attachments=new.attachments,
            assignee=assignee,
            nobody_on_duty=to_assign and assignee is None,
        )
        side = AuthorType.REQUESTER if person.key == caller.key else AuthorType.STAFF
        stamp = Stamp(event_id=event_id or _new_id(), actor=Actor(side, caller.key), origin=FROM_API)
        appended = await self._store.log.append(ticket_id or TicketId(new_id()), stamp, lambda _: opened)
        return appended.ticket

    async def ticket(self, caller: Caller, address: str) -> Ticket:
        """The ticket with this id or number, if the caller may see it."""
        return policy.may_see(caller, await self._find(address), address)

    async def tickets(
        self,
        caller: Caller,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
    ) -> TicketPage:
        """Of all tickets for staff, of their own for others. Without a limit all of them."""
        if not caller.is_staff:
            if which.requester not in (None, caller.key):
                return TicketPage([], None)
            which = replace(which, requester=caller.key)
        which = replace(which, in_notes=caller.is_staff)
        looks = None if limit is None else LOOKS
        return await self._store.views.page(which, order=order, after=after, limit=limit, looks=looks)

    async def messages(
        self, caller: Caller, address: str, *, after_seq: int = 0, limit: int | None = None
    ) -> list[Message]:
        """The ticket's messages, oldest first; notes are never among them."""
        ticket = await self.ticket(caller, address)
        return await self._store.views.messages(ticket.id, after_seq=after_seq, limit=limit)

    async def post(
        self,
        caller: Caller,
        address: str,
        said: Said,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
        uploads: Sequence[FileId] = (),
    ) -> Message:
        """Say something that both sides see, with the caller's ``uploads``."""
        if uploads:
            ticket = await self.ticket(caller, address)
            use = Use(ticket.id, event_id or _new_id())
            async with bound(self._store, caller, uploads, use, self._clock()) as files:
                said = Said(said.content, (*said.attachments, *files))
                return await self.post(caller, ticket.id, said, event_id=use.event_id, origin=origin)
        _must_say_something(said)
        blocked = await self._store.users.is_blocked(caller.key)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if blocked:
                raise UserIsBlocked
            policy.may_post(caller, ticket, self._rules)
            return MessagePosted(said.content, said.attachments)

        return _message(await self._append(caller, address, decide, event_id, origin))

    async def may_post(self, caller: Caller, address: str) -> Ticket:
        """The ticket, if the caller may post on it now."""
        ticket = await self.ticket(caller, address)
        if await self._store.users.is_blocked(caller.key):
            raise UserIsBlocked
        policy.may_post(caller, ticket, self._rules)
        await self._store.people.remember(caller.person)
        return ticket

    async def edit(
        self,
        caller: Caller,
        address: str,
        message_id: MessageId,
        said: Said,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
        keep_files: bool = False,
    ) -> Message:
        """Put other words into a message or note of the caller's; its files are what is said, or stay."""
        if not keep_files:
            _must_say_something(said)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            message = policy.may_touch(caller, ticket, message, message_id)
            made = NoteEdited if message.is_note else MessageEdited
            kept = message.attachments if keep_files else said.attachments
            return made(message_id, said.content, kept, _dropped(message, kept=kept))

        appended = await self._append(caller, address, decide, event_id, origin, message_id)
        await self._forget_files(appended)
        return _message(appended)

    async def delete(
        self,
        caller: Caller,
        address: str,
        message_id: MessageId,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Message:
        """Take back a message or note of the caller's; a tombstone stays."""

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            message = policy.may_touch(caller, ticket, message, message_id)
            return _deletion(message)

        appended = await self._append(caller, address, decide, event_id, origin, message_id)
        await self._forget_files(appended)
        return _message(appended)

    async def files(self, caller: Caller, address: str) -> list[Attachment]:
        """The files of the ticket and of its messages, oldest first; those of notes are never among them."""
        ticket = await self.ticket(caller, address)
        messages = await self._store.views.messages(ticket.id)
        return [*ticket.attachments, *(file for it in messages for file in it.attachments)]

    async def delete_file(self, caller: Caller, file_id: FileId) -> None:
        """Remove a file that was uploaded, from what it is part of as well; the ticket may be closed."""
        upload = await self._store.uploads.get(file_id)
        if upload is None or not (upload.uploader == caller.key or caller.is_staff):
            raise FileNotFound(file_id)
        policy.may_delete_file(caller, upload.uploader)
        if upload.use is not None:
            await self._drop(caller, file_id, upload.use)
        await self._store.files.delete(file_id)
        await self._store.uploads.remove(file_id)

    async def _drop(self, caller: Caller, file_id: FileId, use: Use) -> None:
        """One event that takes the file out of its ticket or message; none if it is not there any more."""
        about = MessageId(use.event_id)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            if file_id in {file.id for file in ticket.attachments}:
                return TicketChanged((Change("attachments", file_id, None),))
            if message is None or file_id not in {file.id for file in message.attachments}:
                raise FileNotFound(file_id)
            kept = tuple(file for file in message.attachments if file.id != file_id)
            if not (kept or message.content.strip()):
                return _deletion(message)
            return MessageEdited(about, message.content, kept, (file_id,))

        ticket = await self._store.views.ticket(use.ticket_id)
        if ticket is None:
            return
        stamp = Stamp(
            event_id=_new_id(), actor=Actor(policy.side(caller, ticket), caller.key), origin=FROM_API
        )
        with suppress(FileNotFound):
            await self._store.log.append(ticket.id, stamp, _on_ticket(decide, ticket.id), about)

    async def withdraw(
        self, ticket_id: TicketId, message_id: MessageId, *, event_id: EventId, origin: Origin
    ) -> Message:
        """Take back a message or note whose original is gone, whoever removed it and however it stands."""

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            if message is None or message.deleted:
                raise MessageNotFound(message_id)
            return _deletion(message)

        stamp = Stamp(event_id=event_id, actor=SYSTEM, origin=origin)
        appended = await self._store.log.append(ticket_id, stamp, _on_ticket(decide, ticket_id), message_id)
        await self._forget_files(appended)
        return _message(appended)

    async def reclassify(self, ticket_id: TicketId, level: IssueLevel, origin: Origin) -> None:
        """Follow somebody who moved the ticket's channel by hand to where another level's channels are."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return TicketChanged(_changes(ticket, {"issue_level": level}))

        ticket = await self._store.views.ticket(ticket_id)
        if ticket is not None and ticket.issue_level is not level:
            stamp = Stamp(event_id=_new_id(), actor=SYSTEM, origin=origin)
            await self._store.log.append(ticket_id, stamp, _on_ticket(decide, ticket_id))

    async def abandon(self, ticket_id: TicketId, reason: str, origin: Origin) -> None:
        """Close the ticket as UNRESOLVED by nobody's decision but circumstances'."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return TicketClosed(Status.UNRESOLVED, reason)

        stamp = Stamp(event_id=_new_id(), actor=SYSTEM, origin=origin)
        await self._store.log.append(ticket_id, stamp, _on_ticket(decide, ticket_id))

    async def add_note(
        self,
        caller: Caller,
        address: str,
        said: Said,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Message:
        """Write down what the requester never sees; closed tickets take notes too."""
        _must_say_something(said)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_see_notes(caller, ticket)
            return NoteAdded(said.content, said.attachments)

        return _message(await self._append(caller, address, decide, event_id, origin))

    async def change(
        self,
        caller: Caller,
        address: str,
        values: Mapping[str, str | None],
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Ticket:
        """Set fields of an open ticket: topic, description, issue_level, support_role, assignee, and
        status between OPEN and PENDING. Values are texts as the wire has them; what is the same
        already changes nothing."""
        ticket = await self.ticket(caller, address)
        policy.may_change(caller, ticket, frozenset(values))
        if not _changes(ticket, values):
            return ticket

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_change(caller, ticket, frozenset(values))
            if (status := values.get("status")) is not None:
                if Status(status).is_closed:
                    raise MoveNotAllowed(Status(status), "closing is no change among others")
                policy.may_move(caller, ticket, Status(status), self._clock(), self._rules)
            return TicketChanged(_changes(ticket, values))

        return (await self._append(caller, address, decide, event_id, origin)).ticket

    async def close(
        self,
        caller: Caller,
        address: str,
        to: Status | None = None,
        reason: str | None = None,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Ticket:
        """End the ticket; without ``to`` RESOLVED if staff has posted, else UNRESOLVED."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            outcome = to or policy.closing_status(ticket)
            policy.may_close(caller, ticket, outcome, self._clock(), self._rules)
            return TicketClosed(outcome, reason)

        return (await self._append(caller, address, decide, event_id, origin)).ticket

    async def reopen(
        self,
        caller: Caller,
        address: str,
        *,
        event_id: EventId | None = None,
        origin: Origin = FROM_API,
    ) -> Ticket:
        """Go on with a closed ticket."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_reopen(caller, ticket, self._clock(), self._rules)
            return TicketReopened()

        return (await self._append(caller, address, decide, event_id, origin)).ticket

    async def _append(
        self,
        caller: Caller,
        address: str,
        decide: _Decide,
        event_id: EventId | None,
        origin: Origin,
        about: MessageId | None = None,
    ) -> Appended:
        ticket = await self._seen_or_found(caller, address)
        await self._store.people.remember(caller.person)
        actor = Actor(policy.side(caller, ticket), caller.key)

        def decide_now(state: State) -> EventData:
            today = policy.may_see(caller, state.ticket, address)
            if today.requester != ticket.requester:
                raise _RequesterHasChanged
            return decide(today, state.message)

        stamp = Stamp(event_id=event_id or _new_id(), actor=actor, origin=origin)
        try:
            return await self._store.log.append(ticket.id, stamp, decide_now, about)
        except _RequesterHasChanged:
            self._seen.forget(address)
            return await self._append(caller, address, decide, stamp.event_id, origin, about)

    async def _seen_or_found(self, caller: Caller, address: str) -> Ticket:
        """The ticket as it is or lately was; whose it is, is all that may be taken from it."""
        ticket = self._seen.at(address)
        if ticket is None or not (caller.is_staff or caller.key == ticket.requester):
            ticket = policy.may_see(caller, await self._find(address), address)
            self._seen.keep(address, ticket)
        return ticket

    async def _forget_files(self, appended: Appended) -> None:
        """The bytes go at once; should this process die before, the Discord sink sees to it."""
        for file_id in appended.event.dropped:
            await self._store.files.delete(file_id)

    async def _find(self, address: str) -> Ticket | None:
        """By number where the address is one; ids are 32 hexadecimal digits, numbers far shorter."""
        if address.isascii() and address.isdigit() and len(address) < 16:
            return await self._store.views.ticket_by_number(int(address))
        return await self._store.views.ticket(TicketId(address))


def _on_ticket(decide: _Decide, address: str) -> Decide:
    def on_state(state: State) -> EventData:
        if state.ticket is None:
            raise TicketNotFound(address)
        return decide(state.ticket, state.message)

    return on_state


def _changes(ticket: Ticket, values: Mapping[str, str | None]) -> tuple[Change, ...]:
    changes = []
    for name, new in values.items():
        old = getattr(ticket, name)
        if field_value(name, new) != old:
            changes.append(Change(name, None if old is None else str(old), new))
    return tuple(changes)


def _deletion(message: Message) -> EventData:
    made = NoteDeleted if message.is_note else MessageDeleted
    return made(message.id, _dropped(message))


def _dropped(message: Message, kept: tuple[Attachment, ...] = ()) -> tuple[FileId, ...]:
    still = {file.id for file in kept}
    return tuple(file.id for file in message.attachments if file.id not in still)


def _must_say_something(said: Said) -> None:
    if not said.content.strip() and not said.attachments:
        raise NothingToSay


def _message(appended: Appended) -> Message:
    if appended.message is None:
        raise AssertionError(f"event {appended.event.id} is about no message")
    return appended.message


def _new_id() -> EventId:
    return EventId(new_id())
