"""The feed in MongoDB. The leader gives each event the next position, and every process follows the feed."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from storage.codec import Record, event_from_record
from storage.mongo import user_counts
from storage.mongo.connection import LARGEST, Database, is_of_the_record, may_be_away
from storage.mongo.lease import Guard
from storage.mongo.projector import Projector
from storage.mongo.stale_days import make_stale
from storage.mongo.user_counts import whose_count_changes
from tickets.events import TicketChanged
from tickets.model import EventId, TicketId, UserKey
from tickets.ports.bell import Bell
from tickets.ports.feed import Fed
from tickets.ports.lease import NotLeader
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 200
MOST_KNOWN = 10_000
"""Tickets."""
PAUSE = 0.2
"""Seconds between two rounds if nothing wakes the reader, and after a failure."""


DUE: Final[Record] = {"due.feed": {"$exists": True}}
"""Which events have to be put into the feed."""


class MongoFeed:
    """The port ``Feed``."""

    def __init__(self, database: Database) -> None:
        self._feed = database.feed
        self._events = database.events

    @may_be_away
    async def after(
        self,
        pos: int,
        *,
        requester: UserKey | None = None,
        tickets: Collection[TicketId] = (),
        limit: int = 100,
    ) -> list[Fed]:
        which: Record = {"pos": {"$gt": min(pos, LARGEST)}}
        if requester is not None and tickets:
            which["$or"] = [{"requester_key": str(requester)}, {"ticket_id": {"$in": list(tickets)}}]
        elif requester is not None:
            which["requester_key"] = str(requester)
        return await self._page(which, limit)

    @may_be_away
    async def of_ticket(self, ticket_id: TicketId, pos: int, *, limit: int = 100) -> list[Fed]:
        return await self._page({"ticket_id": ticket_id, "pos": {"$gt": min(pos, LARGEST)}}, limit)

    @may_be_away
    async def news(self, pos: int, *, limit: int) -> list[tuple[Fed, Collection[str]]]:
        """The entries after a position, each with the names of the sinks that still have to show it."""
        found = await self._with_records({"pos": {"$gt": min(pos, LARGEST)}}, limit)
        return [(fed, record.get("due", {}).keys()) for fed, record in found]

    async def _page(self, which: Record, limit: int) -> list[Fed]:
        return [fed for fed, _ in await self._with_records(which, limit)]

    async def _with_records(self, which: Record, limit: int) -> list[tuple[Fed, Record]]:
        entries = await self._feed.find(which, sort=[("pos", ASCENDING)], limit=limit).to_list(None)
        ids = [entry["event"] for entry in entries]
        found = await self._events.find({"_id": {"$in": ids}}).to_list(None) if ids else []
        records = {record["_id"]: record for record in found}
        return [
            (Fed(it["pos"], UserKey.parse(it["requester_key"]), event_from_record(record)), record)
            for it in entries
            for record in [records[it["event"]]]
        ]

    @may_be_away
    async def last(self) -> int:
        newest = await self._feed.find_one({}, sort=[("pos", DESCENDING)])
        return 0 if newest is None else int(newest["pos"])

    @may_be_away
    async def entry(self, ticket_id: TicketId, seq: int) -> Fed | None:
        entry = await self._feed.find_one({"ticket_id": ticket_id, "seq": seq})
        record = None if entry is None else await self._events.find_one({"_id": entry["event"]})
        if entry is None or record is None:
            return None
        return Fed(entry["pos"], UserKey.parse(entry["requester_key"]), event_from_record(record))

    @may_be_away
    async def event_at(self, pos: int) -> EventId | None:
        entry = await self._feed.find_one({"pos": min(pos, LARGEST)}, {"event": 1})
        record = (
            None if entry is None else await self._events.find_one({"_id": entry["event"]}, {"event_id": 1})
        )
        return None if record is None else EventId(record["event_id"])


class Tail:
    """Rings the bell for every new event in the feed, also from other processes."""

    def __init__(self, feed: MongoFeed, bell: Bell, pause: float) -> None:
        self._feed = feed
        self._bell = bell
        self._pause = pause
        self._pos = 0
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def begin(self) -> None:
        """Begin after the newest event: the bell is not rung for those that exist."""
        self._pos = await self._feed.last()

    async def run(self) -> None:
        """Ring until cancelled."""
        while True:
            self._wake.clear()
            try:
                while page := await self._feed.news(self._pos, limit=AT_ONCE):
                    for fed, due in page:
                        self._bell.ring(fed.event, fed.requester, due)
                    self._pos = page[-1][0].pos
            except StoreUnavailable as error:
                log.debug("the feed cannot be read: %s", error)
            await _woken(self._wake, self._pause)


@dataclass(slots=True)
class Newest:
    """What this feeder has put into the feed last: the newest position, and the newest event of each ticket.
    As long as it is the only feeder, it need not ask the database. Unique indexes show when it is not."""

    pos: int | None = None
    seqs: dict[str, int] = field(default_factory=dict)

    def keep(self, records: Sequence[Record]) -> None:
        self.pos = (self.pos or 0) + len(records)
        if len(self.seqs) > MOST_KNOWN:
            self.seqs.clear()
        for record in records:
            self.seqs[record["ticket_id"]] = record["seq"]


class Feeder:
    """Puts due events into the feed, those of a ticket in the order of their seqs.

    An event in the feed is in the read models as well. So a crash can only leave behind events that are
    still due. Positions are unique: of two feeders, one gets a position and the other tries again. ``fed``
    is called after each step."""

    def __init__(
        self, database: Database, projector: Projector, fed: Callable[[], None], pause: float
    ) -> None:
        self._database = database
        self._feed = database.feed
        self._events = database.events
        self._tickets = database.tickets
        self._projector = projector
        self._has_fed = fed
        self._pause = pause
        self._newest = Newest()
        self._stuck: set[str] = set()
        """Tickets whose read models cannot be brought up to date."""
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look for due events now. Without this call they are found a little later."""
        self._wake.set()

    async def bring_up(self) -> None:
        """Bring the read models up to date with all due events, also for processes that have died."""
        due = await self._events.find(DUE, {"ticket_id": 1, "seq": 1}).to_list(None)
        await self._bring_up(due)

    async def run(self, guard: Guard) -> None:
        """Feed until cancelled, or until another process leads. Try again after failures."""
        while True:
            self._wake.clear()
            try:
                while await self._pass(guard):
                    pass
            except NotLeader as over:
                log.info("feeding ends: %s", over)
                return
            except (PyMongoError, StoreUnavailable) as error:
                log.warning("the feed waits: %s", error)
                await asyncio.sleep(self._pause)
            except Exception:
                log.exception("the feed stands still")
                await asyncio.sleep(self._pause)
            else:
                await _woken(self._wake, self._pause)

    async def _pass(self, guard: Guard) -> bool:
        """Feed once. Returns whether there may be more to do at once."""
        which = {**DUE, "ticket_id": {"$nin": [*self._stuck]}} if self._stuck else DUE
        due = await self._events.find(
            which, sort=[("due.feed", ASCENDING), ("_id", ASCENDING)], limit=AT_ONCE
        ).to_list(None)
        await self._bring_up(due)
        due = [record for record in due if record["ticket_id"] not in self._stuck]
        if not due:
            return False
        fed = await self._fed(due)
        fresh = next_in_turn(due, fed)
        await guard.check()
        try:
            await self._give_positions(fresh)
        except BaseException as error:
            self._newest = Newest()
            if isinstance(error, DuplicateKeyError | BulkWriteError):
                return True  # another feeder was faster, or this one did it in an earlier try
            raise
        finally:
            self._has_fed()
        done = [record for record in due if record["seq"] <= fed.get(record["ticket_id"], 0)] + fresh
        await self._hand_over(done)
        await make_stale(self._database, done)
        await user_counts.make_stale(self._database, whose_count_changes(done))
        ids = [record["_id"] for record in done]
        await self._events.update_many({"_id": {"$in": ids}}, {"$unset": {"due.feed": ""}})
        return bool(done)

    async def _bring_up(self, due: Sequence[Record]) -> None:
        """Bring up the tickets that this process has not brought up to date itself."""
        ordered = sorted(due, key=itemgetter("seq"))
        newest = {record["ticket_id"]: record["seq"] for record in ordered}
        newest = {
            it: seq for it, seq in newest.items() if not self._projector.has_projected(TicketId(it), seq)
        }
        if not newest:
            return
        cursor = self._tickets.find({"_id": {"$in": list(newest)}}, {"seq": 1})
        seqs = {record["_id"]: record["seq"] for record in await cursor.to_list(None)}
        for ticket_id, seq in newest.items():
            if seqs.get(ticket_id, 0) < seq:
                await self._bring_up_one(TicketId(ticket_id))

    async def _bring_up_one(self, ticket_id: TicketId) -> None:
        """Bring up one ticket. If that fails, the other tickets are still fed."""
        try:
            await self._projector.current(ticket_id)
        except Exception as error:
            if not is_of_the_record(error):
                raise
            log.exception("ticket %s cannot be brought up to date, and its events are not fed", ticket_id)
            self._stuck.add(ticket_id)

    async def _give_positions(self, records: Sequence[Record]) -> None:
        if not records:
            return
        if self._newest.pos is None:
            newest = await self._feed.find_one({}, sort=[("pos", DESCENDING)])
            self._newest.pos = 0 if newest is None else newest["pos"]
        first = self._newest.pos + 1
        entries = [
            {
                "pos": pos,
                "requester_key": record["requester_key"],
                "ticket_id": record["ticket_id"],
                "seq": record["seq"],
                "event": record["_id"],
            }
            for pos, record in enumerate(records, first)
        ]
        await self._feed.insert_many(entries, ordered=True)
        self._newest.keep(records)

    async def _hand_over(self, records: Sequence[Record]) -> None:
        """Set the new requester on events that were read before their ticket got one, and fed afterwards."""
        for record in records:
            if record["type"] != TicketChanged.__name__:
                continue
            data = event_from_record(record).data
            if isinstance(data, TicketChanged) and data.hands_over:
                earlier = {"ticket_id": record["ticket_id"], "seq": {"$lt": record["seq"]}}
                await self._feed.update_many(earlier, {"$set": {"requester_key": record["requester_key"]}})

    async def _fed(self, due: Sequence[Record]) -> dict[str, int]:
        """The newest seq in the feed, for each ticket that has due events."""
        lowest: dict[str, int] = {}
        for record in due:
            lowest[record["ticket_id"]] = min(record["seq"], lowest.get(record["ticket_id"], LARGEST))
        about = [{"ticket_id": ticket_id, "seq": {"$gte": seq - 1}} for ticket_id, seq in lowest.items()]
        known = {it: self._newest.seqs[it] for it in lowest if it in self._newest.seqs}
        if len(known) == len(lowest):
            return known
        rows = self._feed.aggregate(
            [{"$match": {"$or": about}}, {"$group": {"_id": "$ticket_id", "seq": {"$max": "$seq"}}}]
        )
        return {row["_id"]: row["seq"] for row in await rows.to_list(None)}


async def _woken(wake: asyncio.Event, pause: float) -> None:
    """Wait until woken, or for the pause."""
    try:
        async with asyncio.timeout(pause):
            await wake.wait()
    except TimeoutError:
        pass


def next_in_turn(due: Sequence[Record], fed: Mapping[str, int]) -> list[Record]:
    """The events that may go into the feed now: each once, and in the order of its ticket. An earlier event
    may be missing, because the read of due events is no snapshot."""
    waiting: dict[str, dict[int, Record]] = defaultdict(dict)
    for record in due:
        waiting[record["ticket_id"]][record["seq"]] = record
    newest = dict(fed)
    turn = []
    for record in due:
        ticket_id = record["ticket_id"]
        seq = newest.get(ticket_id, 0) + 1
        if record["seq"] > fed.get(ticket_id, 0) and seq in waiting[ticket_id]:
            turn.append(waiting[ticket_id][seq])
            newest[ticket_id] = seq
    return turn
