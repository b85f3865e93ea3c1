"""The embedded store as rows, for moves from it and into it."""

# ruff: noqa: S608  only names of ours are put into statements, never values

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

from storage.codec import AGENT, ATTACHMENT, MESSAGE, PERSON, TICKET, Codec, normal_body
from storage.folder import FolderOfFiles, attachment_in, files_in, synced
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.keeping.rows import AT_ONCE, Row
from storage.sqlite.connection import connect
from storage.sqlite.derived import COUNTED, DERIVED, OF_ITS_OWN, columns
from storage.sqlite.in_use import alone
from storage.sqlite.rebuilding import rebuild
from storage.sqlite.replacing import AWAY, DATABASE, FILES, READY, finish, must_be_free
from storage.sqlite.schema import bring_up_to_date
from storage.sqlite.soundness import must_be_sound, store_in
from storage.sqlite.verifying import must_be_of_today
from storage.sqlite.views import SHOWN_MESSAGE
from tickets.ports.sinks import SinkName

MOVING: Final = "moving"
"""The folder of a store that is not completely moved in yet."""
_SINKS: Final = ", ".join(f"'{it}'" for it in SinkName)
_SELECT: Final = {
    "meta": "SELECT key, value FROM meta WHERE key IN ('deployment', 'secret', 'number')",
    "todo": f"SELECT sink, ticket_id, seq, due_at, attempts FROM todo WHERE sink IN ({_SINKS})",
    "failures": f"""
SELECT sink, ticket_id, seq, reason FROM failures WHERE sink IN ({_SINKS}) OR EXISTS (
    SELECT 1 FROM timers WHERE kind = sink AND timers.ticket_id = failures.ticket_id AND set_at_seq = seq)""",
    "tickets": "SELECT body FROM tickets",
    "messages": f"SELECT {SHOWN_MESSAGE} AS body FROM messages",
    "deliveries": "SELECT ticket_id, seq, delivery FROM messages",
}
"""Failures of timers that were set again since are left out. All other tables are read as they are."""
_BODIES: Final[dict[str, Codec[Any]]] = {"agents": AGENT, "people": PERSON, "uploads": ATTACHMENT}
_DELIVERY: Final = "UPDATE messages SET delivery = ? WHERE ticket_id = ? AND is_note IN (0, 1) AND seq = ?"


class SqliteEnd:
    """The ports ``End`` and ``Target``."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, becomes: Path | None = None) -> None:
        """``becomes`` is the folder into which the store is put once it is finished, if that is another."""
        self.name = f"the embedded store in {becomes or folder}"
        self.files = FolderOfFiles(folder / FILES)
        self._folder = folder
        self._connection = connection

    @property
    def deployment(self) -> str:
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'deployment'").fetchone()
        return str(row[0]) if row else ""

    async def rows(self, kind: str, after: int = 0) -> AsyncIterator[Row]:
        for row in self._rows(kind, after):
            yield row

    async def file_ids(self) -> AsyncIterator[str]:
        for path in files_in(self._folder / FILES):
            yield attachment_in(path).id

    async def empty(self, tell: Tell) -> None:
        connection = self._connection
        connection.execute("PRAGMA query_only = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        tables = ("events", *DERIVED, *COUNTED, *sorted(OF_ITS_OWN))
        for number, table in enumerate(tables):
            tell("deleting rows", number, len(tables))
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM meta WHERE key = 'number'")
        connection.execute("COMMIT")
        tell("deleting files", 0, 1)
        for path in (self._folder / FILES).glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        tell("giving room back", 0, 1)
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def newest_event(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(pos), 0) FROM events").fetchone()[0])

    async def clear(self, kind: str) -> None:
        if kind != "meta":
            self._connection.execute(f"DELETE FROM {kind}")

    async def put(self, kind: str, rows: Sequence[Row]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        if kind == "deliveries":
            values = [(row["delivery"], row["ticket_id"], row["seq"]) for row in rows]
            self._connection.executemany(_DELIVERY, values)
        else:
            for row in (_kept(kind, it) for it in rows):
                places = ", ".join("?" * len(row))
                self._connection.execute(
                    f"INSERT OR REPLACE INTO {kind} ({', '.join(row)}) VALUES ({places})", [*row.values()]
                )
        self._connection.execute("COMMIT")

    async def rebuild(self, tell: Tell) -> None:
        rebuild(self._folder, tell)
        newest = await self.newest_event()
        self._connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('words', ?)", (newest,))

    async def finish(self) -> None:
        """Move the store into the folder around this one."""
        self._connection.close()
        (self._folder / FILES).mkdir(mode=0o700, exist_ok=True)
        (self._folder / AWAY).write_text("replaced-by-move")
        os.sync()
        around = self._folder.parent
        self._folder.rename(around / READY)
        synced(around)
        finish(around)

    def _rows(self, kind: str, after: int) -> Iterator[Row]:
        if kind == "events":
            rows = self._read(f"SELECT * FROM events WHERE pos > {after} ORDER BY pos")
        elif kind in _SELECT:
            rows = self._read(_SELECT[kind])
        else:
            rows = self._read(f"SELECT {', '.join(columns(self._connection, kind))} FROM {kind}")
        return (_told(kind, row) for row in rows)

    def _read(self, statement: str) -> Iterator[Row]:
        cursor = self._connection.execute(statement)
        names = [it[0] for it in cursor.description]
        while rows := cursor.fetchmany(AT_ONCE):
            for row in rows:
                yield dict(zip(names, row, strict=True))


def _told(kind: str, row: Row) -> Row:
    """The row in the form that both stores give, whichever program has written it."""
    if kind == "events":
        return {**row, "body": normal_body(row["type"], row["body"])}
    if kind == "meta" and isinstance(row["value"], bytes):
        return {**row, "value": row["value"].hex()}
    if kind == "tickets":
        return {"body": TICKET.text(TICKET.from_text(row["body"]))}
    if kind == "messages":
        return {"body": MESSAGE.text(MESSAGE.from_text(row["body"]))}
    if (codec := _BODIES.get(kind)) is not None:
        return {**row, "body": codec.text(codec.from_text(row["body"]))}
    return row


def _kept(kind: str, row: Row) -> Row:
    """The row in the form of the table. The urgency of due rows follows from the ticket."""
    if kind == "meta" and row["key"] == "secret":
        return {**row, "value": bytes.fromhex(row["value"])}
    return {**row, "urgency": 0} if kind == "todo" else row


@contextmanager
def source(folder: Path) -> Iterator[SqliteEnd]:
    """The store in the folder, while nobody else uses it. Raises CannotBeDone."""
    with ExitStack() as stack:
        if folder.is_dir():
            stack.enter_context(alone(folder, folder / DATABASE))
            finish(folder)
        connection = stack.enter_context(closing(connect(store_in(folder))))
        must_be_of_today(connection)
        must_be_sound(connection, folder)
        connection.execute("PRAGMA query_only = ON")
        yield SqliteEnd(folder, connection)


@contextmanager
def target(folder: Path, deployment: str) -> Iterator[SqliteEnd]:
    """A new store that is put into the folder once it is finished. Raises CannotBeDone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(alone(folder, folder / DATABASE))
        finish(folder)
        must_be_free(folder, "name another folder", MOVING)
        making = folder / MOVING
        making.mkdir(mode=0o700, exist_ok=True)
        (making / DATABASE).touch(mode=0o600)
        connection = stack.enter_context(closing(connect(making / DATABASE)))
        bring_up_to_date(connection)
        end = SqliteEnd(making, connection, becomes=folder)
        if end.deployment not in ("", deployment):
            raise CannotBeDone(
                f"{making} is the beginning of another store; remove it, or use another folder"
            )
        yield end
