"""Erasures: what is asked for, the progress, and the store's part in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from tickets.events import Event
from tickets.model import FileId, Millis, Ticket, TicketId, UserKey

NAMED: Final = "tickets_that_named_them"
"""``Erasure.removed`` so counts tickets of others that named them, and now name the pseudonym."""


class ErasureState(StrEnum):
    """How far an erasure is."""

    ASKED = "asked"
    """The leader has not begun."""
    WORKING = "working"
    WAITING = "waiting"
    """Nothing is left in the store, but something is left in Discord."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A request to erase everything about a person, and in the end its receipt.

    ``user`` and ``people`` are None and empty once nothing about them is left in the store. From then on,
    nothing in it tells who it was."""

    id: str
    user: UserKey | None
    asked_at: Millis
    asked_by: UserKey | None = None
    """None if it was asked for on the command line."""
    people: tuple[UserKey, ...] = ()
    """The user, and everybody who was merged into them."""
    state: ErasureState = ErasureState.ASKED
    counted: tuple[UserKey, ...] = ()
    """The people for whom ``removed`` already counts what is stored beside tickets. It is counted before it
    is removed."""
    total: int = 0
    """How many tickets there were at the beginning."""
    under_way: tuple[TicketId, ...] | None = None
    """The few tickets that are being blanked, and not counted yet. Those that are done have the pseudonym.
    None if an older program has begun it."""
    tickets: tuple[TicketId, ...] = ()
    """Tickets that were done, as older programs listed them."""
    looked_upto: str = ""
    """How far the log was searched for these people in other people's tickets, in a form of the store's
    own."""
    looked_at: int = 0
    """How many events were searched."""
    named_in: tuple[TicketId, ...] = ()
    """Tickets of others that named them, as older programs listed them."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """How many things of each kind were removed."""
    left: tuple[str, ...] = ()
    """What could not be removed, and why, in words for people."""
    done_at: Millis | None = None

    @property
    def blank(self) -> int:
        """How many tickets are blank already."""
        return self.removed.get("tickets", 0)

    @property
    def pseudonym(self) -> UserKey:
        """The pseudonym that replaces the person."""
        return UserKey(UserKey.ERASED, f"erased-{self.id}")


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A part of the log in which the people are no longer named."""

    upto: str
    """Where the next piece begins."""
    count: int
    """Events of this piece; 0 once there are no more."""
    tickets: frozenset[TicketId] = frozenset()
    """Tickets that named them, or contain the pseudonym."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """The pseudonym for these people."""

    key: UserKey
    people: frozenset[UserKey]
    names: frozenset[str] = frozenset()
    """The names under which they were known."""


class Erasures(Protocol):
    """Every step can be repeated. Then it finds nothing to do."""

    async def keep(self, erasure: Erasure) -> None:
        """Store the erasure in its present state."""
        ...

    async def get(self, erasure_id: str) -> Erasure | None: ...

    async def of_user(self, user: UserKey) -> Erasure | None:
        """The erasure that is in progress for this user."""
        ...

    async def newest(self, limit: int) -> list[Erasure]:
        """The newest erasures, the newest first."""
        ...

    async def unfinished(self) -> list[Erasure]:
        """The erasures that are not done, the oldest first."""
        ...

    async def blank(self, ticket: Ticket, events: Sequence[Event]) -> None:
        """Replace the events of an erased ticket by these, and update everything that follows from them:
        messages, words, and lists. Its timers and the reasons of its failures are removed."""
        ...

    async def look_through(self, pseudonym: Pseudonym, after: str) -> LookedThrough:
        """Put the pseudonym wherever the next events name these people by key, and make what follows from
        them: messages, what lists show, statistics. Texts of notifications about these tickets have it in the
        place of the names. ``after`` is where the piece before ended, and empty for the first. Of a pseudonym
        of nobody it only finds the tickets that name it."""
        ...

    async def events_to_look_at(self) -> int:
        """Roughly how many events there are."""
        ...

    async def put_pseudonym(self, pseudonym: Pseudonym) -> None:
        """The same for data outside of the log: sums by agent, their files in other people's tickets, and
        erasures that they asked for."""
        ...

    async def uploads(self, user: UserKey, tickets: Sequence[TicketId]) -> set[FileId]:
        """Files that the user has uploaded and that belong to no ticket, or to one of these."""
        ...

    async def count(self, users: Sequence[UserKey], tickets: Sequence[TicketId]) -> Mapping[str, int]:
        """How many things are stored beside tickets about these users or these tickets. Among answers for
        idempotency keys, it counts those that mention the first user, or these tickets."""
        ...

    async def forget(self, user: UserKey, tickets: Sequence[TicketId]) -> None:
        """Remove what is stored about somebody beside their tickets, and these uploads."""
        ...

    async def forget_answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> None:
        """Blank the answers for idempotency keys that mention the user, or these tickets. A repeated request
        then gets 404, and does nothing."""
        ...

    async def everybody(self) -> set[UserKey]:
        """Everybody who is known, or has tickets."""
        ...

    async def scrub(self) -> Sequence[str]:
        """Overwrite free pages and journals that may contain removed data. Returns what cannot be cleaned,
        and why. Raises StoreUnavailable if others prevent it for now."""
        ...

    async def swept_until(self, what: str) -> Millis:
        """Up to which time of closing tickets were swept; 0 if never."""
        ...

    async def swept(self, what: str, until: Millis) -> None: ...
