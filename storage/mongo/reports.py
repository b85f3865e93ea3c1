"""Aggregations over tickets, in MongoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pymongo import ASCENDING

from storage.codec import Record
from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.projector import Projector, ticket_from
from tickets.desks.in_thread import aside
from tickets.model import Status, Ticket
from tickets.ports.lists import Cursor
from tickets.ports.reports import By, Count, Duration, Kept, Span, Took
from tickets.targets import TargetName

_OLDEST = [("closed_at", ASCENDING), ("number", ASCENDING)]
_DAY: Final = 24 * 60 * 60 * 1000

_GROUPS: Final[dict[By, Any]] = {
    By.ALL: {"$ifNull": ["$nothing", ""]},
    By.LEVEL: "$issue_level",
    By.SUPPORT_ROLE: "$support_role",
    By.AGENT: {"$ifNull": ["$assignee_key", ""]},
    By.DAY: {"$subtract": ["$created_at", {"$mod": ["$created_at", _DAY]}]},
}
_ENDS: Final = {Took.FIRST_RESPONSE: "first_response_at", Took.RESOLUTION: "closed_at"}


class MongoReports:
    """The port ``Reports``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        await self._projector.catch_up()
        within = {"$gte": span.since, "$lt": min(span.until, LARGEST)}
        query: Record = {"status": Status.RESOLVED, "closed_at": within}
        if after is not None:
            at, number = after.numbers
            query["$or"] = [{"closed_at": {"$gt": at}}, {"closed_at": at, "number": {"$gt": number}}]
        records = await self._tickets.find(query, sort=_OLDEST, limit=limit).to_list(None)
        return [ticket_from(record) for record in records]

    @may_be_away
    async def counts(self, span: Span, by: By) -> list[Count]:
        await self._projector.catch_up()
        group = {"_id": {"group": _GROUPS[by], "status": "$status"}, "count": {"$sum": 1}}
        rows = self._tickets.aggregate([{"$match": _opened(span)}, {"$group": group}])
        return [
            Count(_name(row["_id"]["group"]), row["_id"]["status"], row["count"])
            for row in await rows.to_list(None)
        ]

    @may_be_away
    async def kept(self, span: Span, by: By, target: TargetName) -> list[Kept]:
        await self._projector.catch_up()
        missed = f"sla.{target}.is_missed"
        done = f"sla.{target}.is_done" if target is TargetName.FIRST_RESPONSE else "sla.is_over"
        match = {**_opened(span), "$or": [{missed: True}, {missed: False, done: True}]}
        group = {"_id": {"group": _GROUPS[by], "missed": f"${missed}"}, "count": {"$sum": 1}}
        rows = await self._tickets.aggregate([{"$match": match}, {"$group": group}]).to_list(None)
        found: dict[str, dict[bool, int]] = {}
        for row in rows:
            found.setdefault(_name(row["_id"]["group"]), {})[row["_id"]["missed"]] = row["count"]
        return [Kept(it, counts.get(False, 0), counts.get(True, 0)) for it, counts in found.items()]

    @may_be_away
    async def durations(self, span: Span, by: By, what: Took) -> list[Duration]:
        await self._projector.catch_up()
        end = _ENDS[what]
        match: Record = {**_opened(span), end: {"$gt": 0}}
        if what is Took.RESOLUTION:
            match["status"] = Status.RESOLVED
        took = {"$subtract": [f"${end}", "$created_at"]}
        rows = self._tickets.aggregate(
            [
                {"$match": match},
                {"$project": {"group": _GROUPS[by], "took": took}},
                {"$project": {"group": 1, "took": {"$subtract": ["$took", {"$mod": ["$took", 1000]}]}}},
                {"$group": {"_id": {"group": "$group", "took": "$took"}, "count": {"$sum": 1}}},
            ]
        )
        return await aside(_durations, await rows.to_list(None))


def _durations(rows: Sequence[Record]) -> list[Duration]:
    return [
        Duration(_name(row["_id"]["group"]), int(row["_id"]["took"]) // 1000, row["count"]) for row in rows
    ]


def _opened(span: Span) -> Record:
    return {"created_at": {"$gte": span.since, "$lt": min(span.until, LARGEST)}}


def _name(group: Any) -> str:
    """A day is a number here."""
    if isinstance(group, str):
        return group
    return datetime.fromtimestamp(int(group) / 1000, UTC).strftime("%Y-%m-%d")
