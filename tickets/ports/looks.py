"""Who of staff has looked at which record or person, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final, Protocol

from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page

GATHERED: Final[Millis] = 60_000
"""Within a minute of the clock, the same look again is the same look."""
GATHERED_WHILE_OPEN: Final[Millis] = 10 * GATHERED
"""The same for conversations, whose pages are read again whenever something happens."""


class LookKind(StrEnum):
    """What somebody looked at."""

    TRANSCRIPT = "transcript"
    """The record of a ticket."""
    CONVERSATION = "conversation"
    """What was said in a ticket, or noted, or changed: its page, or the same over the API."""
    USER = "user"
    """A user, with their tickets."""
    EXPORT = "export"
    """Everything about a user, as a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """``by`` has looked. ``user`` is whom it is about: for a ticket the requester at that time."""

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
    """The same look has the same id, for a minute; for ten, if it is at a conversation."""
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
    """Where a page that ends with this look goes on."""
    return Cursor((look.at,), look.id)


class Looks(Protocol):
    async def add(self, looks: Sequence[Look]) -> None:
        """Keep them; those that are kept already stay as they are."""
        ...

    async def page(self, which: LookFilter, after: Cursor | None, limit: int) -> Page[Look]:
        """The newest first."""
        ...

    async def forget(self, user: UserKey, pseudonym: UserKey) -> int:
        """Forget what is about this user, and tell how much that was. Where they have looked themselves, the
        pseudonym stands in their place."""
        ...

    async def forget_ticket(self, ticket_id: TicketId) -> int: ...

    async def forget_before(self, at: Millis) -> int: ...
