"""Tries a MongoDB: writes a record with a majority, and reads it again."""

import secrets

from pymongo.errors import OperationFailure, PyMongoError

from storage.migration import StoreIsNewer
from storage.mongo.connection import connect, in_short
from storage.mongo.schema import STEPS
from storage.mongo.server import must_be_new_enough
from tickets.ports.store import StoreUnavailable

TRIED = "tried_by_doctor"
"""The collection's name begins so. Each try has a collection of its own, and removes it afterwards."""


_CURES = {
    18: "Put the right name and password into MONGO_URI (/ and @ in them as %2F and %40; ?authSource= names "
    "the database of the user)",
    13: "Give the user of MONGO_URI the role readWrite on DB_NAME",
}
"""What to do by a code of MongoDB's: AuthenticationFailed, Unauthorized."""


def cure_of(error: BaseException) -> str:
    """What to do where MongoDB cannot be used."""
    code = error.code if isinstance(error, OperationFailure) else None
    return _CURES.get(code or 0, "Is it running, and do MONGO_URI and DB_NAME name it?")


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
