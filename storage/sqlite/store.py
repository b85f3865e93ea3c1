"""The embedded store, opened and closed."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

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
from storage.sqlite.trying import cure_of
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
    newer = NewerProgram(len(steps))
    bell, signals = Bell(), Signals()
    async with _prepared(path, steps) as deployment, open_reader(path) as reader:
        log = SqliteLog(path, reader, bell, clock, patience, newer, sinks)
        feed = SqliteFeed(reader)
        words = SqliteWords(reader, log.writer)
        live = LiveProcesses(folder / "leaders")

        async def check() -> None:
            if not log.writer.alive:
                raise StoreUnavailable(f"{path}: nothing writes any more")
            await reader.one("SELECT 1 FROM meta")

        @asynccontextmanager
        async def lead(term: Term) -> AsyncIterator[Store]:
            writer = SinksWriter(log.writer, term.epoch)
            led = replace(
                store,
                backlog=SqliteBacklog(reader, writer, sinks),
                timers=SqliteTimers(reader, writer),
                sending_queue=SqliteSendingQueue(reader, writer, clock),
                channels=SqliteChannels(reader, writer),
                threads=SqlitePlaces(reader, writer),
                webhooks=SqliteWebhooks(reader, log.writer, writer),
            )
            counting = Counting(led.reports)
            async with in_background(words.run(), "words"), in_background(counting.run(), "counting"):
                yield led

        anybody = SinksWriter(log.writer)
        try:
            store = Store(
                name=f"SQLite at {path} (embedded)",
                deployment=deployment,
                bell=bell,
                signals=signals,
                log=log,
                views=SqliteViews(reader, words),
                people=SqlitePeople(reader, log.writer, clock),
                backlog=SqliteBacklog(reader, anybody, sinks),
                timers=SqliteTimers(reader, anybody),
                channels=SqliteChannels(reader, anybody),
                threads=SqlitePlaces(reader, anybody),
                feed=feed,
                files=FolderOfFiles(folder / "files"),
                idempotency_keys=SqliteIdempotencyKeys(log.writer),
                uploads=SqliteUploads(reader, log.writer),
                waiting=SqliteWaiting(reader),
                agents=SqliteAgents(reader, log.writer),
                canned=SqliteCannedAnswers(reader, log.writer),
                notifications=SqliteNotifications(reader, log.writer),
                sending_queue=SqliteSendingQueue(reader, anybody, clock),
                webhooks=SqliteWebhooks(reader, log.writer, anybody),
                processes=SqliteProcesses(reader, log.writer),
                looks=SqliteLooks(reader, log.writer),
                rated=SqliteRated(reader),
                reports=SqliteReports(reader, log.writer),
                readings=SqliteReadings(reader, log.writer),
                erasures=SqliteErasures(folder, path, reader, log.writer),
                users=SqliteUsers(reader, log.writer, clock),
                identity=_identity(reader, log.writer),
                depths=SqliteDepths(reader, sinks),
                lease=SqliteLease(reader, log.writer, live),
                lead=lead,
                check=check,
                until_newer=newer.wait,
            )
            async with (
                watching_others(path, log.writer, feed, bell, newer, sinks),
                passing_signals(folder / SIGNALS, signals, clock),
            ):
                yield store
        finally:
            await log.writer.close()
            live.clear()


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
