"""The users of apps: who they are, what staff has written down about them, and whether they are blocked."""

from dataclasses import dataclass
from typing import Protocol

from tickets.model import Person, UserKey


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who opens tickets, or might."""

    person: Person
    ticket_count: int = 0
    blocked: bool = False
    note: str | None = None


class Users(Protocol):
    """People of backends, as staff sees them."""

    async def page(self, *, skip: int, limit: int) -> list[User]:
        """Whoever has opened the most tickets first; staff only where they have opened any."""
        ...

    async def user(self, key: UserKey) -> User | None: ...

    async def mark(self, key: UserKey, *, blocked: bool, note: str | None) -> None: ...

    async def is_blocked(self, key: UserKey) -> bool:
        """At once where this process has blocked, within seconds where another has."""
        ...
