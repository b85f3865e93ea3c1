"""The log in MongoDB. One insert is the commit, and unique indexes decide which append came first."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from weakref import WeakValueDictionary

from bson import ObjectId
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from storage.codec import Record, event_from_record, event_record
from storage.mongo.connection import Attempts, Database, away, may_be_away
from storage.mongo.feed import Feeder
from storage.mongo.inserting import Together
from storage.mongo.migration import VersionLooks
from storage.mongo.openings import Openings
from storage.mongo.projector import Projector
from storage.search_events import ADDING, tells
from tickets.decisions import Decide, Decision, State, next_event
from tickets.events import Event
from tickets.fold import ticket_after
from tickets.fold_messages import message_after
from tickets.model import EventId, Message, MessageId, Millis, Ticket, TicketId, UserKey
from tickets.ports.sinks import Listening, due_at
from tickets.ports.store import Appended, Clock, StoreUnavailable
from tickets.sources import Source

log = logging.getLogger(__name__)


class MongoLog:
    """The port ``Log``.

    Within this process, the appends to a ticket take turns. Among processes, the unique index on
    (ticket_id, seq) lets one through; the others decide again on the new state."""

    def __init__(
        self,
        database: Database,
        projector: Projector,
        feeder: Feeder,
        clock: Clock,
        looks: VersionLooks,
        sinks: Sequence[Listening],
    ) -> None:
        self._sinks = sinks
        self._events = database.events
        self._inserting = Together(database.events)
        self._counters = database.counters
        self._openings = Openings(database, "requester")
        self._givings = Openings(database, "assignee")
        self._projector = projector
        self._feeder = feeder
        self._clock = clock
        self._looks = looks
        self._turns: WeakValueDictionary[TicketId, asyncio.Lock] = WeakValueDictionary()
        self._closed = False

    async def append(
        self,
        address: str,
        source: Source,
        decide: Decide,
        about: MessageId | None = None,
        *,
        opens_for: UserKey | None = None,
        gives_to: Sequence[UserKey] = (),
    ) -> Appended:
        with away():
            ticket_id = await self._projector.id_at(address)
        async with (
            self._counting(self._openings, () if opens_for is None else (opens_for,), ticket_id) as others,
            self._counting(self._givings, gives_to, ticket_id) as given,
        ):

            def deciding(state: State) -> Decision:
                return decide(replace(state, open_tickets=others, given_tickets=given))

            return await self._append(ticket_id, source, deciding, about)

    @asynccontextmanager
    async def _counting(
        self, openings: Openings, keys: Sequence[UserKey], ticket_id: TicketId
    ) -> AsyncIterator[int]:
        """How many other open tickets whoever has these keys has; the ticket counts while the block runs."""
        if not keys:
            yield 0
            return
        async with openings.begun(keys[0], ticket_id, self._clock()) as before:
            yield await openings.open_tickets(keys, ticket_id, before)

    async def _append(
        self, ticket_id: TicketId, source: Source, decide: Decide, about: MessageId | None
    ) -> Appended:
        turn = self._turns.setdefault(ticket_id, asyncio.Lock())
        async with turn:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            now = self._clock()
            attempts = Attempts(f"appending to ticket {ticket_id}")
            while True:
                await attempts.one_more()
                ticket = self._projector.remembered(ticket_id)
                appended = await self._attempt(ticket_id, source, decide, about, now, ticket)
                if appended is not None:
                    return appended
                self._projector.forget(ticket_id)

    @may_be_away
    async def next_number(self) -> int:
        try:
            return await self._next_number()
        except DuplicateKeyError:  # two made the counter at the same time
            return await self._next_number()

    @may_be_away
    async def events(self, ticket_id: TicketId, *, after: int = 0, upto: int | None = None) -> list[Event]:
        return await self._projector.events(ticket_id, after=after, upto=upto)

    async def close(self) -> None:
        """Refuse new appends, and wait for those in progress."""
        self._closed = True
        for turn in list(self._turns.values()):
            async with turn:
                pass

    async def _attempt(
        self,
        ticket_id: TicketId,
        source: Source,
        decide: Decide,
        about: MessageId | None,
        now: Millis,
        remembered: Ticket | None,
    ) -> Appended | None:
        """Try to append once. Returns None if the decision must be made again: another event came first, or
        the decision refused on a remembered state of the ticket."""
        with away():
            await self._looks.must_be_known()
            ticket = remembered or await self._projector.current(ticket_id)
            message = None if about is None else await self._projector.message(ticket_id, about)
        try:
            decision = decide(State(ticket, message))
        except Exception:
            if remembered is not None:
                return None
            if (again := await self._again(ticket_id, source.event_id)) is not None:
                return again
            raise
        event = next_event(ticket_id, ticket, source, decision, now)
        after = ticket_after(ticket, event)
        if event.message_id not in (None, about) and not isinstance(event.data, ADDING):
            with away():
                message = await self._projector.message(ticket_id, event.message_id)
        message = message_after(message, event) if event.message_id is not None else None
        return await self._insert(ticket, Appended(event, after, message, fresh=True), now)

    async def _insert(self, before: Ticket | None, appended: Appended, now: Millis) -> Appended | None:
        ticket_id, event_id = appended.ticket.id, appended.event.id
        record = _record(appended, self._sinks, now)
        try:
            await self._inserting.insert(record)
        except PyMongoError as error:
            self._projector.is_behind(ticket_id)
            found = await self._find(ticket_id, event_id)
            if found is None:
                if isinstance(error, DuplicateKeyError):
                    return None
                raise StoreUnavailable(f"MongoDB: {error}") from error
            if found["_id"] != record["_id"]:
                return await self._again(ticket_id, event_id)
            # It was inserted, and only the answer was lost.
        try:
            await self._projector.project(before, appended.event, appended.ticket, appended.message)
        except PyMongoError as error:
            log.warning("ticket %s is not up to date in the read models: %s", ticket_id, error)
        self._feeder.wake()
        return appended

    async def _again(self, ticket_id: TicketId, event_id: EventId) -> Appended | None:
        """The event if the log has it already, with the ticket's present state."""
        found = await self._find(ticket_id, event_id)
        if found is None:
            return None
        event = event_from_record(found)
        with away():
            ticket = await self._projector.current(ticket_id)
            message = await self._message_of(event)
        if ticket is None:
            raise AssertionError(f"ticket {ticket_id} has events and no state")
        return Appended(event, ticket, message, fresh=False)

    async def _message_of(self, event: Event) -> Message | None:
        if event.message_id is None:
            return None
        return await self._projector.message(event.ticket_id, event.message_id)

    @may_be_away
    async def _find(self, ticket_id: TicketId, event_id: EventId) -> Record | None:
        return await self._events.find_one({"ticket_id": ticket_id, "event_id": event_id})

    async def _next_number(self) -> int:
        counter = await self._counters.find_one_and_update(
            {"_id": "number"}, {"$inc": {"value": 1}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(counter["value"])


def _record(appended: Appended, sinks: Sequence[Listening], now: Millis) -> Record:
    """The event's record. Its ``_id`` tells this attempt from another one's event with the same event id.

    It is due at once, also where the clock was set back since the event before it."""
    event, ticket = appended.event, appended.ticket
    due = min(event.at, now)
    return {
        "_id": ObjectId(),
        **event_record(event),
        "requester_key": str(ticket.requester),
        "urgency": ticket.issue_level.urgency,
        "due": {
            **{str(it): due for it in due_at(sinks, event, ticket)},
            "feed": due,
            **({"words": due} if tells(event) else {}),
        },
    }
