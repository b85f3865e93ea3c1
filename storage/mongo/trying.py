"""Tries a MongoDB: writes a record with a majority, and reads it again."""

import secrets

from pymongo.errors import PyMongoError

from storage.migration import StoreIsNewer
from storage.mongo.connection import connect, cure_of_refusal, in_short
from storage.mongo.schema import STEPS
from storage.mongo.server import must_be_new_enough
from tickets.ports.store import StoreUnavailable

TRIED = "tried_by_doctor"
"""The collection's name begins so. Each try has a collection of its own, and removes it afterwards."""


def cure_of(error: BaseException) -> str:
    """What to do where MongoDB cannot be used."""
    return cure_of_refusal(error) or "Is it running, and do MONGO_URI and DB_NAME name it?"


async def try_mongo(uri: str, name: str) -> bool:
    """Whether there is a store of this version. Raises StoreUnavailable."""
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
