"""Stores canned answers."""

from enum import Enum
from typing import Protocol

from tickets.canned import CannedAnswer
from tickets.model import Millis


class Kept(Enum):
    """The outcome of a change."""

    DONE = "done"
    MISSING = "there is none of this name"
    TAKEN = "another has the new name"
    FULL = "there are as many as there may be"


class CannedAnswers(Protocol):
    """There are few, each with a name of its own."""

    async def all(self) -> list[CannedAnswer]:
        """All of them, in the order of their names."""
        ...

    async def get(self, name: str) -> CannedAnswer | None: ...

    async def add(self, answer: CannedAnswer, most: int) -> Kept:
        """Keep a new one, if there are fewer than ``most``; of two with one name, one is TAKEN."""
        ...

    async def change(self, name: str, new_name: str | None, content: str | None, at: Millis) -> Kept:
        """Change its name and its words, or one of them; the rest stays."""
        ...

    async def remove(self, name: str) -> Kept: ...

    async def count(self, name: str) -> None:
        """Count one more use. Nothing happens if the answer is gone."""
        ...
