"""Tries a MongoDB: whether a majority keeps what is written, and reads it again."""

import secrets

from pymongo.errors import PyMongoError

from storage.migration import StoreIsNewer
from storage.mongo.connection import connect, in_short
from storage.mongo.schema import STEPS
from storage.mongo.server import must_be_new_enough
from tickets.ports.store import StoreUnavailable

TRIED = "tried_by_doctor"
"""What the collection's name begins with; each try has one of its own, gone again afterwards."""


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
        tried = database[f"{TRIED}_{mark['_id']}"]
        try:
            await tried.insert_one(mark)
            if await tried.find_one(mark) is None:
                raise StoreUnavailable("MongoDB does not give back what it has taken")
        finally:
            await tried.drop()
        return schema is not None and schema["version"] == 1 + len(STEPS)
    except PyMongoError as error:
        raise StoreUnavailable(f"MongoDB: {in_short(error)}") from error
    finally:
        client.close()
