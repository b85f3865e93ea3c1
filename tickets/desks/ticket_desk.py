"""The desk: one method for each thing a person can do. It reads, decides and appends; it never sends."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tickets import policy
from tickets.characters import shows_nothing
from tickets.decisions import Decision
from tickets.desks.appending import Appending
from tickets.desks.attaching import bound
from tickets.desks.blocking import Blocks
from tickets.desks.deciding import (
    AgentIsBusy,
    always,
    changes_to,
    deletion,
    dropped,
    forget_files,
    message_in,
)
from tickets.desks.filling_in import FilledIn, FormLimits, OfferedForm
from tickets.events import (
    EventData,
    MessageEdited,
    MessagePosted,
    NoteAdded,
    NoteEdited,
    TicketClosed,
    TicketOpened,
    TicketReopened,
)
from tickets.forms import Form, Forms, Given
from tickets.ids import new_id
from tickets.looking import Looking
from tickets.model import (
    Actor,
    Attachment,
    Caller,
    FileId,
    GivenAtOpening,
    IssueLevel,
    Message,
    MessageId,
    Millis,
    Person,
    Status,
    SupportRole,
    Ticket,
    TicketId,
    UserKey,
)
from tickets.policy import Rules
from tickets.ports.agents import Assignment, chosen_for, given
from tickets.ports.lists import LOOKS, Cursor, Page, TicketFilter, TicketOrder, place_by_seq
from tickets.ports.looks import LookKind
from tickets.ports.store import Appended, Clock, Store
from tickets.ports.uploads import Use
from tickets.refusals import MoveNotAllowed, NothingToSay, WhyNotMoved
from tickets.sources import Source, from_api


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket(GivenAtOpening):
    """What a requester enters to open a ticket."""

    category: str | None = None
    """The slug of a form; None for the default one."""
    answers: Given = field(default_factory=dict)
    issue_level: IssueLevel | None = None
    """None for the form's level, or NORMAL."""
    support_role: SupportRole | None = None
    """None for the form's support role, or GENERAL."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words and files of a message or note, and which message it answers."""

    content: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageId | None = None


class Desk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down.

    ``source`` is for callers who know the event's id already, or where it comes from, as with Discord's
    messages; without one the event comes from the API."""

    def __init__(self, store: Store, clock: Clock, rules: Rules, forms: Callable[[], Forms] = Forms) -> None:
        """``forms`` gives those of now."""
        self._store = store
        self._clock = self.clock = clock
        self._rules = self.rules = rules
        self._forms = forms
        self._limits = FormLimits(store, clock)
        self._blocks = Blocks(store.users)
        self.appending = Appending(store, rules)
        self.looking = Looking(store.looks, store.people, clock)
        self._one_by_one = asyncio.Lock()
        """Openings with an assignment take turns, so that each counts the one before."""

    async def open(
        self,
        caller: Caller,
        new: NewTicket,
        *,
        requester: Person | None = None,
        ticket_id: TicketId | None = None,
        source: Source | None = None,
        uploads: Sequence[FileId] = (),
    ) -> Ticket:
        """Open a ticket for the caller, or for a ``requester`` if staff opens it, with the caller's
        ``uploads``. Files that are answers are uploads too, unless they are among the attachments."""
        ticket_id, source = ticket_id or TicketId(new_id()), source or from_api()
        person = policy.opens_for(caller, requester)
        form = self._forms().named(new.category, person.role)
        filled = FilledIn.by(form, new.answers, new.attachments, uploads)
        if not filled.uploads:
            return await self._open(caller, new, filled, person, ticket_id, source)
        use = Use(ticket_id, source.event_id)
        async with bound(self._store, caller, filled.uploads, use, self._clock()) as files:
            new = replace(new, attachments=(*new.attachments, *files))
            return await self._open(caller, new, filled, person, ticket_id, source)

    async def _open(
        self,
        caller: Caller,
        new: NewTicket,
        filled: FilledIn,
        person: Person,
        ticket_id: TicketId,
        source: Source,
    ) -> Ticket:
        await self._blocks.must_not_be_blocked(caller.key, person.key)
        if not caller.is_staff:
            await self._limits.must_allow(filled.form, person.key, ticket_id)
        await self._store.people.remember(caller.person)
        if person.key != caller.key:
            person = await self._store.people.introduce(person)
        opened = await self._opening(caller, new, filled, person)
        decision = Decision(policy.opening(caller, person), opened)
        if self._rules.assignment is Assignment.NONE:
            return (await self.appending.opening(caller, ticket_id, source, always(decision))).ticket
        async with self._one_by_one:
            return await self._opened_for_somebody(caller, ticket_id, source, decision.actor, opened)

    async def _opened_for_somebody(
        self, caller: Caller, ticket_id: TicketId, source: Source, actor: Actor, opened: TicketOpened
    ) -> Ticket:
        """Open it for an agent who is on duty and has room for it, or for nobody."""
        how, capacity, busy = self._rules.assignment, self._rules.agent_capacity, set[UserKey]()
        while True:
            agent = await chosen_for(self._store.agents, how, opened.support_role, capacity, busy)
            nobody = agent is None
            theirs = replace(opened, assignee=None if agent is None else agent.key, nobody_on_duty=nobody)
            decide = always(Decision(actor, theirs))
            try:
                ticket = (await self.appending.opening(caller, ticket_id, source, decide, agent)).ticket
                return ticket if agent is None else await given(self._store.agents, agent, ticket)
            except AgentIsBusy as it:  # they were given one meanwhile, over another process
                busy.add(it.agent)

    async def may_open(self, caller: Caller, form: Form) -> None:
        """Whether the caller may open such a ticket now. It is asked before somebody fills in a form."""
        await self._blocks.must_not_be_blocked(caller.key)
        if not caller.is_staff:
            await self._limits.must_allow(form, caller.key)

    async def _opening(
        self, caller: Caller, new: NewTicket, filled: FilledIn, person: Person
    ) -> TicketOpened:
        asked_level, asked_role = filled.level(new.issue_level), filled.role(new.support_role)
        level, role = policy.level_and_role_for(caller, asked_level, asked_role, self._rules)
        return TicketOpened(
            number=await self._store.log.next_number(),
            requester=person.key,
            requester_role=person.role,
            issue_level=level,
            support_role=role,
            asked_issue_level=None if level is asked_level else asked_level,
            asked_support_role=None if role is asked_role else asked_role,
            category=filled.form.slug,
            answers=filled.form.naming_files(filled.answers, new.attachments),
            **new.given(),
        )

    def forms_for(self, caller: Caller) -> tuple[OfferedForm, ...]:
        """The forms that the caller may choose from."""
        forms, now = self._forms(), self._clock()
        offered = forms.offered_to(caller.person.role)
        return tuple(OfferedForm(it, it.slug == forms.default, it.is_open(now)) for it in offered)

    def all_forms(self, caller: Caller) -> Forms:
        """All forms, including those that are not offered to the caller."""
        policy.must_be_staff(caller, "see the forms of others")
        return self._forms()

    async def ticket(self, caller: Caller, address: str) -> Ticket:
        """The ticket with this id or number, if the caller may see it."""
        return policy.may_see(caller, await self._store.views.ticket_at(address), address)

    async def tickets(
        self,
        caller: Caller,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> Page[Ticket]:
        """Staff sees all tickets, others see their own. Without a limit it gives all of them."""
        policy.may_ask_for(caller, which)
        if not caller.is_staff:
            if which.requester not in (None, caller.key):
                return Page([])
            which = replace(which, requester=caller.key)
        which = policy.within_sight(caller, replace(which, in_notes=caller.is_staff))
        if which.support_roles is not None and not which.support_roles:
            return Page([])
        looks = None if limit is None else LOOKS
        return await self._store.views.page(which, order=order, after=after, limit=limit, looks=looks)

    async def messages(
        self, caller: Caller, address: str, *, after_seq: int = 0, limit: int | None = None
    ) -> Page[Message]:
        """The ticket's messages, oldest first; notes are never among them."""
        ticket = await self.ticket(caller, address)
        await self.looking.at_ticket(caller, ticket, LookKind.CONVERSATION)
        one_more = None if limit is None else limit + 1
        messages = await self._store.views.messages(ticket.id, after_seq=after_seq, limit=one_more)
        return Page.of(messages, limit, place_by_seq)

    async def post(
        self,
        caller: Caller,
        address: str,
        said: Said,
        *,
        source: Source | None = None,
        uploads: Sequence[FileId] = (),
    ) -> Message:
        """Post a message that both sides see, with the caller's ``uploads``."""
        return message_in(await self.say(caller, address, said, source=source, uploads=uploads))

    async def say(
        self,
        caller: Caller,
        address: str,
        said: Said,
        *,
        source: Source | None = None,
        uploads: Sequence[FileId] = (),
    ) -> Appended:
        """The same. Also returns whether it was posted before."""
        if uploads:
            ticket, source = await self.ticket(caller, address), source or from_api()
            use = Use(ticket.id, source.event_id)
            async with bound(self._store, caller, uploads, use, self._clock()) as files:
                said = replace(said, attachments=(*said.attachments, *files))
                return await self.say(caller, ticket.id, said, source=source)
        _must_say_something(said)

        def decide(ticket: Ticket, answered: Message | None) -> EventData:
            policy.may_post(caller, ticket, self._rules)
            if said.reply_to is not None:
                policy.may_answer(answered, ticket, said.reply_to, with_note=False)
            return MessagePosted(said.content, said.attachments, said.reply_to)

        return await self.appending.append(caller, address, decide, source, said.reply_to)

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
        source: Source | None = None,
        keep_files: bool = False,
    ) -> Message:
        """Change the text of one of the caller's messages or notes. Its files change as well, unless
        ``keep_files`` is set."""
        if not keep_files:
            _must_say_something(said)

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            message = policy.may_touch(caller, ticket, message, message_id)
            made = NoteEdited if message.is_note else MessageEdited
            kept = message.attachments if keep_files else said.attachments
            return made(message_id, said.content, kept, dropped(message, kept=kept))

        appended = await self.appending.append(caller, address, decide, source, message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

    async def delete(
        self, caller: Caller, address: str, message_id: MessageId, *, source: Source | None = None
    ) -> Message:
        """Delete one of the caller's messages or notes. A tombstone stays."""

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            message = policy.may_touch(caller, ticket, message, message_id)
            return deletion(message)

        appended = await self.appending.append(caller, address, decide, source, message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

    async def add_note(
        self, caller: Caller, address: str, said: Said, *, source: Source | None = None
    ) -> Message:
        """Add a note, which the requester never sees. Closed tickets accept notes, too."""
        _must_say_something(said)

        def decide(ticket: Ticket, answered: Message | None) -> EventData:
            policy.may_see_notes(caller, ticket)
            if said.reply_to is not None:
                policy.may_answer(answered, ticket, said.reply_to, with_note=True)
            return NoteAdded(said.content, said.attachments, said.reply_to)

        return message_in(await self.appending.append(caller, address, decide, source, said.reply_to))

    async def change(
        self,
        caller: Caller,
        address: str,
        values: Mapping[str, str | None],
        *,
        source: Source | None = None,
        versions: Collection[int] | None = None,
    ) -> Ticket:
        """Set fields of an open ticket: topic, description, issue_level, support_role, assignee, and status
        between OPEN and PENDING. Values are texts as on the wire; equal values change nothing. ``versions``
        are the versions that may be changed; None for any."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.must_be_version(ticket, versions)
            policy.may_change(caller, ticket, frozenset(values))
            changed = changes_to(ticket, values)
            policy.may_have(ticket, changed)
            if (status := values.get("status")) is not None:
                if Status(status).is_closed:
                    raise MoveNotAllowed(Status(status), WhyNotMoved.CLOSING_ALONE)
                policy.may_move(caller, ticket, Status(status), self._clock(), self._rules)
            return changed

        return await self.appending.ticket_after(caller, address, decide, source)

    async def close(
        self,
        caller: Caller,
        address: str,
        to: Status | None = None,
        reason: str | None = None,
        *,
        heard_until: Millis | None = None,
        source: Source | None = None,
        versions: Collection[int] | None = None,
    ) -> Ticket:
        """Close the ticket. Without ``to`` it becomes RESOLVED if staff has posted, else UNRESOLVED. With
        ``heard_until`` it raises RequesterSpokeLast if the requester wrote something later that nobody has
        answered."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.must_be_version(ticket, versions)
            outcome = to or policy.closing_status(ticket)
            policy.may_close(caller, ticket, outcome, self._clock(), self._rules)
            if heard_until is not None:
                policy.must_be_heard(ticket, heard_until)
            return TicketClosed(outcome, reason)

        return await self.appending.ticket_after(caller, address, decide, source)

    async def reopen(
        self,
        caller: Caller,
        address: str,
        *,
        source: Source | None = None,
        versions: Collection[int] | None = None,
    ) -> Ticket:
        """Open a closed ticket again."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            policy.must_be_version(ticket, versions)
            policy.may_reopen(caller, ticket, self._clock(), self._rules)
            return TicketReopened()

        return (await self.appending.append(caller, address, decide, source, opens=True)).ticket


def _must_say_something(said: Said) -> None:
    if shows_nothing(said.content) and not said.attachments:
        raise NothingToSay
