"""What the desk and the relays need from the outside, as protocols that speak the domain."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, Protocol

from tickets.agents import Agents
from tickets.bell import Bell
from tickets.claims import Claims
from tickets.events import Event, EventData, Stamp
from tickets.model import (
    Attachment,
    EventId,
    FileId,
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
from tickets.reading import Readings
from tickets.reports import Reports
from tickets.staff_ports import Rated, Waiting
from tickets.uploads import Uploads
from tickets.users import Users
from tickets.whispers import Whispers


class StoreUnavailable(Exception):
    """The store does not answer, is locked, or has no room: nothing was acknowledged; try again later."""


class NotLeader(Exception):
    """This process does not lead, or not any more: nothing of this was done, for another may be doing it."""


Clock = Callable[[], Millis]


@dataclass(frozen=True, slots=True)
class State:
    """What a decision is made on: the ticket, None before its first event, and the message asked about."""

    ticket: Ticket | None
    message: Message | None


Decide = Callable[[State], EventData]
"""A pure function from the current state to what happens next; a Refusal it raises appends nothing.

It may be called several times for one append, each time on a newer state."""


@dataclass(frozen=True, slots=True)
class Appended:
    """The event, with the ticket and its message as they were right after it.

    ``fresh`` is False if the log held this event id already; then the state is today's."""

    event: Event
    ticket: Ticket
    message: Message | None
    fresh: bool


class Log(Protocol):
    """The log of every ticket. One insert is the commit."""

    async def append(
        self, ticket_id: TicketId, stamp: Stamp, decide: Decide, about: MessageId | None = None
    ) -> Appended:
        """Append the event that ``decide`` makes of the current state, durably, exactly once per event id.

        Every event becomes due at every sink at once. Raises what ``decide`` raises,
        and StoreUnavailable."""
        ...

    async def next_number(self) -> int:
        """A ticket number that nobody else gets; numbers of failed openings are lost."""
        ...

    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        """The ticket's events with ``after < seq <= upto``, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets; None leaves a criterion open."""

    requester: UserKey | None = None
    statuses: frozenset[Status] | None = None
    issue_levels: frozenset[IssueLevel] | None = None
    support_roles: frozenset[SupportRole] | None = None
    assignees: frozenset[UserKey] | None = None
    """Tickets that are assigned to one of these."""
    unattended: bool | None = None
    created_from: Millis | None = None
    """Opened at this time or later."""
    created_until: Millis | None = None
    """Opened before this time."""
    words: frozenset[str] | None = None
    """Each as ``words_of`` makes them, and each to be found in the ticket; of no words none is found."""
    in_notes: bool = False
    """Whether words may be found in notes, too."""


class TicketOrder(StrEnum):
    """The orders in which tickets are listed; of two at the same time the lower number is the earlier."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    LATELY_CHANGED = "-updated_at"
    LONG_UNCHANGED = "updated_at"

    @property
    def field(self) -> str:
        """Which time of a ticket counts."""
        return self.removeprefix("-")

    @property
    def descends(self) -> bool:
        return self.startswith("-")


@dataclass(frozen=True, slots=True)
class TicketPlace:
    """Where a ticket stands in an order: its time, and its number."""

    at: Millis
    number: int


LOOKS = 5000
"""Tickets that are looked at for one page, where a filter asks for more than an index knows."""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Some tickets, and where the next page begins; None if there are no more."""

    tickets: list[Ticket]
    next: TicketPlace | None


class Views(Protocol):
    """The read models: as of the latest append of this process, at least."""

    async def ticket(self, ticket_id: TicketId) -> Ticket | None: ...

    async def ticket_by_number(self, number: int) -> Ticket | None: ...

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        """All of them, or the first; ``after`` continues behind the last ticket of those before."""
        ...

    async def page(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: TicketPlace | None = None,
        limit: int | None = None,
        looks: int | None = LOOKS,
    ) -> TicketPage:
        """The same, but at most so many tickets are looked at: a page may be shorter than asked for, even
        empty, though there are more."""
        ...

    async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None: ...

    async def messages(
        self,
        ticket_id: TicketId,
        *,
        after_seq: int = 0,
        limit: int | None = None,
        notes: bool = False,
    ) -> list[Message]:
        """Oldest first, tombstones included; messages, or with ``notes`` the notes instead."""
        ...


class People(Protocol):
    """Who everybody is, by key."""

    async def remember(self, person: Person) -> None:
        """Keep the person as they are now; cheap when nothing has changed."""
        ...

    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        """Those of the keys that are known."""
        ...


class SinkName(StrEnum):
    """The sinks whose pending work the store keeps."""

    DISCORD = "discord"
    REMOVAL = "removal"
    """The removal of a closed ticket's channel: due only once the Discord sink schedules it."""


FIRST_SINKS = (SinkName.DISCORD,)
"""The sinks at which every event is due from its append on."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event that a sink has yet to show, and how often that was tried."""

    event: Event
    attempts: int


class Backlog(Protocol):
    """What the sinks still have to show, found at once however large the log."""

    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        """Tickets whose lowest unshown event may be tried now; the most urgent level first, then the
        one waiting longest."""
        ...

    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due | None:
        """The ticket's lowest unshown event, if it may be tried now."""
        ...

    async def earliest(self, sink: SinkName) -> Millis | None:
        """When the next unshown event may be tried; None if there is none."""
        ...

    async def shown(self, sink: SinkName, event: Event) -> None:
        """The sink is done with the event; for Discord, a message so shown is DELIVERED."""
        ...

    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        """Try again then; counts an attempt."""
        ...

    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        """It can never be shown: step over it; for Discord, its message is FAILED."""
        ...

    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether the sink has yet to show anything of the ticket, now or later."""
        ...

    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        """Make every event of the ticket due again, now: what showed them is gone."""
        ...

    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId]) -> None:
        """Let what was put off of these tickets be tried now; attempts stay counted."""
        ...

    async def schedule(self, sink: SinkName, event: Event, at: Millis) -> None:
        """Make the event due at a sink at a later time: a timer that survives restarts. Once per event."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a sink has still to show; ``oldest_at`` is since when the first of it has been waiting."""

    count: int = 0
    oldest_at: Millis | None = None


class Depths(Protocol):
    """How much waits, for people who watch; it may take longer than other questions."""

    async def backlog(self) -> Mapping[SinkName, Depth]:
        """Of every sink; a timer waits from its time on."""
        ...

    async def without_channel(self) -> int:
        """How many tickets at work have no channel yet."""
        ...


class ChannelState(StrEnum):
    """Where a ticket stands in Discord."""

    QUEUED = "queued"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A ticket's place in Discord; ids are Discord's."""

    ticket_id: TicketId
    channel_id: int
    state: ChannelState = ChannelState.OPEN
    category_id: int | None = None
    """Where the sink last put it; elsewhere it was moved by hand."""
    card_id: int | None = None
    card_digest: str | None = None
    """What the card showed last, so that it is edited only when something changed."""
    webhook_id: int | None = None
    webhook_token: str | None = None
    seen_through: int | None = None
    """The newest message of the channel that the gateway brought and that was processed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One Discord message that shows (a part of) one of ours."""

    ticket_id: TicketId
    message_id: MessageId
    part: int
    parts: int
    channel_id: int
    discord_id: int


class Channels(Protocol):
    """The Discord sink's own memory: which channel and which Discord messages show what."""

    async def of_ticket(self, ticket_id: TicketId) -> Channel | None: ...

    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Channel]: ...

    async def at(self, channel_id: int) -> Channel | None: ...

    async def open_ones(self) -> list[Channel]:
        """Every channel that is there, of open tickets and of closed ones in their grace."""
        ...

    async def save(self, channel: Channel) -> None:
        """Insert or replace, all but ``seen_through``, which only moves by ``seen``."""
        ...

    async def card_shows(self, ticket_id: TicketId, card_id: int, digest: str) -> None:
        """Keep what this card shows, and leave all else as it is."""
        ...

    async def seen(self, channel_id: int, message_id: int) -> None:
        """Move ``seen_through`` forward; never back."""
        ...

    async def link(self, link: Link) -> None: ...

    async def links(self, ticket_id: TicketId, message_id: MessageId) -> list[Link]:
        """In order of parts."""
        ...

    async def is_linked(self, ticket_id: TicketId, channel_id: int, discord_id: int) -> bool:
        """Whether a link names this Discord message."""
        ...

    async def newest_link(self, ticket_id: TicketId, channel_id: int) -> int | None:
        """The newest Discord message that a link names in this channel."""
        ...

    async def next_in_queue(self, limit: int) -> list[TicketId]:
        """The tickets that get the next channels, the first one first."""
        ...

    async def queue_positions(self, tickets: Sequence[Ticket]) -> Mapping[TicketId, int]:
        """1 for the ticket that gets the next channel; most urgent level first, then the oldest. However many
        are asked about, the queue is counted once."""
        ...


@dataclass(frozen=True, slots=True)
class Fed:
    """An entry of the global feed. ``pos`` grows over all tickets; ``requester`` is the ticket's."""

    pos: int
    requester: UserKey
    event: Event


class Feed(Protocol):
    """Every event of every ticket in one order, for readers that keep their own position."""

    async def after(
        self,
        pos: int,
        *,
        requester: UserKey | None = None,
        tickets: Collection[TicketId] = (),
        limit: int = 100,
    ) -> list[Fed]:
        """The entries behind ``pos`` in order: of all tickets, or of one requester's and ``tickets``."""
        ...

    async def last(self) -> int:
        """The newest position; 0 before the first event."""
        ...


class Draft(Protocol):
    """Bytes on their way in, of which little is held in memory. On leaving it, it is gone."""

    @property
    def size(self) -> int: ...

    def __enter__(self) -> "Draft": ...

    def __exit__(self, *_: object) -> None: ...

    async def write(self, piece: bytes) -> None:
        """Add to it. Raises StoreUnavailable."""
        ...

    async def flush(self) -> None:
        """To be called behind the last piece."""
        ...

    def stream(self) -> IO[bytes]:
        """All that was written, to be read in a thread."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """The same."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is there, with as many bytes in ``pieces`` as ``size`` says."""

    file: Attachment
    size: int
    pieces: AsyncIterator[bytes]


class Files(Protocol):
    """Bytes of attachments, by id."""

    def draft(self) -> Draft:
        """A place for what is to be ``put`` later. Raises StoreUnavailable."""
        ...

    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        """Keep the bytes durably; putting the same id again changes nothing."""
        ...

    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        """All of it at once."""
        ...

    def opened(self, file_id: FileId) -> AbstractAsyncContextManager[Kept | None]:
        """While inside, the bytes can be read piece by piece; also when the file is deleted meanwhile."""
        ...

    async def delete(self, file_id: FileId) -> None:
        """Forget the bytes; nothing happens where there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Term:
    """The time in which one process leads: runs the bot and writes what the sinks have done."""

    epoch: int = 0
    """One more with each term; 0 before the first."""
    holder: str | None = None
    """The process; None if the term was given back, or the process is known to be gone."""
    beat: int = 0
    """Changes as long as the holder lives."""


class Lease(Protocol):
    """Which process leads. It knows no time: who waits for a sign of the holder does so by an own clock."""

    async def observe(self) -> Term: ...

    async def acquire(self, holder: str, after: Term) -> Term | None:
        """Begin the term after the one observed; None if that has beaten since, or another has begun."""
        ...

    async def renew(self, term: Term) -> None:
        """Beat; raises NotLeader once another term has begun."""
        ...

    async def release(self, term: Term) -> None:
        """Give the term back, so that others need not wait; does nothing if it is over."""
        ...


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the store was given at its first start and keeps."""

    id: str
    """Marks this deployment's channels in Discord; 8 characters."""
    secret: bytes
    """Signs the URLs of files."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store, opened. ``name`` is what the start line says."""

    name: str
    deployment: Deployment
    bell: Bell
    whispers: Whispers
    log: Log
    views: Views
    people: People
    backlog: Backlog
    channels: Channels
    feed: Feed
    files: Files
    claims: Claims
    uploads: Uploads
    waiting: Waiting
    agents: Agents
    users: Users
    rated: Rated
    reports: Reports
    readings: Readings
    depths: Depths
    lease: Lease
    lead: Callable[[Term], AbstractAsyncContextManager["Store"]]
    """While inside, this process does for the store what a leader does, and is given the same store, whose
    ``backlog`` and ``channels`` raise NotLeader instead of writing once another term has begun."""
    check: Callable[[], Awaitable[None]]
    """Raises StoreUnavailable when the store does not answer."""


class Sink(Protocol):
    """Shows events somewhere. It decides nothing; showing the same event again must do no harm."""

    name: SinkName

    async def show(self, event: Event) -> None:
        """Return once the event is to be seen, or raise NotNow or Never.

        Any other exception counts as NotNow for a limited number of attempts, then as Never."""
        ...

    async def give_up(self, event: Event, why: str) -> None:
        """Tell people that the event cannot be shown; called once, after it is marked FAILED."""
        ...


class NotNow(Exception):
    """The sink cannot show the event at present; ``seconds`` says how long to wait, if it is known."""

    grows = False
    """Whether the pauses grow all the same from attempt to attempt, from ``seconds`` on."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


class Away(NotNow):
    """The sink as a whole cannot show anything at present: no ticket needs to be tried before then."""


class Never(Exception):
    """The sink can never show this event."""


def discord_id_of(message_id: MessageId) -> int | None:
    """The Discord message of which this message or note was made; None for what was made elsewhere."""
    origin, _, rest = message_id.partition(":")
    return int(rest.partition(":")[0]) if origin == "d" else None


def event_id_from_discord(message_id: int, suffix: str = "") -> EventId:
    """The id of an event that was made of a Discord message, the same whoever sees it and how often."""
    return EventId(f"d:{message_id}{suffix}")
