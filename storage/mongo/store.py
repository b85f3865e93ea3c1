"""The store on MongoDB, opened and closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pymongo.errors import PyMongoError

from storage.mongo.backlog import MongoBacklog
from storage.mongo.channels import MongoChannels
from storage.mongo.connection import PATIENCE, Database, connect, may_be_away
from storage.mongo.feed import PAUSE, Feeder, MongoFeed
from storage.mongo.files import GridFiles
from storage.mongo.log import MongoLog
from storage.mongo.people import MongoPeople
from storage.mongo.projector import Projector
from storage.mongo.schema import bring_up_to_date, deployment
from storage.mongo.views import MongoViews
from tickets.bell import Bell
from tickets.ports import Clock, Store, StoreUnavailable


@asynccontextmanager
async def open_mongo(uri: str, name: str, clock: Clock, patience: float = PATIENCE) -> AsyncIterator[Store]:
    """The store in the database of this name. ``patience`` is how many seconds one operation may take.

    Raises StoreIsNewer and StoreUnavailable."""
    client = connect(uri, patience)
    try:
        async with open_database(client[name], clock) as store:
            yield store
    finally:
        client.close()


@asynccontextmanager
async def open_database(database: Database, clock: Clock, pause: float = PAUSE) -> AsyncIterator[Store]:
    """The same, on a client of the caller's; ``pause`` is the feeder's."""
    bell = Bell()
    projector = Projector(database)
    feeder = Feeder(database, projector, bell, pause)
    try:
        await bring_up_to_date(database)
        given = await deployment(database)
        await feeder.catch_up()
    except PyMongoError as error:
        raise StoreUnavailable(
            f"MongoDB cannot be used: {error}. Is it running, and do MONGO_URI and DB_NAME name it?"
        ) from error
    log = MongoLog(database, projector, feeder, clock)
    feeding = asyncio.create_task(feeder.run(), name="feeder")

    @may_be_away
    async def check() -> None:
        await database.meta.find_one({"_id": "schema"})

    try:
        yield Store(
            name=f"MongoDB database {database.name}",
            deployment=given,
            bell=bell,
            log=log,
            views=MongoViews(database, projector),
            people=MongoPeople(database),
            backlog=MongoBacklog(database, projector),
            channels=MongoChannels(database, projector),
            feed=MongoFeed(database),
            files=GridFiles(database),
            check=check,
        )
    finally:
        await log.close()
        feeding.cancel()
        with suppress(asyncio.CancelledError):
            await feeding
