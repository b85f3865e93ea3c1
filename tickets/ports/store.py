"""What the desk and the relays need from the outside, as protocols that speak the domain."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from tickets.decisions import Decide
from tickets.events import Event
from tickets.model import Message, MessageId, Millis, Person, Ticket, TicketId, UserKey
from tickets.ports.accounts import Identity
from tickets.ports.agents import Agents
from tickets.ports.bell import Bell
from tickets.ports.canned import CannedAnswers
from tickets.ports.channels import Channels, Places
from tickets.ports.erasing import Erasures
from tickets.ports.feed import Feed
from tickets.ports.files import Files
from tickets.ports.idempotency import IdempotencyKeys
from tickets.ports.lease import Lease, Term
from tickets.ports.lists import Views
from tickets.ports.looks import Looks
from tickets.ports.notifications import Notifications, SendingQueue
from tickets.ports.processes import Processes
from tickets.ports.queue import Rated, Waiting
from tickets.ports.readings import Readings
from tickets.ports.reports import Reports
from tickets.ports.signals import Signals
from tickets.ports.sinks import Backlog, Depths, SinkName
from tickets.ports.timers import Timers
from tickets.ports.uploads import Uploads
from tickets.ports.users import Users
from tickets.ports.webhooks import Webhooks
from tickets.sources import Source


class StoreUnavailable(Exception):
    """The store does not answer, is locked, or has no room: nothing was acknowledged; try again later."""


class FilesUnavailable(StoreUnavailable):
    """A file cannot be kept or read, while everything else may go on."""


class SearchIsBehind(StoreUnavailable):
    """Much was written lately, and is still being made ready for searches. That goes on by itself."""

    def __init__(self) -> None:
        super().__init__("the words of what was written lately are still being indexed")


Clock = Callable[[], Millis]


@dataclass(frozen=True, slots=True)
class Appended:
    """The event, with the ticket and its message as they were right after it.

    ``fresh`` is False if the log held this event id already; then the state is today's. ``due`` are the sinks
    that have to show it, where the store has looked already."""

    event: Event
    ticket: Ticket
    message: Message | None
    fresh: bool
    due: frozenset[SinkName] = frozenset()


class Log(Protocol):
    """The log of every ticket. One insert is the commit."""

    async def append(
        self,
        address: str,
        source: Source,
        decide: Decide,
        about: MessageId | None = None,
        *,
        opens_for: UserKey | None = None,
        gives_to: Sequence[UserKey] = (),
    ) -> Appended:
        """Append the event that ``decide`` makes of the current state, durably, exactly once per event id.

        ``address`` is the ticket's id or its number; a new ticket has its id only. Every event becomes due
        at once at every sink that wants it. Whoever opens a ticket ``opens_for`` a user decides on how many
        others of the user's are open, and whoever ``gives_to`` an agent, who may have several keys, on how
        many others they have; of appends at once, each counts those that come through before it.
        Raises what ``decide`` raises, and StoreUnavailable."""
        ...

    async def next_number(self) -> int:
        """A ticket number that nobody else gets. The number of a failed opening is lost."""
        ...

    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        """The ticket's events with ``after < seq <= upto``, in order."""
        ...


class People(Protocol):
    """Everybody whom the store knows, by key."""

    def knows(self, person: Person) -> bool:
        """Whether this process has lately stored the same about this person."""
        ...

    async def remember(self, person: Person) -> None:
        """Store the person as they are now. This is cheap for somebody whom it ``knows``."""
        ...

    async def introduce(self, person: Person) -> Person:
        """Store the person, unless the key is known already. Returns the person who is known then."""
        ...

    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        """The known people among these keys."""
        ...


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a store is given when it is first opened."""

    id: str
    """Marks this deployment's channels in Discord; 8 characters."""
    secret: bytes
    """Signs the URLs of files."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. ``name`` is its name in the start line."""

    name: str
    deployment: Deployment
    bell: Bell
    signals: Signals
    log: Log
    views: Views
    people: People
    backlog: Backlog
    timers: Timers
    channels: Channels
    threads: Places
    """The threads of requesters who opened their tickets in Discord."""
    feed: Feed
    files: Files
    idempotency_keys: IdempotencyKeys
    uploads: Uploads
    waiting: Waiting
    agents: Agents
    canned: CannedAnswers
    notifications: Notifications
    sending_queue: SendingQueue
    webhooks: Webhooks
    processes: Processes
    looks: Looks
    users: Users
    identity: Identity
    rated: Rated
    reports: Reports
    readings: Readings
    erasures: Erasures
    depths: Depths
    lease: Lease
    lead: Callable[[Term], AbstractAsyncContextManager["Store"]]
    """While inside, this process does for the store what a leader does, and is given the same store. In a
    later term, its ``backlog``, ``timers``, ``outbox``, ``channels``, ``threads`` and ``webhooks`` raise
    NotLeader."""
    check: Callable[[], Awaitable[None]]
    """Raises StoreUnavailable when the store does not answer."""
    until_newer: Callable[[], Coroutine[Any, Any, NoReturn]]
    """Waits until a newer program has migrated the store, then raises StoreIsNewer: this process must end."""
