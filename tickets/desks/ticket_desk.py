"""The desk: one method for each thing a person can do. It reads, decides and appends; it never sends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickets import policy
from tickets.desks.attaching import bound
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import (
    DecideOnTicket,
    changes_to,
    deletion,
    dropped,
    forget_files,
    message_in,
    new_event_id,
)
from tickets.events import (
    EventData,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteEdited,
    Origin,
    Place,
    Stamp,
    TicketChanged,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.ids import new_id
from tickets.model import (
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
from tickets.ports.agents import Assignment, chosen_for
from tickets.ports.lists import LOOKS, TicketFilter, TicketOrder, TicketPage, TicketPlace
from tickets.ports.store import Appended, Clock, State, Store
from tickets.ports.uploads import Use
from tickets.refusals import (
    MoveNotAllowed,
    NothingToSay,
)
from tickets.seen import Seen

FROM_API = Origin(Place.API)


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
        self._blocks = Blocks(store.users)

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
            use = Use(ticket_id or TicketId(new_id()), event_id or new_event_id())
            async with bound(self._store, caller, uploads, use, self._clock()) as files:
                return await self.open(
                    caller,
                    replace(new, attachments=files),
                    requester=requester,
                    ticket_id=use.ticket_id,
                    event_id=use.event_id,
                )
        person = policy.opens_for(caller, requester)
        await self._blocks.must_not_be_blocked(caller.key, person.key)
        await self._store.people.remember(caller.person)
        if person.key != caller.key:
            person = await self._store.people.introduce(person)
        level, role = policy.level_and_role_for(caller, new.issue_level, new.support_role, self._rules)
        to_assign = self._rules.assignment is not Assignment.NONE
        assignee = None
        if to_assign:
            assignee = await chosen_for(self._store.agents, self._rules.assignment, role)
        number = await self._store.log.next_number()
        opened = TicketOpened(
            number=number,
            requester=person.key,
            requester_role=person.role,
            topic=new.topic,
            description=new.description,
            issue_level=level,
            support_role=role,
            metadata=new.metadata,
            attachments=new.attachments,
            assignee=assignee,
            nobody_on_duty=to_assign and assignee is None,
            asked_issue_level=None if level is new.issue_level else new.issue_level,
            asked_support_role=None if role is new.support_role else new.support_role,
        )
        side = AuthorType.REQUESTER if person.key == caller.key else AuthorType.STAFF
        stamp = Stamp(event_id=event_id or new_event_id(), actor=Actor(side, caller.key), origin=FROM_API)
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
            use = Use(ticket.id, event_id or new_event_id())
            async with bound(self._store, caller, uploads, use, self._clock()) as files:
                said = Said(said.content, (*said.attachments, *files))
                return await self.post(caller, ticket.id, said, event_id=use.event_id, origin=origin)
        _must_say_something(said)

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_post(caller, ticket, self._rules)
            return MessagePosted(said.content, said.attachments)

        return message_in(await self._append(caller, address, decide, event_id, origin))

    async def may_post(self, caller: Caller, address: str) -> Ticket:
        """The ticket, if the caller may post on it now."""
        ticket = await self.ticket(caller, address)
        await self._blocks.must_not_be_blocked(caller.key)
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
            return made(message_id, said.content, kept, dropped(message, kept=kept))

        appended = await self._append(caller, address, decide, event_id, origin, message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

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
            return deletion(message)

        appended = await self._append(caller, address, decide, event_id, origin, message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

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

        return message_in(await self._append(caller, address, decide, event_id, origin))

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
        await self._blocks.must_not_be_blocked(caller.key)
        if not changes_to(ticket, values):
            return ticket

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.may_change(caller, ticket, frozenset(values))
            if (status := values.get("status")) is not None:
                if Status(status).is_closed:
                    raise MoveNotAllowed(Status(status), "closing is no change among others")
                policy.may_move(caller, ticket, Status(status), self._clock(), self._rules)
            return TicketChanged(changes_to(ticket, values))

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
        decide: DecideOnTicket,
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

        stamp = Stamp(event_id=event_id or new_event_id(), actor=actor, origin=origin)
        try:
            heeding = await self._blocks.heeded(caller, decide_now)
            return await self._store.log.append(ticket.id, stamp, heeding, about)
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

    async def _find(self, address: str) -> Ticket | None:
        """By number where the address is one; ids are 32 hexadecimal digits, numbers far shorter."""
        if address.isascii() and address.isdigit() and len(address) < 16:
            return await self._store.views.ticket_by_number(int(address))
        return await self._store.views.ticket(TicketId(address))


def _must_say_something(said: Said) -> None:
    if not said.content.strip() and not said.attachments:
        raise NothingToSay
