"""Which members of staff have looked at which record or person, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final, Protocol

from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page

GATHERED: Final[Millis] = 60_000
"""Repeated looks within the same minute of the clock are one look."""
GATHERED_WHILE_OPEN: Final[Millis] = 10 * GATHERED
"""The same for conversations, whose pages are loaded again whenever something happens."""


class LookKind(StrEnum):
    """What somebody looked at."""

    TRANSCRIPT = "transcript"
    """The record of a ticket."""
    CONVERSATION = "conversation"
    """The conversation of a ticket, with notes and changes: its page, or the same over the API."""
    USER = "user"
    """A user, with their tickets."""
    EXPORT = "export"
    """Everything about a user, as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``by`` has looked. ``user`` is the person looked at; for a ticket, the requester at that time."""

    id: str
    at: Millis
    by: UserKey
    kind: LookKind
    user: UserKey
    ticket_id: TicketId | None = None
    ticket_number: int | None = None


def look_of(
    by: UserKey,
    kind: LookKind,
    user: UserKey,
    at: Millis,
    ticket: tuple[TicketId, int] | None = None,
) -> Look:
    """A look. Repeated looks within a minute have the same id; at a conversation, within ten minutes."""
    ticket_id, number = ticket or (None, None)
    gathered = GATHERED_WHILE_OPEN if kind is LookKind.CONVERSATION else GATHERED
    subject = f"{by}\n{kind}\n{ticket_id or user}\n{at // gathered}"
    return Look(
        id=blake2b(subject.encode(), digest_size=12).hexdigest(),
        at=at,
        by=by,
        kind=kind,
        user=user,
        ticket_id=ticket_id,
        ticket_number=number,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LookFilter:
    """Which looks to list. None leaves a criterion open; times are from ``since`` and before ``until``."""

    by: UserKey | None = None
    user: UserKey | None = None
    kind: LookKind | None = None
    ticket_number: int | None = None
    since: Millis | None = None
    until: Millis | None = None


def place_of(look: Look) -> Cursor:
    """The beginning of the page after this look."""
    return Cursor((look.at,), look.id)


class Looks(Protocol):
    async def add(self, looks: Sequence[Look]) -> None:
        """Add looks. Looks that are stored already stay as they are."""
        ...

    async def page(self, which: LookFilter, after: Cursor | None, limit: int) -> Page[Look]:
        """A page of looks, the newest first."""
        ...

    async def forget(self, user: UserKey, pseudonym: UserKey) -> int:
        """Remove looks at this user, and return how many there were. Looks by this user stay under the
        pseudonym."""
        ...

    async def forget_ticket(self, ticket_id: TicketId) -> int: ...

    async def forget_before(self, at: Millis) -> int: ...
