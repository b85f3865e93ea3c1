"""Migrates an older file."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from storage.migration import Progress, Reached, StoreIsNewer
from storage.sqlite.connection import transaction

Piece = Callable[[sqlite3.Connection, Reached], Reached | None]
"""Does the next piece of a step, in a transaction, from where the piece before has ended. Returns None after
the last."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step to the next version. ``what`` tells people what changes."""

    what: str
    piece: Piece


def statements(text: str) -> Piece:
    """A step of one piece. Semicolons may only separate statements."""

    def piece(connection: sqlite3.Connection, _: Reached) -> None:
        for statement in text.split(";"):
            connection.execute(statement)

    return piece


class Migration:
    """Migrates a file to the version of the last of these steps. Several processes may do so at once."""

    def __init__(self, connection: sqlite3.Connection, steps: Sequence[Step]) -> None:
        self._connection = connection
        self._steps = steps
        self._progress = Progress()
        self._is_new = version_of(connection) == 0

    async def run(self) -> None:
        """Do piece after piece. If this is cancelled, it finishes the present piece first. Raises
        StoreIsNewer."""
        while await _whole(self.next_piece):
            pass

    def next_piece(self) -> bool:
        """Do the next piece. Returns whether there was one."""
        if _state(self._connection) == (len(self._steps), None):
            return False
        with transaction(self._connection):
            return not self._is_done()

    def _is_done(self) -> bool:
        """Do the next piece. Returns True if nothing is left, because another process has done the last
        one."""
        version, reached = _state(self._connection)
        if version > len(self._steps):
            raise StoreIsNewer(version, len(self._steps))
        if reached is None:
            if version == len(self._steps):
                return True
            version, reached = version + 1, Reached()
            self._connection.execute(f"PRAGMA user_version = {version}")
        step = self._steps[version - 1]
        if not self._is_new:
            self._progress.begins(version, step.what)
        reached = step.piece(self._connection, reached)
        _keep(self._connection, reached)
        if not self._is_new:
            self._progress.reached(reached)
        return False


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the newest step that has begun; 0 before the first."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _state(connection: sqlite3.Connection) -> tuple[int, Reached | None]:
    """The version, and how far its step has come if it is not done."""
    if (version := version_of(connection)) == 0:
        return 0, None
    kept = connection.execute("SELECT value FROM meta WHERE key = 'migration'").fetchone()
    return version, None if kept is None else Reached(**json.loads(kept[0]))


def _keep(connection: sqlite3.Connection, reached: Reached | None) -> None:
    if reached is None:
        connection.execute("DELETE FROM meta WHERE key = 'migration'")
    else:
        connection.execute(
            "INSERT INTO meta (key, value) VALUES ('migration', ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value",
            (json.dumps(asdict(reached)),),
        )


async def _whole(work: Callable[[], bool]) -> bool:
    """Run ``work`` in a thread and return its result. It runs to its end even if this is cancelled."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,))
        raise
