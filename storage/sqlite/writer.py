"""The one thread that writes, and commits whatever is waiting as one group."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from storage.sqlite.connection import PATIENCE, connect, is_away
from tickets.ports import StoreUnavailable

log = logging.getLogger(__name__)

LARGEST_GROUP = 256

Row = Sequence[Any] | Mapping[str, Any]

Request = TypeVar("Request")
Answer = TypeVar("Answer")
T = TypeVar("T")

Work = Callable[[sqlite3.Connection], T]
"""What to do within a transaction; called again should the group have to be rolled back."""

Together = Callable[[sqlite3.Connection, Sequence[Request]], Sequence[Answer | Exception]]
"""Does many requests at once: an exception is the answer to one and leaves the others undisturbed."""


@dataclass(slots=True, eq=False)
class _Job:
    """One caller's wish: a work, or else a request to be done together with others."""

    future: asyncio.Future[Any]
    work: Work[Any] | None = None
    request: Any = None
    answer: Any = None


class Writer(Generic[Request, Answer]):
    """Owns the connection that writes.

    When a commit fails, every job of its group raises StoreUnavailable and nothing of it was done; the
    next group starts on a new connection. ``committed`` is called in the event loop, with each answer to
    a request once it is durable."""

    def __init__(
        self,
        path: Path,
        together: Together[Request, Answer],
        committed: Callable[[Answer], None],
        patience: float = PATIENCE,
    ) -> None:
        self._path = path
        self._together = together
        self._committed = committed
        self._patience = patience
        self._connection: sqlite3.Connection | None = None
        self._loop = asyncio.get_running_loop()
        self._waiting: SimpleQueue[_Job | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._run, name="sqlite writer", daemon=True)
        self._thread.start()

    async def write(self, work: Work[T]) -> T:
        """What ``work`` returns, once it is committed."""
        answer: T = await self._put(_Job(self._loop.create_future(), work=work))
        return answer

    async def execute(self, statement: str, values: Row) -> None:
        """Run one statement whose outcome is of no interest, and commit it."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        await self.write(work)

    async def send(self, request: Request) -> Answer:
        """The answer to the request, once it is committed."""
        answer: Answer = await self._put(_Job(self._loop.create_future(), request=request))
        return answer

    async def close(self) -> None:
        """Commit what is waiting, then end the thread."""
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)

    @property
    def alive(self) -> bool:
        return self._thread.is_alive() and not self._closed

    def _put(self, job: _Job) -> asyncio.Future[Any]:
        if self._closed:
            raise StoreUnavailable(f"{self._path} is closed")
        self._waiting.put(job)
        return job.future

    def _run(self) -> None:
        last = False
        while not last:
            group, last = self._next_group()
            self._do(group)
            try:
                self._loop.call_soon_threadsafe(self._settle, group)
            except RuntimeError:
                log.warning("the event loop was closed before the store")
                break
        self._drop_connection()

    def _next_group(self) -> tuple[list[_Job], bool]:
        """Everybody who is waiting, and whether they are the last ones."""
        group: list[_Job] = []
        job = self._waiting.get()
        while job is not None:
            group.append(job)
            if len(group) == LARGEST_GROUP:
                return group, False
            try:
                job = self._waiting.get_nowait()
            except Empty:
                return group, False
        return group, True

    def _do(self, group: list[_Job]) -> None:
        try:
            self._commit(group)
        except Exception as error:
            self._drop_connection()
            if is_away(error):
                log.error("%s: nothing of %d writes was done: %s", self._path, len(group), error)
                for job in group:
                    job.answer = StoreUnavailable(f"{self._path}: {error}")
            elif len(group) == 1:
                group[0].answer = error
            else:
                for job in group:
                    self._do([job])

    def _commit(self, group: list[_Job]) -> None:
        if self._connection is None:
            self._connection = connect(self._path, self._patience)
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        for job in group:
            if job.work is not None:
                job.answer = job.work(connection)
        asked = [job for job in group if job.work is None]
        if asked:
            answers = self._together(connection, [job.request for job in asked])
            for job, answer in zip(asked, answers, strict=True):
                job.answer = answer
        connection.execute("COMMIT")

    def _drop_connection(self) -> None:
        """Also rolls back what was not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _settle(self, group: list[_Job]) -> None:
        """Give everybody their answers: one wake-up of the event loop for the whole group."""
        for job in group:
            if job.future.done():
                continue
            if isinstance(job.answer, Exception):
                job.future.set_exception(job.answer)
            else:
                job.future.set_result(job.answer)
        for job in group:
            if job.work is None and not isinstance(job.answer, Exception):
                self._committed(job.answer)
