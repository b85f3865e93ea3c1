"""Pages of tickets in MongoDB: a query is a few walks along one index, which MongoDB merges by itself."""

from typing import Any

from storage.codec import Record
from storage.index_keys import KINDS, kinds_of
from storage.marks import unwanted_marks, wanted_marks
from storage.mongo.connection import LARGEST
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder


def page_of_tickets(
    which: TicketFilter, order: TicketOrder, after: Cursor | None, *, own_time: bool = False
) -> Record:
    """Kinds are named even where every one is meant, for the indexes that have them in front. With
    ``own_time`` no other time is minded than the one of the order, along which the index goes."""
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
    times: dict[str, dict[str, Any]] = {}
    if which.created_from is not None:
        for field in {order.field} if own_time else {"created_at", order.field}:  # opened, then changed
            times.setdefault(field, {})["$gte"] = min(which.created_from, LARGEST)
    if which.created_until is not None:
        times.setdefault("created_at", {})["$lt"] = min(which.created_until, LARGEST)
    query |= times
    return query if after is None else {"$and": [query, behind(order, after)]}


def marked(which: TicketFilter) -> list[Record]:
    """What the marks of a ticket that is meant are like."""
    conditions: list[Record] = [{"marks": {"$in": sorted(it)}} for it in wanted_marks(which)]
    if unwanted := unwanted_marks(which):
        conditions.append({"marks": {"$nin": sorted(unwanted)}})
    return conditions


def behind(order: TicketOrder, after: Cursor) -> Record:
    further, at_most = ("$lt", "$lte") if order.descends else ("$gt", "$gte")
    at, number = (min(it, LARGEST) for it in after.numbers)
    later: list[Record] = [{order.field: {further: at}}, {order.field: at, "number": {further: number}}]
    return {order.field: {at_most: at}, "$or": later}
