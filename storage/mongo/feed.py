"""The feed in MongoDB: a task gives each event the next position; readers read it as they like."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.projector import Projector
from storage.records import Record, event_from_record
from storage.ringing import ring
from tickets.bell import Bell
from tickets.model import UserKey
from tickets.ports import Fed

log = logging.getLogger(__name__)

AT_ONCE = 200
PAUSE = 1.0
"""Seconds between two looks without having been woken, and after a failure."""


class MongoFeed:
    """The port ``Feed``."""

    def __init__(self, database: Database) -> None:
        self._feed = database.feed
        self._events = database.events

    @may_be_away
    async def after(self, pos: int, *, requester: UserKey | None = None, limit: int = 100) -> list[Fed]:
        which: Record = {"pos": {"$gt": min(pos, LARGEST)}}
        if requester is not None:
            which["user"] = str(requester)
        entries = await self._feed.find(which, sort=[("pos", ASCENDING)], limit=limit).to_list(None)
        ids = [entry["event"] for entry in entries]
        records = await self._events.find({"_id": {"$in": ids}}).to_list(None) if ids else []
        events = {record["_id"]: event_from_record(record) for record in records}
        return [Fed(it["pos"], UserKey.parse(it["user"]), events[it["event"]]) for it in entries]

    @may_be_away
    async def last(self) -> int:
        newest = await self._feed.find_one({}, sort=[("pos", DESCENDING)])
        return 0 if newest is None else int(newest["pos"])


class Feeder:
    """Puts into the feed what is due there, a ticket's events in the order of their seqs, and rings.

    What it feeds is in the read models, so that only what is due can have been left behind by a crash.
    Positions are unique: of two feeders one is let through, and the other looks again."""

    def __init__(self, database: Database, projector: Projector, bell: Bell, pause: float) -> None:
        self._feed = database.feed
        self._events = database.events
        self._tickets = database.tickets
        self._projector = projector
        self._bell = bell
        self._pause = pause
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Feed until cancelled; whatever goes wrong is tried again."""
        while True:
            self._wake.clear()
            try:
                await self.catch_up()
            except PyMongoError as error:
                log.warning("the feed waits: %s", error)
                await asyncio.sleep(self._pause)
            except Exception:
                log.exception("the feed stands still")
                await asyncio.sleep(self._pause)
            else:
                await self._sleep()

    async def catch_up(self) -> None:
        """Feed all that is due now."""
        while await self._pass():
            pass

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(self._pause):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _pass(self) -> bool:
        """Whether there may be more to do at once."""
        due = await self._events.find(
            {"due.feed": {"$exists": True}}, sort=[("due.feed", ASCENDING), ("_id", ASCENDING)], limit=AT_ONCE
        ).to_list(None)
        if not due:
            return False
        await self._bring_up(due)
        fed = await self._fed(due)
        fresh = next_in_turn(due, fed)
        try:
            await self._give_positions(fresh)
        except (DuplicateKeyError, BulkWriteError):
            return True  # another feeder was faster, or this one earlier
        done = [record for record in due if record["seq"] <= fed.get(record["ticket_id"], 0)] + fresh
        for record in done:
            ring(self._bell, event_from_record(record), UserKey.parse(record["user"]))
        ids = [record["_id"] for record in done]
        await self._events.update_many({"_id": {"$in": ids}}, {"$unset": {"due.feed": ""}})
        return bool(done)

    async def _bring_up(self, due: Sequence[Record]) -> None:
        """Have the read models of these events, whether or not those who appended them live."""
        newest = {record["ticket_id"]: record["seq"] for record in sorted(due, key=itemgetter("seq"))}
        cursor = self._tickets.find({"_id": {"$in": list(newest)}}, {"seq": 1})
        seqs = {record["_id"]: record["seq"] for record in await cursor.to_list(None)}
        for ticket_id, seq in newest.items():
            if seqs.get(ticket_id, 0) < seq:
                await self._projector.current(ticket_id)

    async def _give_positions(self, records: Sequence[Record]) -> None:
        if not records:
            return
        newest = await self._feed.find_one({}, sort=[("pos", DESCENDING)])
        first = 1 if newest is None else newest["pos"] + 1
        entries = [
            {
                "pos": pos,
                "user": record["user"],
                "ticket_id": record["ticket_id"],
                "seq": record["seq"],
                "event": record["_id"],
            }
            for pos, record in enumerate(records, first)
        ]
        await self._feed.insert_many(entries, ordered=True)

    async def _fed(self, due: Sequence[Record]) -> dict[str, int]:
        """The newest seq in the feed of each ticket, as far as it matters to those that are due."""
        lowest: dict[str, int] = {}
        for record in due:
            lowest[record["ticket_id"]] = min(record["seq"], lowest.get(record["ticket_id"], LARGEST))
        about = [{"ticket_id": ticket_id, "seq": {"$gte": seq - 1}} for ticket_id, seq in lowest.items()]
        rows = self._feed.aggregate(
            [{"$match": {"$or": about}}, {"$group": {"_id": "$ticket_id", "seq": {"$max": "$seq"}}}]
        )
        return {row["_id"]: row["seq"] for row in await rows.to_list(None)}


def next_in_turn(due: Sequence[Record], fed: Mapping[str, int]) -> list[Record]:
    """Those that may be fed now: none twice, and none before an earlier one of its ticket.

    An earlier one may be missing, for a look at what is due is no snapshot."""
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
