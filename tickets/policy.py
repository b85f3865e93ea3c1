"""Who may do what: one table of moves, and pure functions that raise a refusal or return nothing."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from tickets.events import (
    EventData,
    MessageDeleted,
    PartChanged,
    TicketChanged,
    TicketClosed,
    TicketOpened,
)
from tickets.fields import may_be_set_by, metadata_after, row_of
from tickets.forms import Form
from tickets.model import (
    UNTIL_A_WORD,
    Actor,
    AuthorType,
    Caller,
    IssueLevel,
    Message,
    MessageId,
    Millis,
    Person,
    Status,
    SupportRole,
    Ticket,
    UserKey,
    UserRole,
)
from tickets.ports.agents import Assignment
from tickets.ports.lists import TicketFilter
from tickets.refusals import (
    AdminOnly,
    CannotLinkToItself,
    CannotMerge,
    CannotMergeTickets,
    CloseIsAsked,
    CloseIsNotAsked,
    FormCoolsDown,
    LabelIsNoGood,
    MessageNotFound,
    MoveNotAllowed,
    NotTheAuthor,
    NotTheUploader,
    ReopenWindowIsOver,
    RequesterOnly,
    RequesterSpokeLast,
    StaffMustAnswerFirst,
    StaffOnly,
    TicketHasChanged,
    TicketIsClosed,
    TicketIsMerged,
    TicketIsNotClosed,
    TicketIsNotSnoozed,
    TicketIsOpen,
    TicketIsSnoozed,
    TicketNotFound,
    TimeIsNoGood,
    TooManyLabels,
    TooManyLinks,
    TooManyOfForm,
    TooManyOpenTickets,
    TooMuchMetadata,
    WhyNotMoved,
    WhyTicketsNotMerged,
)
from tickets.targets import Target, Terms

DAY: Millis = 24 * 60 * 60 * 1000
LABEL: Final = re.compile(r"[a-z0-9-]{1,40}")
MOST_LABELS: Final = 20
MOST_LINKS: Final = 20
MOST_METADATA: Final = 16
"""Pairs."""
LONGEST: Millis = 366 * DAY
"""How far ahead anything can be planned."""


TermsFor = Callable[[IssueLevel, str | None], Terms | None]
"""The present targets for tickets of this level and category; None if there are none."""


def no_terms(level: IssueLevel, category: str | None) -> Terms | None:
    return None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that a deployment chooses."""

    reopen_window: Millis = 7 * DAY
    require_staff_reply_first: bool = False
    assignment: Assignment = Assignment.NONE
    guest_max_level: IssueLevel = IssueLevel.NORMAL
    guest_max_role: SupportRole = SupportRole.GENERAL
    max_open_tickets: int | None = None
    """Open tickets that a requester who is not staff may have; None for any number."""
    terms: TermsFor = no_terms
    """The targets that a ticket gets."""
    agent_capacity: int | None = None
    """Open tickets that an agent without a capacity of their own may be given; None for any number."""
    claim_on_answer: bool = False
    """Whether an unassigned ticket is given to whoever answers it first."""


class May(Enum):
    """A cell of the table of moves."""

    YES = "yes"
    NO = "no"
    ONCE_STAFF_HAS_POSTED = "only once staff has posted a message"
    WITHIN_REOPEN_WINDOW = "within the reopen window"


MOVES: Mapping[tuple[str, Status], Mapping[AuthorType, May]] = {
    ("open", Status.RESOLVED): {
        AuthorType.REQUESTER: May.YES,
        AuthorType.STAFF: May.ONCE_STAFF_HAS_POSTED,
    },
    ("open", Status.CANCELED): {AuthorType.REQUESTER: May.YES, AuthorType.STAFF: May.NO},
    ("open", Status.UNRESOLVED): {AuthorType.REQUESTER: May.NO, AuthorType.STAFF: May.YES},
    ("closed", Status.OPEN): {
        AuthorType.REQUESTER: May.WITHIN_REOPEN_WINDOW,
        AuthorType.STAFF: May.YES,
    },
    ("open", Status.OPEN): {AuthorType.REQUESTER: May.NO, AuthorType.STAFF: May.YES},
    ("open", Status.PENDING): {AuthorType.REQUESTER: May.NO, AuthorType.STAFF: May.YES},
}
"""(from, to) → side → whether they may. Moves that are not in the table are allowed to nobody."""


def side(caller: Caller, ticket: Ticket) -> AuthorType:
    """Which column of the table counts. The person whose id the ticket carries is its requester, in any role.
    A service may do what staff may."""
    is_requester = caller.key == ticket.requester and not caller.is_service
    return AuthorType.REQUESTER if is_requester else AuthorType.STAFF


def acting(caller: Caller, ticket: Ticket) -> Actor:
    """The caller as the actor of an event on this ticket."""
    return Actor(AuthorType.SERVICE if caller.is_service else side(caller, ticket), caller.key)


def opening(caller: Caller, requester: Person) -> Actor:
    """The caller as the actor who opens a ticket for this requester."""
    if caller.is_service:
        return Actor(AuthorType.SERVICE, caller.key)
    is_requester = caller.key == requester.key
    return Actor(AuthorType.REQUESTER if is_requester else AuthorType.STAFF, caller.key)


def opens_for(caller: Caller, requester: Person | None) -> Person:
    """The person for whom the caller opens a ticket."""
    if requester is None or requester.key == caller.key:
        return caller.person
    if not caller.is_staff:
        raise StaffOnly("open tickets for others")
    return requester


def is_counted(caller: Caller, rules: Rules) -> bool:
    """Whether the caller's open tickets have a limit."""
    return rules.max_open_tickets is not None and not caller.is_staff


def may_fill_in(form: Form, theirs: Iterable[Ticket], at: Millis) -> None:
    """Check the limits of the form. ``theirs`` are the requester's other tickets of this kind: all open ones,
    and those within the cooldown. Raises TooManyOfForm and FormCoolsDown."""
    theirs = list(theirs)
    if form.most_open is not None and sum(not it.is_closed for it in theirs) >= form.most_open:
        raise TooManyOfForm(form.name, form.most_open)
    again_at = max((it.created_at + (form.cooldown or 0) for it in theirs), default=0)
    if at < again_at:
        raise FormCoolsDown(form.name, again_at)


def may_open_one_more(open_tickets: int, rules: Rules) -> None:
    """Whether somebody who ``is_counted`` may open another ticket in addition to these."""
    if rules.max_open_tickets is not None and open_tickets >= rules.max_open_tickets:
        raise TooManyOpenTickets(rules.max_open_tickets)


def level_and_role_for(
    caller: Caller, level: IssueLevel, role: SupportRole, rules: Rules
) -> tuple[IssueLevel, SupportRole]:
    """The level and support role that a new ticket gets. Guests who ask for more get the highest allowed to
    them."""
    if caller.person.role is not UserRole.TEMP_USER:
        return level, role
    return min(level, rules.guest_max_level, key=_height), min(role, rules.guest_max_role, key=_height)


def _height(it: IssueLevel | SupportRole) -> int:
    """Levels and roles are declared from the lowest to the highest."""
    return list(type(it)).index(it)


def may_see(caller: Caller, ticket: Ticket | None, address: str) -> Ticket:
    """The ticket, or TicketNotFound if it does not exist or is somebody else's."""
    if ticket is None or not (caller.key == ticket.requester or _staff_sees(caller, ticket)):
        raise TicketNotFound(address)
    return ticket


def _staff_sees(caller: Caller, ticket: Ticket) -> bool:
    if not caller.is_staff:
        return False
    return not caller.is_limited or ticket.support_role in support_roles_seen_by(caller.person)


def sees_all(caller: Caller) -> bool:
    """Whether this member of staff sees all tickets, and not only those of their support role and below."""
    return not caller.is_limited or support_roles_seen_by(caller.person) == frozenset(SupportRole)


def must_see_all(caller: Caller, what: str) -> None:
    """Raises AdminOnly for staff who see only the tickets of their support role."""
    must_be_staff(caller, what)
    if not sees_all(caller):
        raise AdminOnly(what)


def within_sight(caller: Caller, which: TicketFilter) -> TicketFilter:
    """The filter, limited to the tickets that staff with a support role sees."""
    if not (caller.is_staff and caller.is_limited):
        return which
    seen = support_roles_seen_by(caller.person)
    return replace(which, support_roles=seen if which.support_roles is None else which.support_roles & seen)


def sees_notes(caller: Caller, ticket: Ticket) -> bool:
    """Whether the caller sees notes. Staff does, except on tickets of their own."""
    return caller.is_staff and caller.key != ticket.requester


def may_see_notes(caller: Caller, ticket: Ticket) -> None:
    if not sees_notes(caller, ticket):
        raise StaffOnly("see or write notes")


def support_roles_seen_by(person: Person) -> frozenset[SupportRole]:
    """The support roles whose tickets a member of staff sees: in Discord their own and those below it, with a
    token all of them."""
    if person.key.issuer != UserKey.DISCORD or person.role is UserRole.ADMIN:
        return frozenset(SupportRole)
    return frozenset(it for it in SupportRole if person.support_role in it.and_above)


def reads_as(caller: Caller) -> SupportRole | None:
    """The highest support role whose tickets a member of staff in Discord sees; None if they see everything
    that they may see at all."""
    person = caller.person
    sees_all = person.role is UserRole.ADMIN or not caller.is_staff
    return None if sees_all or person.key.issuer != UserKey.DISCORD else person.support_role


def must_be_staff(caller: Caller, what: str) -> None:
    if not caller.is_staff:
        raise StaffOnly(what)


def may_ask_for(caller: Caller, which: TicketFilter) -> None:
    """Requesters cannot filter by fields that they do not see."""
    if (which.labels, which.sla, which.snoozed) != (None, None, None):
        must_be_staff(caller, "ask for labels, targets, or what is put aside")


def must_be_admin(caller: Caller, what: str) -> None:
    if caller.person.role is not UserRole.ADMIN:
        raise AdminOnly(what)


def may_while_blocked(by: AuthorType, doing: EventData) -> bool:
    """What blocked people may still do: delete their own messages, and close their own tickets without a
    text. Reading makes no event and stays allowed."""
    match doing:
        case MessageDeleted():
            return True
        case TicketClosed(reason=None):
            return by is AuthorType.REQUESTER
    return False


def may_block(caller: Caller, person: Person) -> None:
    """Only admins may block staff, or unblock them."""
    if person.role.is_staff:
        must_be_admin(caller, "block staff")


def may_merge(guest: Person, customer: Person) -> None:
    """Only a guest can be merged, and only into a customer."""
    if guest.key == customer.key:
        raise CannotMerge("they are one")
    if guest.role is not UserRole.TEMP_USER:
        raise CannotMerge(f"{guest.key.id} is no guest")
    if customer.role is not UserRole.CUSTOMER:
        raise CannotMerge(f"{customer.key.id} is no customer")


def may_merge_tickets(caller: Caller, into: Ticket, other: Ticket) -> None:
    """Whether ``other`` may be closed into another ticket. One that is merged into it already may."""
    for ticket in (into, other):
        _must_be_on_staffs_side(caller, ticket, "merge tickets")
    if into.id == other.id:
        raise CannotMergeTickets(WhyTicketsNotMerged.SAME)
    if into.requester != other.requester:
        raise CannotMergeTickets(WhyTicketsNotMerged.OTHER_REQUESTER)
    if other.merged_into != into.id:
        _must_be_open(into)
        _must_be_open(other)


def may_rate(caller: Caller, ticket: Ticket) -> None:
    if side(caller, ticket) is not AuthorType.REQUESTER:
        raise RequesterOnly("give feedback")
    if not ticket.is_closed:
        raise TicketIsNotClosed(ticket.number)


def may_post(caller: Caller, ticket: Ticket, rules: Rules) -> None:
    _must_be_open(ticket)
    if (
        rules.require_staff_reply_first
        and side(caller, ticket) is AuthorType.REQUESTER
        and not ticket.staff_has_posted
    ):
        raise StaffMustAnswerFirst


def may_answer(message: Message | None, ticket: Ticket, message_id: MessageId, *, with_note: bool) -> None:
    """Whether the message can be answered. Only notes answer notes. A deleted message can be answered,
    too."""
    if message is None or message.ticket_id != ticket.id or (message.is_note and not with_note):
        raise MessageNotFound(message_id)


def may_touch(caller: Caller, ticket: Ticket, message: Message | None, message_id: MessageId) -> Message:
    """The message, if the caller may edit or delete it now."""
    if message is None or message.deleted or message.ticket_id != ticket.id:
        raise MessageNotFound(message_id)
    if message.is_note and not caller.is_staff:
        raise MessageNotFound(message_id)
    if message.author.key != caller.key:
        raise NotTheAuthor
    _must_be_open(ticket)
    return message


def may_correct(
    caller: Caller,
    ticket: Ticket,
    message: Message | None,
    message_id: MessageId,
    *,
    own: Collection[UserKey],
) -> Message:
    """The message or note of staff, if the caller may change or delete it: they posted it, under any of their
    ``own`` keys, or are MANAGER or above."""
    must_be_staff(caller, "correct what staff has posted")
    if message is None or message.deleted or message.ticket_id != ticket.id:
        raise MessageNotFound(message_id)
    is_of_staff = message.author.type in (AuthorType.STAFF, AuthorType.SERVICE)
    if not is_of_staff or not (message.author.key in own or _is_manager(caller)):
        raise NotTheAuthor
    _must_be_open(ticket)
    return message


def _is_manager(caller: Caller) -> bool:
    managers = SupportRole.MANAGER.and_above
    return caller.person.role is UserRole.ADMIN or caller.person.support_role in managers


def may_snooze(caller: Caller, ticket: Ticket, until: Millis, now: Millis) -> None:
    _must_be_on_staffs_side(caller, ticket, "put tickets aside")
    _must_be_open(ticket)
    if until != UNTIL_A_WORD:
        _must_be_soon(until, now)


def may_end_snooze(caller: Caller, ticket: Ticket) -> None:
    _must_be_on_staffs_side(caller, ticket, "put tickets aside")
    _must_be_open(ticket)
    if ticket.snoozed_until is None:
        raise TicketIsNotSnoozed(ticket.number)


def may_ask_close(caller: Caller, ticket: Ticket) -> None:
    _must_be_on_staffs_side(caller, ticket, "ask whether a ticket can be closed")
    _must_be_open(ticket)
    if not ticket.staff_has_posted:
        raise MoveNotAllowed(Status.RESOLVED, WhyNotMoved.STAFF_FIRST)
    if ticket.snoozed_until is not None:
        raise TicketIsSnoozed(ticket.number)
    if ticket.close_asked_at is not None:
        raise CloseIsAsked(ticket.number)


def may_answer_close(caller: Caller, ticket: Ticket) -> None:
    if side(caller, ticket) is not AuthorType.REQUESTER:
        raise RequesterOnly("answer whether it can be closed")
    if ticket.close_asked_at is None:
        raise CloseIsNotAsked(ticket.number)


def may_plan_closing(caller: Caller, ticket: Ticket, at: Millis, now: Millis) -> None:
    _must_be_on_staffs_side(caller, ticket, "plan when a ticket is closed")
    _must_be_open(ticket)
    _must_be_soon(at, now)


def may_keep_open(caller: Caller, ticket: Ticket) -> None:
    """Whether there is something to keep open: the ticket is closed, or its closing is planned."""
    _must_be_on_staffs_side(caller, ticket, "keep tickets open")
    if not ticket.is_closed and ticket.closes_at is None:
        raise TicketIsOpen(ticket.number)


def may_label(caller: Caller, ticket: Ticket, label: str) -> None:
    """Closed tickets can be labelled, too."""
    may_unlabel(caller, ticket, label)
    if label not in ticket.labels and len(ticket.labels) >= MOST_LABELS:
        raise TooManyLabels(ticket.number, MOST_LABELS)


def may_unlabel(caller: Caller, ticket: Ticket, label: str) -> None:
    _must_be_on_staffs_side(caller, ticket, "label tickets")
    if not LABEL.fullmatch(label):
        raise LabelIsNoGood


def with_terms(ticket: Ticket | None, data: EventData, rules: Rules) -> EventData:
    """The event with the targets that count from then on: at opening, and when the level is set."""
    match data:
        case TicketOpened():
            return replace(data, terms=rules.terms(data.issue_level, data.category))
        case TicketChanged(changes) if ticket is not None:
            levels = [IssueLevel(it.new) for it in changes if it.field == "issue_level" and it.new]
            if not levels:
                return data
            terms = rules.terms(levels[-1], ticket.category)
            if terms is None and ticket.sla is not None:
                terms = Terms(Target())
            return replace(data, terms=terms)
    return data


def may_change_part(caller: Caller, ticket: Ticket, change: PartChanged) -> None:
    """Taking part can be ended on a closed ticket, too."""
    _must_be_on_staffs_side(caller, ticket, "say who takes part in a ticket")
    if not change.ends:
        _must_be_open(ticket)


def may_link_tickets(caller: Caller, one: Ticket, other: Ticket) -> None:
    """Closed tickets and tickets of different requesters can be linked, too, because requesters do not see
    links."""
    may_unlink_tickets(caller, one, other)
    for ticket, to in ((one, other), (other, one)):
        if all(it.id != to.id for it in ticket.links) and len(ticket.links) >= MOST_LINKS:
            raise TooManyLinks(ticket.number, MOST_LINKS)


def may_unlink_tickets(caller: Caller, one: Ticket, other: Ticket) -> None:
    if one.id == other.id:
        raise CannotLinkToItself(one.number)
    for ticket in (one, other):
        _must_be_on_staffs_side(caller, ticket, "link tickets")


def may_delete_file(caller: Caller, uploader: UserKey) -> None:
    if caller.key != uploader and caller.person.role is not UserRole.ADMIN:
        raise NotTheUploader


def may_change(caller: Caller, ticket: Ticket, fields: frozenset[str]) -> None:
    """Whether the caller may set these fields. ``status`` has its own table."""
    by = AuthorType.STAFF if caller.is_staff else AuthorType.REQUESTER
    fields = frozenset(row_of(it) for it in fields)
    if refused := sorted(it for it in fields - {"status"} if not may_be_set_by(by, it)):
        raise StaffOnly(f"change {', '.join(refused)}")
    _must_be_open(ticket)


def must_be_version(ticket: Ticket, versions: Collection[int] | None) -> None:
    """Raises TicketHasChanged unless the ticket has one of these versions; None for any."""
    if versions is not None and ticket.version not in versions:
        raise TicketHasChanged(ticket.number, ticket.version)


def may_have(ticket: Ticket, changed: TicketChanged) -> None:
    """Whether there is room for the added metadata."""
    if len(metadata_after(ticket, changed.changes)) > MOST_METADATA:
        raise TooMuchMetadata(ticket.number, MOST_METADATA)


def may_move(caller: Caller, ticket: Ticket, to: Status, now: Millis, rules: Rules) -> None:
    """Whether the caller may change the ticket's status to ``to``."""
    _must_not_be_merged(ticket)
    if ticket.is_closed and to.is_closed:
        raise TicketIsClosed(ticket.number)
    cell = MOVES.get(("closed" if ticket.is_closed else "open", to))
    if cell is None:
        raise MoveNotAllowed(to, WhyNotMoved.IS_CLOSED)
    answer = cell[side(caller, ticket)]
    if answer is May.NO:
        by_requester = side(caller, ticket) is AuthorType.REQUESTER
        raise MoveNotAllowed(to, WhyNotMoved.STAFF_ONLY if by_requester else WhyNotMoved.REQUESTER_ONLY)
    if answer is May.ONCE_STAFF_HAS_POSTED and not ticket.staff_has_posted:
        raise MoveNotAllowed(to, WhyNotMoved.STAFF_FIRST)
    if answer is May.WITHIN_REOPEN_WINDOW and now > (ticket.closed_at or now) + rules.reopen_window:
        raise ReopenWindowIsOver(ticket.number)


def may_close(caller: Caller, ticket: Ticket, to: Status, now: Millis, rules: Rules) -> None:
    if not to.is_closed:
        raise MoveNotAllowed(to, WhyNotMoved.WOULD_NOT_CLOSE)
    may_move(caller, ticket, to, now, rules)


def must_be_heard(ticket: Ticket, heard_until: Millis) -> None:
    """Raises RequesterSpokeLast if the requester's last message is unanswered, and later than what was
    heard."""
    if ticket.requester_spoke_last and (ticket.last_message_at or 0) > heard_until:
        raise RequesterSpokeLast(ticket.number)


def may_reopen(caller: Caller, ticket: Ticket, now: Millis, rules: Rules) -> None:
    if not ticket.is_closed:
        raise TicketIsOpen(ticket.number)
    may_move(caller, ticket, Status.OPEN, now, rules)


def closing_status(ticket: Ticket) -> Status:
    """The status with which staff closes a ticket if they name none: RESOLVED if staff has posted, else
    UNRESOLVED."""
    return Status.RESOLVED if ticket.staff_has_posted else Status.UNRESOLVED


def _must_be_on_staffs_side(caller: Caller, ticket: Ticket, what: str) -> None:
    if not sees_notes(caller, ticket):
        raise StaffOnly(what)


def _must_be_soon(at: Millis, now: Millis) -> None:
    if not now < at <= now + LONGEST:
        raise TimeIsNoGood


def _must_not_be_merged(ticket: Ticket) -> None:
    if ticket.merged_into is not None:
        raise TicketIsMerged(ticket.number, ticket.merged_into_number or 0)


def _must_be_open(ticket: Ticket) -> None:
    _must_not_be_merged(ticket)
    if ticket.is_closed:
        raise TicketIsClosed(ticket.number)
