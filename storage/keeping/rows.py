"""A store as rows, in the form that the embedded one has them, so that one store can become another kind."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from storage.keeping.progress import Tell
from storage.sqlite.derived import OF_ITS_OWN
from tickets.ports.files import Files

Row = dict[str, Any]

OWN: Final = ("meta", *sorted(OF_ITS_OWN - {"failures"}), "failures")
"""Kinds of rows that no event tells, in the order in which they are written."""
COMPARED: Final = ("events", *(it for it in OWN if it != "idempotency_keys"), "tickets", "messages", "files")
"""Kinds that are compared at the end. Idempotency keys vanish by themselves, after a day."""
AT_ONCE: Final = 500
"""Rows that are written in one step."""


class End(Protocol):
    """A store from which or into which all is moved, while nobody else uses it."""

    @property
    def name(self) -> str: ...

    @property
    def deployment(self) -> str:
        """The id of the store; empty in a new one."""
        ...

    @property
    def files(self) -> Files: ...

    def rows(self, kind: str, after: int = 0) -> AsyncIterator[Row]:
        """All rows of a kind; events are those behind a position, in the order of the feed. What follows from
        the log is given as the domain has it."""
        ...

    def file_ids(self) -> AsyncIterator[str]: ...

    async def empty(self, tell: Tell) -> None:
        """Delete all but which store it is. If this ends in the middle, the same call does the rest."""
        ...


class Target(End, Protocol):
    """One into which all is moved. Its events and files stay from an earlier try."""

    async def newest_event(self) -> int:
        """The position of the newest event that is there."""
        ...

    async def clear(self, kind: str) -> None:
        """Remove what an earlier try has left."""
        ...

    async def put(self, kind: str, rows: Sequence[Row]) -> None: ...

    async def rebuild(self, tell: Tell) -> None:
        """Make what follows from the log."""
        ...

    async def finish(self) -> None:
        """From now on it is a store."""
        ...


@dataclass(slots=True)
class Sum:
    """How many rows there are, and a hash of all of them that does not depend on their order."""

    count: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        text = json.dumps(row, sort_keys=True, ensure_ascii=False)
        self.count += 1
        self.total = (
            self.total + int.from_bytes(sha256(text.encode(errors="surrogatepass")).digest())
        ) % 2**256
