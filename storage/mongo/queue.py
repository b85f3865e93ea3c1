"""The tickets that wait for staff, and those with feedback, in MongoDB."""

from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING

from storage.codec import Record
from storage.index_keys import OPEN_STATUSES
from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.keyset import behind
from storage.mongo.projector import Projector, ticket_from
from tickets.model import IssueLevel, Status, Ticket, UserKey
from tickets.ports.lists import Cursor, Page, place_by_number
from tickets.ports.queue import (
    ALL_FEEDBACK,
    AtWork,
    FeedbackFilter,
    Rating,
    place_by_rating,
    place_in_queue,
)
from tickets.targets import TargetName

_WAITS: Record = {"status": Status.OPEN, "snoozed_until": None}
_OPEN: Record = {"status": {"$in": OPEN_STATUSES}}
_BREACHED: list[Record] = [
    {f"sla.{name}.is_missed": True, f"sla.{name}.is_done": False} for name in TargetName
]
_WARNED: list[Record] = [
    {f"sla.{name}.is_warned": True, f"sla.{name}.is_done": False, f"sla.{name}.running_since": {"$gt": 0}}
    for name in TargetName
]
_ORDER = [("urgency", DESCENDING), ("waiting_since", ASCENDING), ("number", ASCENDING)]


class MongoWaiting:
    """The port ``Waiting``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def page(self, after: Cursor | None, limit: int) -> Page[Ticket]:
        await self._projector.catch_up()
        query: Record = {"status": Status.OPEN}
        if after is not None:
            query |= behind(_ORDER, after.numbers)
        records = await self._tickets.find(query, sort=_ORDER, limit=limit + 1).to_list(None)
        return Page.of([ticket_from(record) for record in records], limit, place_in_queue)

    @may_be_away
    async def assigned(self, keys: Sequence[UserKey], after: Cursor | None, limit: int) -> Page[Ticket]:
        await self._projector.catch_up()
        query: Record = {"assignee_key": {"$in": [str(key) for key in keys]}}
        if after is not None:
            query["number"] = {"$lt": min(after.numbers[0], LARGEST)}
        cursor = self._tickets.find(query, sort=[("number", DESCENDING)], limit=limit + 1)
        found = [ticket_from(record) for record in await cursor.to_list(None)]
        return Page.of(found, limit, place_by_number)

    @may_be_away
    async def at_work(self) -> list[AtWork]:
        await self._projector.catch_up()
        count = await self._by_urgency(_OPEN)
        waiting = await self._by_urgency(_WAITS)
        at_risk = await self._by_urgency({**_OPEN, "$or": _WARNED, "$nor": _BREACHED})
        breached = await self._by_urgency({**_OPEN, "$or": _BREACHED})
        found = []
        for level in reversed(IssueLevel):
            record = await self._tickets.find_one({**_WAITS, "urgency": level.urgency}, sort=_ORDER)
            oldest = None if record is None else ticket_from(record)
            counts = [it.get(level.urgency, 0) for it in (count, waiting, at_risk, breached)]
            found.append(AtWork(level, counts[0], counts[1], oldest, counts[2], counts[3]))
        return found

    async def _by_urgency(self, query: Record) -> dict[int, int]:
        group = {"_id": "$urgency", "count": {"$sum": 1}}
        rows = await self._tickets.aggregate([{"$match": query}, {"$group": group}]).to_list(None)
        return {row["_id"]: row["count"] for row in rows}


_NEWEST = [("feedback.given_at", DESCENDING), ("number", DESCENDING)]


def _asked(which: FeedbackFilter) -> Record:
    """The query. It names each number of stars, so that an index that begins with the stars is in order
    behind them."""
    query: Record = {}
    if which.requester is not None:
        query["requester_key"] = str(which.requester)
    if which.assignees is not None:
        query["assignee_key"] = {"$in": sorted(map(str, which.assignees))}
    if which.stars is not None or query:
        query["feedback.rating"] = {"$in": [*range(1, 6)]} if which.stars is None else which.stars
    return query


class MongoRated:
    """The port ``Rated``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def page(
        self, after: Cursor | None, limit: int, which: FeedbackFilter = ALL_FEEDBACK
    ) -> Page[Ticket]:
        await self._projector.catch_up()
        query = {**_asked(which), "feedback.given_at": {"$gt": 0}}
        if after is not None:
            query = {"$and": [query, behind(_NEWEST, after.numbers)]}
        records = await self._tickets.find(query, sort=_NEWEST, limit=limit + 1).to_list(None)
        return Page.of([ticket_from(record) for record in records], limit, place_by_rating)

    @may_be_away
    async def ratings(self) -> list[Rating]:
        await self._projector.catch_up()
        group = {"_id": {"assignee": "$assignee_key", "stars": "$feedback.rating"}, "count": {"$sum": 1}}
        rows = self._tickets.aggregate([{"$match": {"feedback.given_at": {"$gt": 0}}}, {"$group": group}])
        return [_rating(row) for row in await rows.to_list(None)]


def _rating(row: Record) -> Rating:
    assignee = row["_id"].get("assignee")
    return Rating(UserKey.parse(assignee) if assignee else None, row["_id"]["stars"], row["count"])
