"""The users of apps: who they are, what staff has written down about them, and whether they are blocked."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Millis, Person, UserKey
from tickets.ports.lists import Cursor, Page

MOST_RISEN = 10_000
"""Tickets that are opened while somebody reads pages of users."""


@dataclass(frozen=True, slots=True)
class Block:
    """Keeps somebody from opening tickets and posting. Without ``until`` it stays until it is lifted."""

    until: Millis | None = None
    reason: str | None = None
    """Only for staff."""

    def is_over(self, now: Millis) -> bool:
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who opens tickets, or might. A block that has ended is None."""

    person: Person
    ticket_count: int = 0
    created_at: Millis | None = None
    """When they were first known; None where an older program knew them, and they opened no ticket."""
    block: Block | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which users to list. None leaves a criterion open."""

    email: str | None = None
    """The whole address, in upper or lower case."""
    begins: tuple[str, ...] | None = None
    """Texts as ``asked_begins`` makes them. Each must be the beginning of a word of the user's name, id or
    address. An empty tuple finds nobody."""

    @property
    def is_open(self) -> bool:
        return self.email is None and self.begins is None


EVERYBODY = UserFilter()


class Users(Protocol):
    """Everybody who was ever known by a token, and who has opened a ticket in Discord, as staff sees them."""

    async def page(self, after: Cursor | None, limit: int, which: UserFilter = EVERYBODY) -> Page[User]:
        """Whoever has opened the most tickets first. It costs no more for many tickets or users.

        All pages count the tickets that were there when the first was read. So whoever opens more in
        between neither moves, nor is left out, nor comes twice: for as long as no more than ``MOST_RISEN``
        tickets are opened meanwhile. With a filter, users come in the order of the word that was found; a
        page may be shorter than asked for, even empty, though there are more."""
        ...

    async def user(self, key: UserKey) -> User | None: ...

    async def block(self, key: UserKey, block: Block | None) -> None:
        """Block or unblock the user, even one who is not known yet."""
        ...

    async def note(self, key: UserKey, note: str | None) -> None:
        """Store staff's note about the user, even one who is not known yet."""
        ...

    async def is_blocked(self, key: UserKey) -> bool:
        """A block of this process counts at once, and one of another process within seconds. A block that has
        ended does not count."""
        ...
