"""Resolved tickets, and sums of days and months, in MongoDB."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from storage.codec import COUNTED, Record
from storage.index_keys import OPEN_KINDS, counted_as
from storage.migration import Reached
from storage.mongo.connection import LARGEST, Database, may_be_away, upsert
from storage.mongo.feed import DUE
from storage.mongo.keyset import behind
from storage.mongo.pages import page_of_tickets
from storage.mongo.projector import Projector, ticket_from
from storage.mongo.stale_days import days_of
from storage.sums import in_rows, sums_from, text_of
from tickets.desks.in_thread import aside
from tickets.figures import DAY, By, Counted, Sums, months_from
from tickets.model import Status, Ticket
from tickets.ports.lists import Cursor, TicketOrder
from tickets.ports.reports import Span, Stale

NO_MARK: Final = ""
"""Stands for the version of a day that gets one once the feeder has reached its events."""
MOST_MONTHS: Final = 1_200
"""That are asked for one by one."""
SUMS_AT_ONCE: Final = 20
"""One piece of a step reads so many sums, which are large."""
_TOLD: Final = {"ticket_id": 1, "type": 1, "actor": 1}
_OLDEST: Final = [("closed_at", ASCENDING), ("number", ASCENDING)]
_BY_OPENING: Final = [("created_at", ASCENDING), ("number", ASCENDING)]
_GROUP: Final = {
    "day": {"$subtract": ["$created_at", {"$mod": ["$created_at", DAY]}]},
    "kind": "$kind",
    "category": "$category",
    "assignee": "$assignee_key",
}
_OF_SLA: Final = ("first_response.is_missed", "first_response.is_done", "resolution.is_missed", "is_over")
_COUNTED: Final = {it.name: 1 for it in fields(Counted) if it.name != "sla"} | {
    f"sla.{it}": 1 for it in _OF_SLA
}


class MongoReports:
    """The port ``Reports``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._database = database
        self._tickets = database.tickets
        self._stale = database.stale_days
        self._sums = database.sums
        self._projector = projector

    @may_be_away
    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        await self._projector.catch_up()
        within = {"$gte": span.since, "$lt": min(span.until, LARGEST)}
        query: Record = {"status": Status.RESOLVED, "closed_at": within}
        if after is not None:
            query = {"$and": [query, behind(_OLDEST, after.numbers)]}
        records = await self._tickets.find(query, sort=_OLDEST, limit=limit).to_list(None)
        return [ticket_from(record) for record in records]

    @may_be_away
    async def counted(self, span: Span, after: Cursor | None, limit: int) -> list[Counted]:
        await self._projector.catch_up()
        query = page_of_tickets(span.which(), TicketOrder.OLDEST, after)
        records = await self._tickets.find(query, _COUNTED, sort=_BY_OPENING, limit=limit).to_list(None)
        return await aside(_counted_from, records)

    @may_be_away
    async def at_work(self, span: Span) -> list[tuple[Counted, int]]:
        await self._projector.catch_up()
        opened: Record = {"$gte": span.since, "$lt": min(span.until, LARGEST)}
        match: Record = {"kind": {"$in": OPEN_KINDS}, "created_at": opened}
        group: Record = {"_id": _GROUP, "count": {"$sum": 1}}
        rows = await self._tickets.aggregate([{"$match": match}, {"$group": group}]).to_list(None)
        return await aside(_at_work, rows)

    @may_be_away
    async def stale(self, first: str, last: str, limit: int) -> list[Stale]:
        """Includes the days of events that the feeder has not reached yet."""
        await self._projector.catch_up()
        between = {"_id": {"$gte": first, "$lte": last}}
        found = await self._stale.find(between, sort=[("_id", DESCENDING)], limit=limit).to_list(None)
        marks = {it["_id"]: str(it["mark"]) for it in found}
        coming = await self._database.events.find(DUE, _TOLD).to_list(None)
        for day in await days_of(self._database, coming):
            if first <= day <= last:
                marks.setdefault(day, NO_MARK)
        return [Stale(day, marks[day]) for day in sorted(marks, reverse=True)[:limit]]

    @may_be_away
    async def sums(self, by: By, first: str, last: str) -> Mapping[str, Sums]:
        between: Record = {"_id": {"$gte": f"{by} {first}", "$lte": f"{by} {last}"}, "size": len(first)}
        if (months := months_from(first, last, MOST_MONTHS)) is not None:
            between = {"_id": {"$in": [f"{by} {it}" for it in months]}}  # without the days between them
        found = await self._sums.find(between).to_list(None)
        return await aside(_sums, found)

    @may_be_away
    async def keep(self, period: str, sums: Mapping[By, Sums]) -> None:
        for by, it in sums.items():
            kept = {"size": len(period), "body": await aside(text_of, [*it.items()])}
            await upsert(self._sums, {"_id": f"{by} {period}"}, {"$set": kept})

    @may_be_away
    async def settle(self, stale: Stale) -> None:
        if stale.mark != NO_MARK:
            await self._stale.delete_one({"_id": stale.day, "mark": ObjectId(stale.mark)})


def _counted_from(records: Sequence[Record]) -> list[Counted]:
    return [COUNTED.from_record(it) for it in records]


def _at_work(rows: Sequence[Record]) -> list[tuple[Counted, int]]:
    return [
        (counted_as(it["kind"], it["day"], it.get("category"), it.get("assignee")), row["count"])
        for row in rows
        for it in (row["_id"],)
    ]


def _sums(records: Sequence[Record]) -> Mapping[str, Sums]:
    return {it["_id"].partition(" ")[2]: sums_from(it["body"]) for it in records}


async def sums_in_rows(database: Database, reached: Reached) -> Reached | None:
    """Until this step, each number of seconds was a cell of its own."""
    which = {"_id": {"$gt": str(reached.place or "")}}
    records = await database.sums.find(which, sort=[("_id", ASCENDING)], limit=SUMS_AT_ONCE).to_list(None)
    for record in records:
        if (text := in_rows(record["body"], record["_id"].partition(" ")[2])) is not None:
            key = {"_id": record["_id"], "body": record["body"]}
            await database.sums.update_one(key, {"$set": {"body": text}})
    if len(records) < SUMS_AT_ONCE:
        return None
    done = reached.done + len(records)
    return Reached(records[-1]["_id"], done, max(done, await database.sums.estimated_document_count()))
