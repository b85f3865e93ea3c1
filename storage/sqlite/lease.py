"""The leader's lease in SQLite, and a writer that works for the leader only."""

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from storage.sqlite.live_processes import LiveProcesses
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Transactions, Work, Writer
from tickets.ports.lease import NotLeader, Term

T = TypeVar("T")

_READ = "SELECT key, value FROM meta WHERE key IN ('lease_epoch', 'lease_holder', 'lease_beat')"
_WRITE = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


class SqliteLease:
    """The port ``Lease``. ``live`` knows at once when a holder on this machine has died."""

    def __init__(self, reader: Reader, writer: Writer, live: LiveProcesses) -> None:
        self._reader = reader
        self._writer = writer
        self._live = live

    async def observe(self) -> Term:
        term = _term(await self._reader.all(_READ))
        if term.holder is not None and self._live.is_dead(term.holder):
            return replace(term, holder=None)
        return term

    async def acquire(self, holder: str, after: Term) -> Term | None:
        def work(connection: sqlite3.Connection) -> Term | None:
            found = _term(connection.execute(_READ))
            if (found.epoch, found.beat) != (after.epoch, after.beat):
                return None
            term = Term(found.epoch + 1, holder)
            lease = [("lease_epoch", term.epoch), ("lease_holder", holder), ("lease_beat", 0)]
            connection.executemany(_WRITE, lease)
            return term

        self._live.make(holder)
        return await self._writer.write(work)

    async def renew(self, term: Term) -> None:
        def work(connection: sqlite3.Connection) -> None:
            _must_be_newest(connection, term.epoch)
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'lease_beat'")

        await self._writer.write(work)

    async def release(self, term: Term) -> None:
        def work(connection: sqlite3.Connection) -> None:
            if _term(connection.execute(_READ)).epoch == term.epoch:
                connection.execute("UPDATE meta SET value = NULL WHERE key = 'lease_holder'")

        await self._writer.write(work)


class SinksWriter(Transactions):
    """Writes what sinks have done. With an epoch, it writes only until another term begins."""

    def __init__(self, writer: Writer, epoch: int | None = None) -> None:
        self._writer = writer
        self._epoch = epoch

    async def write(self, work: Work[T]) -> T:
        """What ``work`` returns, once it is committed. If it raises NotLeader, nothing was done."""
        epoch = self._epoch
        if epoch is None:
            return await self._writer.write(work)

        def guarded(connection: sqlite3.Connection) -> T:
            _must_be_newest(connection, epoch)
            return work(connection)

        return await self._writer.write(guarded)


def _must_be_newest(connection: sqlite3.Connection, epoch: int) -> None:
    newest = _term(connection.execute(_READ))
    if newest.epoch != epoch:
        raise NotLeader(
            f"term {epoch} is over, {newest.holder or 'nobody'} has the lease in term {newest.epoch}"
        )


def _term(rows: Iterable[tuple[Any, ...]]) -> Term:
    found = dict(rows)
    return Term(found.get("lease_epoch", 0), found.get("lease_holder"), found.get("lease_beat", 0))
