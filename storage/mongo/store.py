"""The store on MongoDB, opened and closed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from pymongo.errors import PyMongoError

from storage.background import beside
from storage.migration import NewerProgram, StoreIsNewer
from storage.mongo.agents import MongoAgents
from storage.mongo.backlog import MongoBacklog
from storage.mongo.channels import MongoChannels
from storage.mongo.connection import PATIENCE, Database, connect, in_short, may_be_away
from storage.mongo.depths import MongoDepths
from storage.mongo.feed import PAUSE, Feeder, MongoFeed, Tail
from storage.mongo.files import GridFiles
from storage.mongo.idempotency import MongoIdempotencyKeys
from storage.mongo.lease import Guard, MongoLease
from storage.mongo.lists import MongoLists
from storage.mongo.log import MongoLog
from storage.mongo.migration import LOOK, OTHERS_END_WITHIN, Step, VersionLooks
from storage.mongo.projector import Projector
from storage.mongo.queue import MongoRated, MongoWaiting
from storage.mongo.readings import MongoReadings
from storage.mongo.reports import MongoReports
from storage.mongo.schema import STEPS, bring_up_to_date, deployment
from storage.mongo.signals import Passing
from storage.mongo.timers import MongoTimers
from storage.mongo.uploads import MongoUploads
from storage.mongo.users import MongoPeople, MongoUsers
from storage.mongo.views import MongoViews
from storage.mongo.words import MongoWords
from tickets.ports.bell import Bell
from tickets.ports.lease import Term
from tickets.ports.signals import Signals
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.ports.store import Clock, Store, StoreUnavailable


@asynccontextmanager
async def open_mongo(
    uri: str, name: str, clock: Clock, patience: float = PATIENCE, sinks: Sequence[Listening] = EVERYTHING
) -> AsyncIterator[Store]:
    """The store in the database of this name. ``patience`` is how many seconds one operation may take.

    Raises StoreIsNewer and StoreUnavailable."""
    client = connect(uri, patience)
    try:
        async with open_database(client[name], clock, sinks=sinks) as store:
            yield store
    finally:
        client.close()


@asynccontextmanager
async def open_database(
    database: Database,
    clock: Clock,
    pause: float = PAUSE,
    steps: Sequence[Step] = STEPS,
    others_end_within: float = OTHERS_END_WITHIN,
    sinks: Sequence[Listening] = EVERYTHING,
) -> AsyncIterator[Store]:
    """The same, on a client of the caller's; ``pause`` is that of the feeder and the tail."""
    bell = Bell()
    projector = Projector(database, sinks)
    words = MongoWords(database, projector)
    feed = MongoFeed(database)
    tail = Tail(feed, bell, pause)
    feeder = Feeder(database, projector, tail.wake, pause)
    signals = Signals()
    passing = Passing(database, signals, clock, pause)
    try:
        await bring_up_to_date(database, steps, others_end_within)
        given = await deployment(database)
        await feeder.bring_up()
        await tail.begin()
        await passing.begin()
    except StoreIsNewer:
        raise
    except (PyMongoError, StoreUnavailable) as error:
        raise StoreUnavailable(
            f"MongoDB cannot be used: {in_short(error)}. Is it running, and do MONGO_URI and DB_NAME name it?"
        ) from error
    newer = NewerProgram(1 + len(steps))
    looks = VersionLooks(database, newer, min(pause * 5, LOOK))
    log = MongoLog(database, projector, feeder, clock, looks, sinks)

    @asynccontextmanager
    async def lead(term: Term) -> AsyncIterator[Store]:
        guard = Guard(database, looks, term.epoch)
        led = replace(
            store,
            backlog=MongoBacklog(database, projector, guard, sinks),
            timers=MongoTimers(database, guard),
            channels=MongoChannels(database, projector, guard),
        )
        async with beside(feeder.run(guard), "feeder"), beside(words.run(), "words"):
            yield led

    @may_be_away
    async def check() -> None:
        await database.meta.find_one({"_id": "schema"})

    anybody = Guard(database, looks)
    store = Store(
        name=f"MongoDB database {database.name}",
        deployment=given,
        bell=bell,
        signals=signals,
        log=log,
        views=MongoViews(database, projector, MongoLists(database, words)),
        people=MongoPeople(database),
        backlog=MongoBacklog(database, projector, anybody, sinks),
        timers=MongoTimers(database, anybody),
        channels=MongoChannels(database, projector, anybody),
        feed=feed,
        files=GridFiles(database),
        idempotency_keys=MongoIdempotencyKeys(database),
        uploads=MongoUploads(database),
        waiting=MongoWaiting(database, projector),
        agents=MongoAgents(database, projector),
        rated=MongoRated(database, projector),
        reports=MongoReports(database, projector),
        readings=MongoReadings(database),
        users=MongoUsers(database, projector, clock),
        depths=MongoDepths(database, projector, sinks),
        lease=MongoLease(database),
        lead=lead,
        check=check,
        until_newer=newer.wait,
    )
    async with (
        beside(tail.run(), "tail"),
        beside(passing.run(), "passing_signals"),
        beside(looks.run(), "looking at the version"),
    ):
        try:
            yield store
        finally:
            await log.close()
