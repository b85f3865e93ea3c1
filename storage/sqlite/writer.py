"""The one writer, which commits whatever is waiting as one group."""

import asyncio
import logging
import sqlite3
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from storage.migration import NewerProgram, StoreIsNewer
from storage.sqlite.connection import PATIENCE, connect, is_away
from storage.sqlite.cures import cure_of
from storage.sqlite.migration import version_of
from tickets.decisions import Decide
from tickets.model import MessageId, Millis, UserKey
from tickets.ports.store import Appended, StoreUnavailable
from tickets.sources import Source

log = logging.getLogger(__name__)

LARGEST_GROUP = 256
WRITES_BETWEEN_CHECKPOINTS = 600
"""About 4,000 pages, 16 MB. Every checkpoint copies the same busy pages from the WAL into the file, so fewer
checkpoints copy fewer pages."""

TELLS_EVERY = 60.0
"""Seconds between two lines of the log about what keeps it from writing."""

Row = Sequence[Any] | Mapping[str, Any]

T = TypeVar("T")

Work = Callable[[sqlite3.Connection], T]
"""What to do within a transaction. It is called again if its group was rolled back."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """An append that waits for its turn; ``now`` is when it was asked for."""

    address: str
    source: Source
    decide: Decide
    about: MessageId | None
    now: Millis
    opens_for: UserKey | None = None
    gives_to: Sequence[UserKey] = ()


AppendTogether = Callable[[sqlite3.Connection, Sequence[Wish]], Sequence[Appended | Exception]]
"""Does many appends at once. An exception is the answer to one append and leaves the others undisturbed."""


@dataclass(slots=True, eq=False)
class _Job:
    """What one caller asks for: work of its own, or an append, which is done together with others."""

    future: asyncio.Future[Any]
    work: Work[Any] | None = None
    wish: Wish | None = None
    answer: Any = None


class Transactions(ABC):
    """Writes in transactions."""

    @abstractmethod
    async def write(self, work: Work[T]) -> T:
        """Run ``work`` in a transaction. Returns its result, once it is committed."""

    async def execute(self, statement: str, values: Row) -> int:
        """Run one statement and commit it. Returns how many rows it changed."""
        return await self.write(lambda connection: connection.execute(statement, values).rowcount)

    async def execute_many(self, statement: str, rows: Iterable[Row]) -> None:
        """Run one statement for each of these rows, and commit them together."""
        every = list(rows)
        await self.write(lambda connection: connection.executemany(statement, every))


class Writer(Transactions):
    """Owns the connection that writes.

    Statements run in the event loop: they take microseconds, and a thread that runs them beside a busy
    loop waits for the interpreter's lock at each. What may take long runs in a thread: to wait for another
    process that writes; to bring the WAL into the file; and the commit, which waits for the disk. Whoever
    comes meanwhile is the next group.

    When a commit fails, every job of its group raises StoreUnavailable and nothing of it was done; the
    next group starts on a new connection. Once a newer program has migrated the file, every job raises
    StoreIsNewer. ``committed`` is called in the event loop with each append, once it is durable."""

    def __init__(
        self,
        path: Path,
        together: AppendTogether,
        committed: Callable[[Appended], None],
        newer: NewerProgram,
        patience: float = PATIENCE,
    ) -> None:
        self._path = path
        self._together = together
        self._committed = committed
        self._newer = newer
        self._patience = patience
        self._connection: sqlite3.Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite writer")
        self._waiting: deque[_Job] = deque()
        self._working: asyncio.Task[None] | None = None
        self._since_checkpoint = 0
        self._closed = False
        self._tells_from = 0.0
        self.trouble: str | None = None
        """Why nothing can be written, and what to do, as the newest attempt has shown; None if it can."""

    async def write(self, work: Work[T]) -> T:
        answer: T = await self._put(_Job(self._loop.create_future(), work=work))
        return answer

    async def append(self, wish: Wish) -> Appended:
        """What was appended, once it is committed."""
        appended: Appended = await self._put(_Job(self._loop.create_future(), wish=wish))
        return appended

    async def close(self) -> None:
        """Commit what is waiting, and close the file."""
        self._closed = True
        if self._working is not None:
            await self._working
        await self._in_thread(self._drop_connection)
        self._thread.shutdown()

    @property
    def alive(self) -> bool:
        return not self._closed

    def _put(self, job: _Job) -> asyncio.Future[Any]:
        if self._closed:
            raise StoreUnavailable(f"{self._path} is closed")
        self._waiting.append(job)
        if self._working is None:
            self._working = self._loop.create_task(self._work(), name="sqlite writer")
        return job.future

    async def _work(self) -> None:
        """Commit group after group until nothing waits."""
        try:
            while self._waiting:
                size = min(len(self._waiting), LARGEST_GROUP)
                group = [self._waiting.popleft() for _ in range(size)]
                await self._do(group)
                self._settle(group)
                await self._check_point()
        finally:
            self._working = None

    async def _do(self, group: list[_Job]) -> None:
        try:
            await self._commit(group)
        except Exception as error:
            await self._in_thread(self._drop_connection)
            if isinstance(error, StoreIsNewer):
                for job in group:
                    job.answer = error
            elif is_away(error):
                self._troubled(error)
                for job in group:
                    job.answer = StoreUnavailable(f"{self._path}: {error}")
            elif len(group) == 1:
                group[0].answer = error
            else:
                for job in group:
                    await self._do([job])

    def _troubled(self, error: Exception) -> None:
        """It is told once in a while, however much is refused because of it."""
        self.trouble = f"{self._path}: {error}. {cure_of(error, self._path.parent)}"
        if time.monotonic() >= self._tells_from:
            self._tells_from = time.monotonic() + TELLS_EVERY
            log.error("nothing can be written: %s", self.trouble)

    async def _commit(self, group: list[_Job]) -> None:
        connection = await self._begun()
        changes = connection.total_changes
        self._newer.saw(version_of(connection))
        self._newer.must_not_be_here()
        for job in group:
            if job.work is not None:
                job.answer = job.work(connection)
        appends = [(job, job.wish) for job in group if job.wish is not None]
        if appends:
            answers = self._together(connection, [wish for _, wish in appends])
            for (job, _), answer in zip(appends, answers, strict=True):
                job.answer = answer
        await self._in_thread(lambda: connection.execute("COMMIT"))
        self._since_checkpoint += len(group)
        if connection.total_changes > changes:
            self.trouble = None

    async def _check_point(self) -> None:
        """Copy the WAL into the file once it is large. This disturbs no reader, and may fail."""
        connection = self._connection
        if self._since_checkpoint >= WRITES_BETWEEN_CHECKPOINTS and connection is not None:
            self._since_checkpoint = 0
            with suppress(sqlite3.DatabaseError):
                await self._in_thread(lambda: connection.execute("PRAGMA wal_checkpoint").fetchall())

    async def _begun(self) -> sqlite3.Connection:
        """The connection, in a transaction that writes."""
        connection = self._connection
        if connection is None:
            connection = self._connection = await self._in_thread(connect, self._path, self._patience)
            connection.execute("PRAGMA busy_timeout = 0")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await self._in_thread(self._begin_when_others_are_done, connection)
        return connection

    def _begin_when_others_are_done(self, connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA busy_timeout = {int(self._patience * 1000)}")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("PRAGMA busy_timeout = 0")

    def _in_thread(self, do: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return self._loop.run_in_executor(self._thread, do, *arguments)

    def _drop_connection(self) -> None:
        """This also rolls back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _settle(self, group: list[_Job]) -> None:
        """Give each caller of the group its answer, then tell what was appended."""
        for job in group:
            if job.future.done():
                continue
            if isinstance(job.answer, Exception):
                job.future.set_exception(job.answer)
            else:
                job.future.set_result(job.answer)
        for job in group:
            if job.wish is not None and not isinstance(job.answer, Exception):
                self._committed(job.answer)
