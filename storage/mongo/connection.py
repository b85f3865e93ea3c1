"""The connection to MongoDB. Its failures are raised as StoreUnavailable."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError, InvalidURI, OperationFailure, PyMongoError, WriteError

from storage.codec import Record
from tickets.ports.store import StoreUnavailable

Client: TypeAlias = "AsyncIOMotorClient[Record]"
Database: TypeAlias = "AsyncIOMotorDatabase[Record]"
Collection: TypeAlias = "AsyncIOMotorCollection[Record]"

PATIENCE = 4.0
"""Seconds that one call may take altogether: to find a server, wait for a majority, and try again."""

LONGEST_PAUSE = 0.1
"""Seconds between two attempts at most."""

MONGO_URI = "MONGO_URI"
LARGEST = 2**63 - 1
"""The largest integer that BSON keeps."""

P = ParamSpec("P")
T = TypeVar("T")


def connect(uri: str, patience: float = PATIENCE, by: str = MONGO_URI) -> Client:
    """A client that acknowledges only what a majority has on disk, even if the address says otherwise. ``by``
    is the setting or option that has the address.

    An operation's time limit includes the wait for the majority. The outcome of an operation that runs into
    the limit is unknown. The driver repeats an interrupted operation, unless the address has
    ``retryWrites=false``, for servers that do not support that."""
    limit = int(patience * 1000)
    try:
        return AsyncIOMotorClient(
            uri,
            appname="guildesk",
            w="majority",
            journal=True,
            readConcernLevel="majority",
            readPreference="primary",
            timeoutMS=limit,
            serverSelectionTimeoutMS=limit,
            connectTimeoutMS=limit,
        )
    except (InvalidURI, ValueError):  # their texts may quote parts of a password
        raise StoreUnavailable(
            f"{by} is not the address of a MongoDB, as mongodb://name:password@host:27017/, in whose "
            "name and password other characters than letters and digits are percent-encoded"
        ) from None
    except (PyMongoError, OSError) as error:  # OSError: of a file that it names
        raise StoreUnavailable(f"{by} cannot be used: {error}") from error


_CURES: Final = {
    18: "Put the right name and password into MONGO_URI (/ and @ in them as %2F and %40; ?authSource= names "
    "the database of the user)",
    13: "Give the user of MONGO_URI the role readWrite on DB_NAME",
}
"""What to do by a code of MongoDB's: AuthenticationFailed, Unauthorized."""


@contextmanager
def away() -> Iterator[None]:
    """Turn errors of MongoDB into StoreUnavailable, except a duplicate key, which is an answer."""
    try:
        yield
    except DuplicateKeyError:
        raise
    except PyMongoError as error:
        cure = cure_of_refusal(error)
        raise StoreUnavailable(f"MongoDB: {in_short(error)}{f'. {cure}' if cure else ''}") from error


def cure_of_refusal(error: BaseException) -> str | None:
    """What to do where MongoDB refuses this program, as after its password was changed."""
    return _CURES.get(error.code or 0) if isinstance(error, OperationFailure) else None


def is_of_the_record(error: Exception) -> bool:
    """Whether an error is about a single record and not about the server. Trying again does not help, and
    other records are not affected."""
    if isinstance(error, PyMongoError):
        return isinstance(error, WriteError) and not isinstance(error, DuplicateKeyError)
    return not isinstance(error, StoreUnavailable)


def in_short(error: Exception) -> str:
    """What went wrong, without the driver's description of all servers."""
    return re.split(
        r"(?: \(configured timeouts:|, Timeout: |, full error: | Topology Description: )",
        str(error),
        maxsplit=1,
    )[0]


def may_be_away(method: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """The method, with MongoDB's errors raised as StoreUnavailable. See ``away``."""

    @wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with away():
            return await method(*args, **kwargs)

    return call


class Attempts:
    """As many attempts as the time of a call allows, at first at once, then with small pauses.

    A call that loses a race tries again, and then wins or sees who has won. But without a majority nobody
    can read what was written, so every attempt would lose for ever."""

    def __init__(self, at: str, longest_pause: float = LONGEST_PAUSE) -> None:
        self._at = at
        self._longest_pause = longest_pause
        self._until = time.monotonic() + PATIENCE
        self._pause = 0.0

    async def one_more(self) -> None:
        """Begin another attempt. Raises StoreUnavailable after the last."""
        if time.monotonic() > self._until:
            raise StoreUnavailable(f"MongoDB: {self._at} comes to no end; have its members a majority?")
        if self._pause:
            await asyncio.sleep(self._pause)
        self._pause = min(2 * self._pause + 0.001, self._longest_pause)


async def upsert(collection: Collection, key: Record, update: Record) -> None:
    """Update or insert. If two calls insert at the same time, the second one updates."""
    try:
        await collection.update_one(key, update, upsert=True)
    except DuplicateKeyError:
        await collection.update_one(key, update, upsert=True)
