"""A store as rows in the form of the embedded store, so that it can be moved into a store of the other
kind."""

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
"""Kinds of rows that do not follow from events, in the order in which they are written."""
COMPARED: Final = ("events", *(it for it in OWN if it != "idempotency_keys"), "tickets", "messages", "files")
"""Kinds that are compared at the end. Idempotency keys are not: they expire after a day."""
AT_ONCE: Final = 500
"""So many rows are written in one step."""


class End(Protocol):
    """A store that is the source or target of a move, while nobody else uses it."""

    @property
    def name(self) -> str: ...

    @property
    def deployment(self) -> str:
        """The id of the store; empty in a new one."""
        ...

    @property
    def files(self) -> Files: ...

    def rows(self, kind: str, after: int = 0) -> AsyncIterator[Row]:
        """All rows of a kind. Events come in the order of the feed, beginning after a position. Rows that
        follow from the log are normalized by the domain's code."""
        ...

    def file_ids(self) -> AsyncIterator[str]: ...

    async def empty(self, tell: Tell) -> None:
        """Delete everything but the store's id. If this is interrupted, the next call does the rest."""
        ...


class Target(End, Protocol):
    """The target of a move. Events and files of an earlier try stay."""

    async def newest_event(self) -> int:
        """The position of the newest event that was moved."""
        ...

    async def clear(self, kind: str) -> None:
        """Remove the rows of this kind that an earlier try has left."""
        ...

    async def put(self, kind: str, rows: Sequence[Row]) -> None: ...

    async def rebuild(self, tell: Tell) -> None:
        """Build the tables that follow from the log."""
        ...

    async def finish(self) -> None:
        """Make the target a store that Guildesk can open."""
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
