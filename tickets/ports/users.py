"""The users of apps: who they are, what staff has written down about them, and whether they are blocked."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Millis, Person, UserKey
from tickets.ports.lists import Cursor, Page


@dataclass(frozen=True, slots=True)
class Block:
    """Keeps somebody from opening and posting. Without ``until`` it stays until it is lifted."""

    until: Millis | None = None
    reason: str | None = None
    """For staff alone."""

    def is_over(self, now: Millis) -> bool:
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who opens tickets, or might. A block that has run out is none."""

    person: Person
    ticket_count: int = 0
    block: Block | None = None
    note: str | None = None


class Users(Protocol):
    """People of backends, as staff sees them."""

    async def page(self, after: Cursor | None, limit: int) -> Page[User]:
        """Whoever has opened the most tickets first; staff only where they have opened any.

        All pages count the tickets that were there when the first was read. So whoever opens more in
        between neither moves, nor is left out, nor comes twice."""
        ...

    async def user(self, key: UserKey) -> User | None: ...

    async def block(self, key: UserKey, block: Block | None) -> None:
        """Block them, or no more; also somebody who is not known yet."""
        ...

    async def note(self, key: UserKey, note: str | None) -> None:
        """Keep what staff has written down about them; also about somebody who is not known yet."""
        ...

    async def is_blocked(self, key: UserKey) -> bool:
        """A block of this process counts at once, one of another process within seconds, and none after its
        end."""
        ...
