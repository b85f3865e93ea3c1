"""Erasures: what is asked for, how far it is, and what a store has to do for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tickets.events import Event
from tickets.model import FileId, Millis, Ticket, TicketId, UserKey


class ErasureState(StrEnum):
    """How far an erasure is."""

    ASKED = "asked"
    """The leader has not begun."""
    WORKING = "working"
    WAITING = "waiting"
    """Nothing is left in the store; Discord still has something."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That everything about a person is to be forgotten, and in the end the receipt for it.

    ``user`` and ``people`` are None and empty once nothing is left of them in the store: then nothing in it
    tells any more who it was."""

    id: str
    user: UserKey | None
    asked_at: Millis
    asked_by: UserKey | None = None
    """None if it was asked for on the command line."""
    people: tuple[UserKey, ...] = ()
    """The user, and everybody who was merged into them."""
    state: ErasureState = ErasureState.ASKED
    counted: tuple[UserKey, ...] = ()
    """Those of them for whom ``removed`` has what was kept beside tickets: it is counted before it goes."""
    total: int = 0
    """How many tickets there were at the beginning."""
    tickets: tuple[TicketId, ...] = ()
    """Those in which nothing is left."""
    looked_upto: str = ""
    """Where in the log it was looked for the people in tickets of others, as the store names the place."""
    looked_at: int = 0
    """How many events that were."""
    named_in: tuple[TicketId, ...] = ()
    """Tickets of others that named them, and now name the pseudonym."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """How many of what were removed."""
    left: tuple[str, ...] = ()
    """What could not be removed, and why, in words for people."""
    done_at: Millis | None = None

    @property
    def pseudonym(self) -> UserKey:
        """What stands in the place of the person."""
        return UserKey(UserKey.ERASED, f"erased-{self.id}")


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A piece of the log in which nobody is named any more who was to be forgotten."""

    upto: str
    """Where the next piece begins."""
    count: int
    """Events of this piece; 0 once there are no more."""
    tickets: frozenset[TicketId] = frozenset()
    """Those that named them, or name the pseudonym by now."""


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """What stands in the place of these people."""

    key: UserKey
    people: frozenset[UserKey]
    names: frozenset[str] = frozenset()
    """Under which they were known."""


class Erasures(Protocol):
    """Every step can be done again, and then finds nothing to do."""

    async def keep(self, erasure: Erasure) -> None:
        """Keep it as it is now."""
        ...

    async def get(self, erasure_id: str) -> Erasure | None: ...

    async def of_user(self, user: UserKey) -> Erasure | None:
        """The one that is under way for this user."""
        ...

    async def newest(self, limit: int) -> list[Erasure]:
        """The newest first."""
        ...

    async def unfinished(self) -> list[Erasure]:
        """The erasures that are not done, the oldest first."""
        ...

    async def blank(self, ticket: Ticket, events: Sequence[Event]) -> None:
        """Put these events in the place of those of an erased ticket, and make what follows from them:
        messages, words, and what lists show. Its timers go, and why something of it failed."""
        ...

    async def look_through(self, pseudonym: Pseudonym, after: str) -> LookedThrough:
        """Put the pseudonym wherever the next events name these people by key, and make what follows from
        them: messages, what lists show, statistics. Texts of notifications about these tickets have it in the
        place of the names. ``after`` is where the piece before ended, and empty for the first."""
        ...

    async def events_to_look_at(self) -> int:
        """About how many events there are."""
        ...

    async def put_pseudonym(self, pseudonym: Pseudonym) -> None:
        """The same beside the log: sums by agent, files of theirs in tickets of others, and erasures for
        which they asked."""
        ...

    async def uploads(self, user: UserKey, tickets: Sequence[TicketId]) -> set[FileId]:
        """Files that the user has uploaded and that are part of no ticket, or that became part of these."""
        ...

    async def count(self, users: Sequence[UserKey], tickets: Sequence[TicketId]) -> Mapping[str, int]:
        """How many of what is kept beside tickets, of these users or about these tickets. Of answers kept for
        idempotency keys, it counts those that tell of the first user, or of these tickets."""
        ...

    async def forget(self, user: UserKey, tickets: Sequence[TicketId]) -> None:
        """Remove what is kept of somebody beside their tickets, and these uploads."""
        ...

    async def forget_answers(self, user: UserKey | None, tickets: Sequence[TicketId]) -> None:
        """Blank the answers kept for idempotency keys that tell of the user, or of these tickets. A request
        that is sent once more gets 404, and does nothing."""
        ...

    async def everybody(self) -> set[UserKey]:
        """Whoever is known, or has tickets."""
        ...

    async def scrub(self) -> Sequence[str]:
        """Let no free page and no journal hold what was removed; gives what cannot be cleaned, and why.

        Raises StoreUnavailable if others keep it from that for now."""
        ...

    async def swept_until(self, what: str) -> Millis:
        """Up to which time of closing tickets were swept; 0 if never."""
        ...

    async def swept(self, what: str, until: Millis) -> None: ...
