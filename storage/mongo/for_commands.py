"""Opens a database for commands that work on it directly, without a store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from pymongo.errors import PyMongoError

from storage.keeping.problems import CannotBeDone
from storage.migration import other_version
from storage.mongo.connection import MONGO_URI, Database, connect, cure_of_refusal, in_short
from storage.mongo.schema import STEPS
from storage.mongo.server import must_be_new_enough
from tickets.ports.store import StoreUnavailable

MARK: Final = {"_id": "move"}
"""The record in ``meta`` of a database that a store is being moved into."""
PATIENCE: Final = 30.0
"""Seconds that one call may take. It is long, because no requester waits for it."""


@asynccontextmanager
async def opened(uri: str, name: str) -> AsyncIterator[Database]:
    """A database that has this program's version. Raises CannotBeDone and StoreUnavailable."""
    async with reached(uri, name) as database:
        schema = await database.meta.find_one({"_id": "schema"})
        if schema is None:
            raise CannotBeDone(f"there is no store in the database {name}; do MONGO_URI and DB_NAME name it?")
        await must_be_whole(database)
        if schema["version"] != 1 + len(STEPS) or "migration" in schema:
            raise CannotBeDone(other_version(schema["version"], 1 + len(STEPS)))
        yield database


@asynccontextmanager
async def reached(uri: str, name: str, by: str = MONGO_URI) -> AsyncIterator[Database]:
    """A database with any content. ``by`` is the setting or option that names it. Raises StoreUnavailable,
    also for errors of MongoDB in the block."""
    client = connect(uri, PATIENCE, by)
    try:
        await must_be_new_enough(client)
        yield client[name]
    except PyMongoError as error:
        cure = cure_of_refusal(error) or "Is it running, and does MONGO_URI name it?"
        raise StoreUnavailable(f"MongoDB: {in_short(error)}. {cure.replace(MONGO_URI, by)}") from error
    finally:
        client.close()


async def must_be_whole(database: Database) -> None:
    """Raises StoreUnavailable while another store is moved into this one."""
    if await database.meta.find_one(MARK) is not None:
        raise StoreUnavailable(
            f"another store is being moved into the database {database.name}; wait for that, or give "
            "guildesk move again if it was stopped"
        )
