"""The store on MongoDB, opened and closed."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, Final

from pymongo.errors import OperationFailure, PyMongoError

from storage.background import in_background
from storage.migration import NewerProgram, StoreIsNewer
from storage.mongo.accounts import MongoAccounts, MongoProofs
from storage.mongo.agents import MongoAgents
from storage.mongo.backlog import MongoBacklog
from storage.mongo.canned import MongoCannedAnswers
from storage.mongo.channels import MongoChannels, MongoPlaces
from storage.mongo.connection import PATIENCE, Client, Database, connect, in_short, may_be_away
from storage.mongo.deadlines import Lines, in_time
from storage.mongo.depths import MongoDepths
from storage.mongo.erasing import MongoErasures
from storage.mongo.feed import PAUSE, Feeder, MongoFeed, Tail
from storage.mongo.files import GridFiles
from storage.mongo.for_commands import must_be_whole
from storage.mongo.idempotency import MongoIdempotencyKeys
from storage.mongo.lease import Guard, MongoLease
from storage.mongo.lists import MongoLists
from storage.mongo.log import MongoLog
from storage.mongo.looks import MongoLooks
from storage.mongo.migration import LOOK, OTHERS_END_WITHIN, Step, VersionLooks
from storage.mongo.notifications import MongoNotifications, MongoSendingQueue
from storage.mongo.processes import MongoProcesses
from storage.mongo.projector import Projector
from storage.mongo.queue import MongoRated, MongoWaiting
from storage.mongo.readings import MongoReadings
from storage.mongo.reports import MongoReports
from storage.mongo.schema import STEPS, bring_up_to_date, deployment
from storage.mongo.server import must_be_new_enough
from storage.mongo.sessions import MongoSessions, MongoSigningKeys, MongoTries
from storage.mongo.signals import Passing
from storage.mongo.timers import MongoTimers
from storage.mongo.uploads import MongoUploads
from storage.mongo.user_counts import count_forever
from storage.mongo.users import MongoPeople, MongoUsers
from storage.mongo.views import MongoViews
from storage.mongo.webhooks import MongoWebhooks
from storage.mongo.words import MongoWords
from tickets.counting import Counting
from tickets.ports.accounts import Identity
from tickets.ports.bell import Bell
from tickets.ports.lease import Term
from tickets.ports.signals import Signals
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.ports.store import Clock, Deployment, Store, StoreUnavailable


@asynccontextmanager
async def open_mongo(
    uri: str, name: str, clock: Clock, patience: float = PATIENCE, sinks: Sequence[Listening] = EVERYTHING
) -> AsyncIterator[Store]:
    """The store in the database of this name. ``patience`` is how many seconds one call may take.

    Raises StoreIsNewer and StoreUnavailable."""
    client: Client = connect(uri, patience)
    try:
        with _at_the_start():
            await must_be_new_enough(client)
        async with open_database(client[name], clock, patience=patience, sinks=sinks) as store:
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
    patience: float = PATIENCE,
) -> AsyncIterator[Store]:
    """The same, on a database of the caller. ``pause`` is that of the feeder and the tail, in seconds."""
    lines = Lines(database, patience)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(lines.end)
        parts = _Parts(database, lines, clock, pause, steps, sinks)
        with _at_the_start():
            await must_be_whole(database)
            await bring_up_to_date(database, steps, others_end_within)
            given = await deployment(parts.database)
            await parts.begin()
        await parts.run(stack)
        stack.push_async_callback(parts.log.close)
        yield parts.store(given)


NOT_ALLOWED: Final = (13, 18, 8000)
"""Codes of errors for whoever has not signed in, or may not do that."""


@contextmanager
def _at_the_start() -> Iterator[None]:
    """Errors at the start, which mostly come from the settings, raise StoreUnavailable with the cure."""
    try:
        yield
    except StoreIsNewer:
        raise
    except (PyMongoError, StoreUnavailable) as error:
        if _is_refused(error):
            raise StoreUnavailable(
                f"MongoDB cannot be used: {in_short(error)}. Let MONGO_URI have name, password and "
                "authSource of a user with the role readWrite on DB_NAME"
            ) from error
        raise StoreUnavailable(
            f"MongoDB cannot be used: {in_short(error)}. Is it running, and do MONGO_URI and DB_NAME name it?"
        ) from error


def _is_refused(error: BaseException | None) -> bool:
    """Whether the server does not let the user in, or do what is needed."""
    while error is not None:
        if isinstance(error, OperationFailure) and error.code in NOT_ALLOWED:
            return True
        error = error.__cause__
    return False


class _Parts:
    """The parts behind the ports, each built once."""

    def __init__(
        self,
        database: Database,
        lines: Lines,
        clock: Clock,
        pause: float,
        steps: Sequence[Step],
        sinks: Sequence[Listening],
    ) -> None:
        self.database = in_time(database, lines)
        self.files = GridFiles(database, lines)
        self.clock = clock
        self.sinks = sinks
        self.bell = Bell()
        self.signals = Signals()
        self.projector = Projector(self.database, sinks)
        self.words = MongoWords(self.database, self.projector)
        self.feed = MongoFeed(self.database)
        self.tail = Tail(self.feed, self.bell, pause)
        self.feeder = Feeder(self.database, self.projector, self.tail.wake, pause)
        self.passing = Passing(self.database, self.signals, clock, pause)
        self.newer = NewerProgram(1 + len(steps))
        self.looks = VersionLooks(self.database, self.newer, min(pause * 5, LOOK))
        self.log = MongoLog(self.database, self.projector, self.feeder, clock, self.looks, sinks)

    async def begin(self) -> None:
        await self.feeder.bring_up()
        await self.tail.begin()
        await self.passing.begin()

    async def run(self, stack: AsyncExitStack) -> None:
        """Start the work that every process does for its store, until the stack closes."""
        for work, name in (
            (self.tail.run(), "tail"),
            (self.passing.run(), "passing_signals"),
            (self.looks.run(), "looking at the version"),
            (self.words.go_on(), "words for searches"),
        ):
            await stack.enter_async_context(in_background(work, name))

    def store(self, given: Deployment) -> Store:
        database, projector = self.database, self.projector
        anybody = Guard(database, self.looks)

        @may_be_away
        async def check() -> None:
            await database.meta.find_one({"_id": "schema"})

        @asynccontextmanager
        async def lead(term: Term) -> AsyncIterator[Store]:
            guard = Guard(database, self.looks, term.epoch)
            led = replace(store, **self._guarded(guard))
            async with AsyncExitStack() as stack:
                for work, name in (
                    (self.feeder.run(guard), "feeder"),
                    (self.words.run(), "words"),
                    (Counting(led.reports).run(), "counting"),
                    (count_forever(database), "counting users"),
                    (self.files.sweep_forever(), "sweeping files"),
                ):
                    await stack.enter_async_context(in_background(work, name))
                yield led

        store = Store(
            name=f"MongoDB database {database.name}",
            deployment=given,
            bell=self.bell,
            signals=self.signals,
            log=self.log,
            views=MongoViews(database, projector, MongoLists(database, self.words)),
            people=MongoPeople(database, self.clock),
            **self._guarded(anybody),
            feed=self.feed,
            files=self.files,
            idempotency_keys=MongoIdempotencyKeys(database),
            uploads=MongoUploads(database),
            waiting=MongoWaiting(database, projector),
            agents=MongoAgents(database, projector),
            canned=MongoCannedAnswers(database),
            notifications=MongoNotifications(database),
            rated=MongoRated(database, projector),
            reports=MongoReports(database, projector),
            readings=MongoReadings(database),
            erasures=MongoErasures(database, projector),
            users=MongoUsers(database, projector, self.clock, self.signals),
            identity=Identity(
                accounts=MongoAccounts(database),
                sessions=MongoSessions(database),
                keys=MongoSigningKeys(database),
                proofs=MongoProofs(database),
                tries=MongoTries(database),
            ),
            depths=MongoDepths(database, projector, self.sinks),
            processes=MongoProcesses(database),
            looks=MongoLooks(database),
            lease=MongoLease(database),
            lead=lead,
            check=check,
            until_newer=self.newer.wait,
        )
        return store

    def _guarded(self, guard: Guard) -> Any:
        """The parts through which only the leader of the newest term writes."""
        return {
            "backlog": MongoBacklog(self.database, self.projector, guard, self.sinks),
            "timers": MongoTimers(self.database, guard),
            "sending_queue": MongoSendingQueue(self.database, guard, self.clock),
            "channels": MongoChannels(self.database, self.projector, guard),
            "threads": MongoPlaces(self.database.threads, self.database.thread_links, guard),
            "webhooks": MongoWebhooks(self.database, guard),
        }
