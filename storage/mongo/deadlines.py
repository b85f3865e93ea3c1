"""Deadlines for calls to MongoDB. Once the server is silent, calls are refused at once.

The event loop holds the deadlines. The driver's own begin only when one of its few threads takes a call, and
calls queue up for these threads while a server is silent."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar, cast

from pymongo.errors import ConnectionFailure, NetworkTimeout, PyMongoError

from storage.mongo.connection import PATIENCE, Collection, Database

log = logging.getLogger(__name__)

T = TypeVar("T")

PROBE_EVERY: Final = 0.3
"""Seconds between two probes of a server that is silent."""
READING: Final = frozenset({"find_one", "count_documents", "index_information"})


class _Call:
    """A call under way."""

    __slots__ = ("future", "is_over")

    def __init__(self, future: "asyncio.Future[Any]") -> None:
        self.future = future
        self.is_over = False

    def give_up(self) -> None:
        self.is_over = True
        self.future.cancel()


class Line:
    """The calls of one kind (reads or writes), and whether the server answers them.

    The line is cut when a call runs out of time and no other call of its kind was answered meanwhile. Then
    all calls that wait on it fail, and new ones are refused at once, until the server answers the ``probe``.
    One slow call among others that are answered does not cut the line."""

    def __init__(self, name: str, probe: Callable[[], Awaitable[object]], patience: float) -> None:
        self._name = name
        self._probe = probe
        self._patience = patience
        self._calls: set[_Call] = set()
        self._answered_at = float("-inf")
        self._probing: asyncio.Task[None] | None = None

    @property
    def is_cut(self) -> bool:
        return self._probing is not None

    async def answer(self, asked: Callable[[], Awaitable[T]]) -> T:
        """The server's answer. Raises PyMongoError once the time for one call is over."""
        if self.is_cut:
            raise NetworkTimeout(f"the server does not answer {self._name}")
        began_at = _now()
        try:
            answer = await self._in_time(asked())
        except PyMongoError as error:
            if error.timeout:
                self._ran_out(began_at)
            elif not isinstance(error, ConnectionFailure):
                self._answered_at = _now()
            raise
        self._answered_at = _now()
        return answer

    async def _in_time(self, asked: Awaitable[T]) -> T:
        call = _Call(asyncio.ensure_future(asked))
        self._calls.add(call)
        timer = asyncio.get_running_loop().call_later(self._patience, call.give_up)
        task = asyncio.current_task()
        cancellations = task.cancelling() if task else 0
        try:
            return cast("T", await call.future)
        except asyncio.CancelledError:
            if not call.is_over or (task and task.cancelling() > cancellations):
                raise
            raise NetworkTimeout(f"no answer to {self._name} within {self._patience:g} s") from None
        finally:
            timer.cancel()
            self._calls.discard(call)

    def _ran_out(self, began_at: float) -> None:
        if self.is_cut or self._answered_at >= began_at:
            return
        log.warning("MongoDB does not answer %s; until it does, everything is refused at once", self._name)
        self._probing = asyncio.create_task(self._probe_until_answered(), name=f"probing {self._name}")
        for call in tuple(self._calls):
            call.give_up()

    async def _probe_until_answered(self) -> None:
        while True:
            try:
                await self._in_time(self._probe())
            except PyMongoError as error:
                log.debug("MongoDB still does not answer %s: %s", self._name, error)
                await asyncio.sleep(PROBE_EVERY)
            else:
                log.info("MongoDB answers %s again", self._name)
                self._answered_at = _now()
                self._probing = None
                return

    async def end(self) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)


class Lines:
    """Both lines to a database. Without a majority, a server answers reads and stores nothing."""

    def __init__(self, database: Database, patience: float = PATIENCE) -> None:
        meta = database.meta
        self.reading = Line("questions", lambda: meta.find_one({"_id": "schema"}), patience)
        beat = {"$inc": {"times": 1}}
        probe = {"_id": "probe"}
        self.writing = Line("writes", lambda: meta.update_one(probe, beat, upsert=True), patience)

    async def ask(self, asked: Callable[[], Awaitable[T]]) -> T:
        return await self.reading.answer(asked)

    async def write(self, asked: Callable[[], Awaitable[T]]) -> T:
        """The server's answer to a write. If the line for reads is cut, writes are refused as well."""
        if self.reading.is_cut:
            raise NetworkTimeout("the server does not answer")
        return await self.writing.answer(asked)

    async def end(self) -> None:
        await self.reading.end()
        await self.writing.end()


class _Cursor:
    def __init__(self, cursor: Any, lines: Lines) -> None:
        self._cursor = cursor
        self._lines = lines

    async def to_list(self, length: int | None) -> Any:
        return await self._lines.ask(lambda: self._cursor.to_list(length))


class _Collection:
    """A Motor collection with a deadline on each call."""

    def __init__(self, collection: Collection, lines: Lines) -> None:
        self._collection = collection
        self._lines = lines

    def find(self, *args: Any, **options: Any) -> _Cursor:
        return _Cursor(self._collection.find(*args, **options), self._lines)

    def aggregate(self, *args: Any, **options: Any) -> _Cursor:
        return _Cursor(self._collection.aggregate(*args, **options), self._lines)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        line = self._lines.ask if name in READING else self._lines.write

        async def call(*args: Any, **options: Any) -> Any:
            return await line(lambda: method(*args, **options))

        setattr(self, name, call)
        return call


class _Database:
    def __init__(self, database: Database, lines: Lines) -> None:
        self._database = database
        self._lines = lines
        self.name = database.name

    def __getitem__(self, name: str) -> _Collection:
        collection = _Collection(self._database[name], self._lines)
        setattr(self, name, collection)
        return collection

    def __getattr__(self, name: str) -> _Collection:
        return self[name]


def in_time(database: Database, lines: Lines) -> Database:
    """The same database, with a deadline on each call. A late call raises PyMongoError."""
    return cast("Database", _Database(database, lines))


def _now() -> float:
    return asyncio.get_running_loop().time()
