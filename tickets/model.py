"""What a support desk is made of: tickets, messages, notes, files, and the people around them.

Times are integers of milliseconds since the Unix epoch, UTC (``Millis``), and their names end in ``_at``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final, NewType, Self

from tickets.millis import Millis as Millis
from tickets.targets import Sla

TicketId = NewType("TicketId", str)
EventId = NewType("EventId", str)
MessageId = NewType("MessageId", str)
"""The id of the event that posted the message (or added the note)."""
FileId = NewType("FileId", str)

UNTIL_A_WORD: Final[Millis] = 253_402_214_400_000
"""Stands for the time of a snooze that ends only when the requester writes: the last day of the year 9999."""


def number_in(address: str) -> int | None:
    """The number, if the address is one; None if it is an id. Ids are 32 hexadecimal digits, numbers are far
    shorter."""
    return int(address) if address.isascii() and address.isdigit() and len(address) < 16 else None


class IssueLevel(StrEnum):
    """How urgent a ticket is, from the lowest to the highest."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"
    CRITICAL = "CRITICAL"

    @property
    def urgency(self) -> int:
        """0 for the calmest; higher goes first."""
        return tuple(IssueLevel).index(self)

    @property
    def and_above(self) -> tuple["IssueLevel", ...]:
        """This level and every higher one."""
        return tuple(IssueLevel)[self.urgency :]


class SupportRole(StrEnum):
    """Which part of staff a ticket asks for, from the lowest to the highest role."""

    GENERAL = "GENERAL"
    TECHNICAL = "TECHNICAL"
    MANAGER = "MANAGER"
    ADMIN = "ADMIN"

    @property
    def and_above(self) -> tuple["SupportRole", ...]:
        """This role and every higher one: the roles that have access to its tickets."""
        roles = tuple(SupportRole)
        return roles[roles.index(self) :]


class Status(StrEnum):
    """Whose turn it is, or how it ended."""

    OPEN = "OPEN"
    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    UNRESOLVED = "UNRESOLVED"
    CANCELED = "CANCELED"

    @property
    def is_closed(self) -> bool:
        return self not in (Status.OPEN, Status.PENDING)


class UserRole(StrEnum):
    """The role that a trusted backend gives its user."""

    TEMP_USER = "TEMP_USER"
    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    ADMIN = "ADMIN"

    @property
    def is_staff(self) -> bool:
        return self in (UserRole.AGENT, UserRole.ADMIN)


class AuthorType(StrEnum):
    """Which side of the desk somebody is on, for one ticket. A service is a backend that works by itself. It
    may do what staff may, but its posts do not count as answers."""

    REQUESTER = "REQUESTER"
    STAFF = "STAFF"
    SERVICE = "SERVICE"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A ticket that has to do with another one."""

    id: TicketId
    number: int

    def __str__(self) -> str:
        return str(self.number)


class Part(StrEnum):
    """How a member of staff takes part in a ticket."""

    COLLEAGUE = "colleague"
    """Sees the ticket's channel, whatever their role."""
    SUBSCRIBER = "subscriber"
    """Is pinged together with the assignee."""


class Delivery(StrEnum):
    """Whether a message has reached Discord."""

    QUEUED = "QUEUED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, order=True)
class UserKey:
    """A user belongs to its issuer: the same id from two issuers is two users."""

    issuer: str
    id: str

    DISCORD = "discord"
    """The issuer of people who are known only from Discord."""
    MEMBERS = "guildesk.discord"
    """The issuer of members of the guild who open tickets in Discord."""
    ACCOUNTS = "guildesk.accounts"
    """The issuer of people who sign in here, and of guests."""
    SESSIONS = "guildesk.sessions"
    """Stands for a session in place of a user, if only the tokens of that session were ended."""
    ERASED = "guildesk.erased"
    """The issuer of the pseudonyms of erased people."""

    def __str__(self) -> str:
        return f"{self.issuer} {self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of ``str``: issuers hold no space, ids may."""
        issuer, _, user_id = text.partition(" ")
        return cls(issuer, user_id)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as they were last seen. Events only contain the key; names and addresses are stored here."""

    key: UserKey
    name: str
    role: UserRole
    email: str | None = None
    support_role: SupportRole | None = None
    """The highest support role that a member of staff holds in Discord."""
    is_service: bool = False
    """Whether it is a backend that works by itself."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the desk, at this moment."""

    person: Person
    is_limited: bool = False
    """Whether they see only the tickets of their support role and of those below it, as in Discord."""

    @property
    def key(self) -> UserKey:
        return self.person.key

    @property
    def is_staff(self) -> bool:
        return self.person.role.is_staff

    @property
    def is_service(self) -> bool:
        return self.person.is_service


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file whose bytes the file store keeps. ``size`` is in bytes, ``type`` a media type."""

    id: FileId
    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A requester's answer to a question of a form. The question is kept as it was asked."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a requester thinks of the help: 1 to 5 stars, 5 being best."""

    rating: int
    comment: str | None
    given_at: Millis


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: the side of the desk, and the user if there is one."""

    type: AuthorType
    key: UserKey | None = None


SYSTEM = Actor(AuthorType.SYSTEM)


def as_requesters_see(actor: Actor) -> Actor:
    """The actor as requesters see them. What a service does looks like the desk's own doing."""
    return SYSTEM if actor.type is AuthorType.SERVICE else actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAtOpening:
    """What is given when a ticket is opened, and stays with it. The call, the event and the ticket all have
    these fields."""

    topic: str
    description: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    locale: str | None = None
    """The requester's locale, such as ``de-AT`` (BCP 47), if it was given."""
    attachments: tuple[Attachment, ...] = ()
    panel_channel_id: int | None = None
    """The channel in Discord in whose thread the requester talks; None for requesters who use the API."""

    def given(self) -> dict[str, Any]:
        """All these fields by name, for other objects that have them. Mappings are copied."""
        given = {it.name: getattr(self, it.name) for it in fields(GivenAtOpening)}
        return {name: dict(it) if isinstance(it, Mapping) else it for name, it in given.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket(GivenAtOpening):
    """A ticket in the state after the event ``seq``."""

    id: TicketId
    number: int
    requester: UserKey
    requester_role: UserRole
    issue_level: IssueLevel
    support_role: SupportRole
    status: Status
    created_at: Millis
    updated_at: Millis
    seq: int
    last_event_at: Millis
    """The time of its newest event of any kind, notes included. ``updated_at`` leaves out what requesters
    never see."""
    category: str | None = None
    """The slug of its form; None for tickets from before there were forms."""
    answers: tuple[Answer, ...] = ()
    labels: tuple[str, ...] = ()
    """Sorted; requesters do not see them."""
    assignee: UserKey | None = None
    closed_at: Millis | None = None
    closed_by: Actor | None = None
    close_reason: str | None = None
    merged_into: TicketId | None = None
    """The ticket into which it was merged; ``merged_into_number`` is its number."""
    merged_into_number: int | None = None
    closed_seq: int | None = None
    first_response_at: Millis | None = None
    last_message_at: Millis | None = None
    waiting_since: Millis | None = None
    """Since when the requester has been waiting for staff; None while it is not staff's turn."""
    message_count: int = 0
    answered_seq: int = 0
    """The seq of staff's newest message; 0 before the first."""
    pending_seq: int | None = None
    """The seq of the event since which it has been the requester's turn; None while it is not."""
    snoozed_until: Millis | None = None
    """Set while staff has put it aside; it may be ``UNTIL_A_WORD``."""
    close_asked_at: Millis | None = None
    """Set while the requester is asked whether it can be closed."""
    closes_at: Millis | None = None
    """When it will be closed, unless somebody writes before. ``closing_reason`` says why."""
    closing_reason: str | None = None
    kept_until: Millis | None = None
    """Until when staff keeps the channel of the closed ticket."""
    feedback: Feedback | None = None
    sla: Sla | None = None
    """The state of its targets, which requesters do not see. ``tickets.clocks`` keeps it up to date."""
    version: int = 1
    """The seq of the last event that changed its status, or a field that people can set."""
    erased_at: Millis | None = None
    """When everything that people wrote in it was erased. Nothing can happen to it after that."""
    colleagues: tuple[UserKey, ...] = ()
    subscribers: tuple[UserKey, ...] = ()
    links: tuple[LinkedTicket, ...] = ()
    """Links to other tickets, by number. Requesters do not see them."""

    def taking(self, part: Part) -> tuple[UserKey, ...]:
        """Who takes part in this way, apart from those whose role or ticket it is."""
        return self.colleagues if part is Part.COLLEAGUE else self.subscribers

    @property
    def is_closed(self) -> bool:
        return self.status.is_closed

    @property
    def staff_has_posted(self) -> bool:
        return self.first_response_at is not None

    @property
    def requester_spoke_last(self) -> bool:
        """Whether the requester has posted since staff last posted or set the status."""
        posted_at, waits = self.last_message_at, self.waiting_since
        is_staffs_turn = self.status is Status.OPEN
        return is_staffs_turn and posted_at is not None and waits is not None and posted_at >= waits

    @property
    def is_unattended(self) -> bool:
        """Whether it is open, has no assignee, and staff has not posted yet."""
        return not (self.is_closed or self.assignee or self.staff_has_posted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message or note in its present state. ``seq`` is the order that everyone sees."""

    id: MessageId
    ticket_id: TicketId
    seq: int
    author: Actor
    content: str
    created_at: Millis
    updated_at: Millis
    attachments: tuple[Attachment, ...] = ()
    reply_to: MessageId | None = None
    """The message of the same ticket that this one answers."""
    is_note: bool = False
    edited: bool = False
    deleted: bool = False
    delivery: Delivery = Delivery.QUEUED
