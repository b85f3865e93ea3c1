"""The embedded store, opened and closed."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from storage.background import in_background
from storage.folder import FolderOfFiles
from storage.migration import NewerProgram
from storage.private import make_private
from storage.sqlite.accounts import SqliteAccounts, SqliteProofs
from storage.sqlite.agents import SqliteAgents
from storage.sqlite.backlog import SqliteBacklog
from storage.sqlite.canned import SqliteCannedAnswers
from storage.sqlite.channels import SqliteChannels, SqlitePlaces
from storage.sqlite.connection import PATIENCE, connect
from storage.sqlite.cures import cure_of
from storage.sqlite.depths import SqliteDepths
from storage.sqlite.erasing import SqliteErasures
from storage.sqlite.idempotency import SqliteIdempotencyKeys
from storage.sqlite.in_use import Use, use
from storage.sqlite.lease import SinksWriter, SqliteLease
from storage.sqlite.live_processes import LiveProcesses
from storage.sqlite.log import SqliteLog
from storage.sqlite.looks import SqliteLooks
from storage.sqlite.migration import Migration, Step
from storage.sqlite.notifications import SqliteNotifications
from storage.sqlite.other_processes import watching_others
from storage.sqlite.processes import SqliteProcesses
from storage.sqlite.queue import SqliteRated, SqliteWaiting
from storage.sqlite.reader import Reader, open_reader
from storage.sqlite.readings import SqliteReadings
from storage.sqlite.replacing import SIGNALS
from storage.sqlite.reports import SqliteReports
from storage.sqlite.schema import STEPS
from storage.sqlite.sending_queue import SqliteSendingQueue
from storage.sqlite.sessions import SqliteSessions, SqliteSigningKeys, SqliteTries
from storage.sqlite.signals import passing_signals
from storage.sqlite.soundness import must_be_ours
from storage.sqlite.timers import SqliteTimers
from storage.sqlite.uploads import SqliteUploads
from storage.sqlite.users import SqlitePeople, SqliteUsers
from storage.sqlite.views import SqliteFeed, SqliteViews
from storage.sqlite.webhooks import SqliteWebhooks
from storage.sqlite.words import SqliteWords
from storage.sqlite.writer import Writer
from tickets.counting import Counting
from tickets.ports.accounts import Identity
from tickets.ports.bell import Bell
from tickets.ports.lease import Term
from tickets.ports.signals import Signals
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.ports.store import Clock, Deployment, Store, StoreUnavailable


@asynccontextmanager
async def open_sqlite(
    folder: Path,
    clock: Clock,
    patience: float = PATIENCE,
    steps: Sequence[Step] = STEPS,
    sinks: Sequence[Listening] = EVERYTHING,
) -> AsyncIterator[Store]:
    """The store in ``folder``. It is created at the first start, and migrated if an older program has
    written it.

    ``patience`` is how many seconds a write waits for another process that is writing. ``sinks`` are those
    for which the store keeps due rows. Raises StoreIsNewer and StoreUnavailable."""
    path = folder / "guildesk.sqlite3"
    async with _prepared(path, steps) as deployment, open_reader(path) as reader:
        parts = _Parts(folder, path, reader, clock, patience, NewerProgram(len(steps)), sinks)
        try:
            async with parts.running():
                yield parts.store(deployment)
        finally:
            await parts.writer.close()
            parts.live.clear()


class _Parts:
    """The parts behind the ports, each built once."""

    def __init__(
        self,
        folder: Path,
        path: Path,
        reader: Reader,
        clock: Clock,
        patience: float,
        newer: NewerProgram,
        sinks: Sequence[Listening],
    ) -> None:
        self._folder, self._path, self._reader = folder, path, reader
        self._clock, self._newer, self._sinks = clock, newer, sinks
        self._bell, self._signals, self._feed = Bell(), Signals(), SqliteFeed(reader)
        self._log = SqliteLog(path, reader, self._bell, clock, patience, newer, sinks)
        self.writer = self._log.writer
        self._words = SqliteWords(reader, self.writer)
        self.live = LiveProcesses(folder / "leaders")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do the work that every process does for its store, while the block runs."""
        others = (self._feed, self._bell, self._newer, self._sinks)
        async with (
            watching_others(self._path, self.writer, *others),
            passing_signals(self._folder / SIGNALS, self._signals, self._clock),
            in_background(self._words.go_on(), "words for searches"),
        ):
            yield

    def store(self, deployment: Deployment) -> Store:
        reader, writer, clock = self._reader, self.writer, self._clock

        async def check() -> None:
            if not writer.alive:
                raise StoreUnavailable(f"{self._path}: nothing writes any more")
            if writer.trouble is not None:
                raise StoreUnavailable(writer.trouble)
            await reader.one("SELECT 1 FROM meta")

        @asynccontextmanager
        async def lead(term: Term) -> AsyncIterator[Store]:
            led = replace(store, **self._guarded(term.epoch))
            counting = Counting(led.reports)
            async with in_background(self._words.run(), "words"), in_background(counting.run(), "counting"):
                yield led

        store = Store(
            name=f"SQLite at {self._path} (embedded)",
            deployment=deployment,
            bell=self._bell,
            signals=self._signals,
            log=self._log,
            views=SqliteViews(reader, self._words),
            people=SqlitePeople(reader, writer, clock),
            **self._guarded(None),
            feed=self._feed,
            files=FolderOfFiles(self._folder / "files"),
            idempotency_keys=SqliteIdempotencyKeys(writer),
            uploads=SqliteUploads(reader, writer),
            waiting=SqliteWaiting(reader),
            agents=SqliteAgents(reader, writer),
            canned=SqliteCannedAnswers(reader, writer),
            notifications=SqliteNotifications(reader, writer),
            processes=SqliteProcesses(reader, writer),
            looks=SqliteLooks(reader, writer),
            rated=SqliteRated(reader),
            reports=SqliteReports(reader, writer),
            readings=SqliteReadings(reader, writer),
            erasures=SqliteErasures(self._folder, self._path, reader, writer),
            users=SqliteUsers(reader, writer, clock),
            identity=_identity(reader, writer),
            depths=SqliteDepths(reader, self._sinks),
            lease=SqliteLease(reader, writer, self.live),
            lead=lead,
            check=check,
            until_newer=self._newer.wait,
        )
        return store

    def _guarded(self, epoch: int | None) -> Any:
        """The parts through which only the leader of the newest term writes."""
        reader, writer = self._reader, SinksWriter(self.writer, epoch)
        return {
            "backlog": SqliteBacklog(reader, writer, self._sinks),
            "timers": SqliteTimers(reader, writer),
            "sending_queue": SqliteSendingQueue(reader, writer, self._clock),
            "channels": SqliteChannels(reader, writer),
            "threads": SqlitePlaces(reader, writer),
            "webhooks": SqliteWebhooks(reader, self.writer, writer),
        }


def _identity(reader: Reader, writer: Writer) -> Identity:
    return Identity(
        accounts=SqliteAccounts(reader, writer),
        sessions=SqliteSessions(reader, writer),
        keys=SqliteSigningKeys(reader, writer),
        proofs=SqliteProofs(writer),
        tries=SqliteTries(reader, writer),
    )


@asynccontextmanager
async def _prepared(path: Path, steps: Sequence[Step]) -> AsyncIterator[Deployment]:
    """The migrated file. While the block runs, no restore can replace it."""
    async with AsyncExitStack() as stack:
        try:
            stack.callback((await asyncio.to_thread(_used, path.parent)).end)
            with closing(await asyncio.to_thread(_connected, path)) as connection:
                await Migration(connection, steps).run()
                deployment = _deployment(connection)
        except (OSError, sqlite3.DatabaseError) as error:
            raise StoreUnavailable(
                f"The embedded store cannot be opened at {path}: {error}. {cure_of(error, path.parent)}."
            ) from error
        yield deployment


def _used(folder: Path) -> Use:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return use(folder)


def _connected(path: Path) -> sqlite3.Connection:
    must_be_ours(path)
    path.touch(mode=0o600)  # SQLite gives the files beside it the same rights
    make_private(path.parent)
    return connect(path)


def _deployment(connection: sqlite3.Connection) -> Deployment:
    """The store's id, which its first start gave it. Of several processes, the first one decides."""
    given = [("deployment", secrets.token_hex(4)), ("secret", secrets.token_bytes(32))]
    connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", given)
    kept = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    return Deployment(id=kept["deployment"], secret=kept["secret"])
