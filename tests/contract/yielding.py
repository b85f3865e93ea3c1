"""A database whose every call gives way to others first, and may go wrong before or after taking effect.

The database of the tests answers at once; without giving way, no race would ever show."""

import asyncio
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from tests.contract.plans import Plans

Fault = Callable[[str, str], Exception | asyncio.Event | None]
"""From a collection's name and a method's, what to raise instead of answering, or what to wait for."""


def no_fault(collection: str, method: str) -> None:
    return None


@dataclass
class Faults:
    """``before``: the call never reaches the database. ``after``: it takes effect, but the answer is lost."""

    before: Fault = no_fault
    after: Fault = no_fault
    suffered: int = 0
    """How many calls had trouble."""
    chance: random.Random = field(default_factory=lambda: random.Random(3))  # noqa: S311  a test's choice

    async def call(self, collection: str, method: str, function: Callable[[], Any]) -> Any:
        for _ in range(self.chance.randint(1, 3)):
            await asyncio.sleep(0)
        await self._suffer(self.before(collection, method))
        answer = function()
        if inspect.isawaitable(answer):
            answer = await answer
        await self._suffer(self.after(collection, method))
        return answer

    async def _suffer(self, trouble: Exception | asyncio.Event | None) -> None:
        if trouble is None:
            return
        self.suffered += 1
        if isinstance(trouble, Exception):
            raise trouble
        await trouble.wait()

    async def have_struck(self) -> None:
        """Wait until a call has had trouble."""
        async with asyncio.timeout(30):
            while not self.suffered:  # noqa: ASYNC110  it is the tests' own
                await asyncio.sleep(0)


class YieldingCursor:
    def __init__(self, cursor: Any, collection: str, faults: Faults) -> None:
        self._cursor = cursor
        self._collection = collection
        self._faults = faults

    async def to_list(self, length: int | None) -> Any:
        return await self._faults.call(self._collection, "find", lambda: self._cursor.to_list(length))


ABOUT = ("find_one", "count_documents", "update_one", "update_many", "delete_one", "delete_many")
"""Methods that begin with a query; others than these are inserts, or by ``_id``."""


class YieldingCollection:
    def __init__(self, collection: Any, faults: Faults, plans: Plans) -> None:
        self._collection = collection
        self._faults = faults
        self._plans = plans

    def find(self, *args: Any, **options: Any) -> YieldingCursor:
        self._plans.asked(self._collection.name, args[0], options.get("sort"))
        return YieldingCursor(self._collection.find(*args, **options), self._collection.name, self._faults)

    def aggregate(self, *args: Any, **options: Any) -> YieldingCursor:
        if "$match" in args[0][0]:
            self._plans.asked(self._collection.name, args[0][0]["$match"])
        cursor = self._collection.aggregate(*args, **options)
        return YieldingCursor(cursor, self._collection.name, self._faults)

    def __getattr__(self, method: str) -> Any:
        function = getattr(self._collection, method)
        if not callable(function):
            return function

        async def call(*args: Any, **options: Any) -> Any:
            if method in ABOUT:
                self._plans.asked(self._collection.name, args[0], options.get("sort"))
            elif method == "create_index":
                self._plans.made(self._collection.name, args[0], options)
            return await self._faults.call(self._collection.name, method, lambda: function(*args, **options))

        return call


class YieldingDatabase:
    """Passes for a database of Motor's, which GridFS insists on."""

    def __init__(self, database: Any, faults: Faults) -> None:
        self._database = database
        self._faults = faults
        self.plans = Plans()
        self.name = database.name
        self.delegate = database.delegate
        self.get_io_loop = database.get_io_loop
        self.get_collection = database.get_collection

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return AsyncIOMotorDatabase

    def __getitem__(self, name: str) -> YieldingCollection:
        return YieldingCollection(self._database[name], self._faults, self.plans)

    def __getattr__(self, name: str) -> YieldingCollection:
        return self[name]
