"""Queries for pages of tickets in MongoDB. A query is a few walks along one index, which MongoDB merges
itself."""

from pymongo import ASCENDING, DESCENDING

from storage.codec import Record
from storage.index_keys import KINDS, kinds_of
from storage.mongo.connection import LARGEST
from storage.mongo.keyset import Sort, behind
from tickets.marks import unwanted_marks, wanted_marks
from tickets.model import Status
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder


def page_of_tickets(
    which: TicketFilter, order: TicketOrder, after: Cursor | None, *, own_time: bool = False
) -> Record:
    """The query for a page. It names the kinds even if all of them match, because indexes begin with the
    kind. With ``own_time`` it checks no other time than the one of the order, which the index has."""
    query: Record = {}
    kinds = kinds_of(which)
    if which.assignees is not None:
        query["assignee_key"] = {"$in": sorted(map(str, which.assignees))}
    if which.requester is not None:
        query["requester_key"] = str(which.requester)
    if kinds is not None or which.assignees is not None or order.field == "updated_at":
        query["kind"] = {"$in": list(KINDS.values()) if kinds is None else kinds}
    if which.unattended is not None:
        query["unattended"] = which.unattended
    times = _own_times(which, order) if own_time else [*_own_times(which, order), *_times(which)]
    places = [] if after is None else [behind(sort_of(order), after.numbers)]
    return {"$and": [query, *times, *places]} if times or places else query


def _times(which: TicketFilter) -> list[Record]:
    return [
        {field: {how: min(at, LARGEST)}}
        for field, begin, end in (
            ("created_at", which.created_from, which.created_until),
            ("updated_at", which.updated_from, which.updated_until),
            ("closed_at", which.closed_from, which.closed_until),
        )
        for how, at in (("$gte", begin), ("$lt", end))
        if at is not None
    ]


def spans_of_time(which: TicketFilter, order: TicketOrder) -> list[Record]:
    """Queries, each along an index, for tickets that were opened, changed or closed within the filter's
    spans, for times that are not the order's."""
    several: dict[str, Record] = {
        "created_at": {},
        "updated_at": {"kind": {"$in": list(KINDS.values())}},
        "closed_at": {"status": {"$in": [it for it in Status if it.is_closed]}},
    }
    del several[order.field]
    times = _times(which)
    found = [(known, [it for it in times if field in it]) for field, known in several.items()]
    return [{"$and": [known, *span]} if known else {"$and": span} for known, span in found if span]


def _own_times(which: TicketFilter, order: TicketOrder) -> list[Record]:
    """The bounds that the filter sets on the time of the order. A ticket is opened first, then closed, and
    changed last; so bounds on one time also bound the others."""
    if order.field == "created_at":
        begin, ends = [which.created_from], [which.created_until, which.updated_until, which.closed_until]
    else:
        begin, ends = [which.updated_from, which.created_from, which.closed_from], [which.updated_until]
    since = [{order.field: {"$gte": min(it, LARGEST)}} for it in begin if it is not None]
    return since + [{order.field: {"$lt": min(it, LARGEST)}} for it in ends if it is not None]


def marked(which: TicketFilter) -> list[Record]:
    """The conditions on the marks of a matching ticket."""
    conditions: list[Record] = [{"marks": {"$in": sorted(it)}} for it in wanted_marks(which)]
    if unwanted := unwanted_marks(which):
        conditions.append({"marks": {"$nin": sorted(unwanted)}})
    return conditions


def sort_of(order: TicketOrder) -> Sort:
    direction = DESCENDING if order.descends else ASCENDING
    return [(order.field, direction), ("number", direction)]
