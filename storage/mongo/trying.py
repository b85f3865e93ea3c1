"""Tries a MongoDB: whether a majority keeps what is written, and reads it again."""

import secrets

from pymongo.errors import PyMongoError

from storage.migration import StoreIsNewer
from storage.mongo.connection import connect, in_short
from storage.mongo.schema import STEPS
from storage.mongo.server import must_be_new_enough
from tickets.ports.store import StoreUnavailable

TRIED = "tried_by_doctor"
"""The collection, gone again afterwards."""


async def try_mongo(uri: str, name: str) -> bool:
    """Whether a store of this version is there. Raises StoreUnavailable."""
    client = connect(uri)
    try:
        await must_be_new_enough(client)
        database = client[name]
        schema = await database.meta.find_one({"_id": "schema"})
        if schema is not None and schema["version"] > 1 + len(STEPS):
            raise StoreIsNewer(schema["version"], 1 + len(STEPS))
        mark = {"_id": secrets.token_hex(8)}
        try:
            await database[TRIED].insert_one(mark)
            if await database[TRIED].find_one(mark) is None:
                raise StoreUnavailable("MongoDB does not give back what it has taken")
        finally:
            await database[TRIED].drop()
        return schema is not None and schema["version"] == 1 + len(STEPS)
    except PyMongoError as error:
        raise StoreUnavailable(f"MongoDB: {in_short(error)}") from error
    finally:
        client.close()
