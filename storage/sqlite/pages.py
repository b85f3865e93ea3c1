"""Pages of tickets in SQLite: walks along indexes, merged, so that none sorts or scans."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Iterator
from itertools import product
from typing import Any

from storage.kinds import KINDS, kinds_of
from tickets.ports import TicketFilter, TicketOrder, TicketPlace

Condition = tuple[str, tuple[Any, ...]]
"""A condition and the values in it."""

_HELD = "SELECT 1 FROM words WHERE word = ? AND at = created_at AND ticket = number"
HOLDS = f"EXISTS ({_HELD})"
SHOWS = f"EXISTS ({_HELD} AND shown > 0)"


def page_of_tickets(
    which: TicketFilter, order: TicketOrder, after: TicketPlace | None, limit: int | None
) -> tuple[str, tuple[Any, ...]] | None:
    """A statement and its values; None if no ticket can be meant."""
    common = list(bounds(which, order, after))
    parts: list[str] = []
    values: list[Any] = []
    for index, fixed in _walks(which, order.field.removesuffix("_at")):
        conditions = [*fixed, *common]
        where = " AND ".join(condition for condition, _ in conditions) or "TRUE"
        parts.append(f"SELECT body, {order.field}, number FROM tickets INDEXED BY {index} WHERE {where}")
        values += [value for _, of_condition in conditions for value in of_condition]
    if not parts:
        return None
    direction = "DESC" if order.descends else "ASC"
    by = f"ORDER BY {order.field} {direction}, number {direction}"
    return f"{' UNION ALL '.join(parts)} {by} LIMIT ?", (*values, limit)


def _walks(which: TicketFilter, time: str) -> Iterator[tuple[str, list[Condition]]]:
    """Indexes, with what is fixed on each: one walk for every kind, where the index has kinds in front.

    Unattended tickets are few, and so looked through."""
    kinds = kinds_of(which)
    requester: list[Condition] = [("requester = ?", (str(which.requester),))] if which.requester else []
    if kinds == []:
        return
    if which.assignees is not None:
        for assignee, kind in product(sorted(which.assignees), _every(kinds)):
            fixed: list[Condition] = [("assignee = ?", (str(assignee),)), ("kind = ?", (kind,))]
            yield f"tickets_by_{time}", fixed + requester
    elif kinds is None and requester and time == "created":
        yield "tickets_of_created", requester
    elif requester:
        for kind in _every(kinds):
            yield f"tickets_of_kind_{time}", [*requester, ("kind = ?", (kind,))]
    elif which.unattended:
        yield f"tickets_unattended_{time}", of_kinds(kinds)
    elif kinds is None and time == "created":
        yield "tickets_created", []
    else:
        for kind in _every(kinds):
            yield f"tickets_kind_{time}", [("kind = ?", (kind,))]


def bounds(which: TicketFilter, order: TicketOrder, after: TicketPlace | None) -> Iterator[Condition]:
    for word in sorted(which.words or ()):
        yield HOLDS if which.in_notes else SHOWS, (word,)
    if which.unattended is not None:
        yield "unattended" if which.unattended else "NOT unattended", ()
    if which.created_from is not None:
        yield "created_at >= ?", (which.created_from,)
        if order.field == "updated_at":  # no ticket was changed before it was opened
            yield "updated_at >= ?", (which.created_from,)
    if which.created_until is not None:
        yield "created_at < ?", (which.created_until,)
    if after is not None:
        sign = "<" if order.descends else ">"
        yield f"({order.field}, number) {sign} (?, ?)", (after.at, after.number)


def _every(kinds: list[int] | None) -> list[int]:
    return list(KINDS.values()) if kinds is None else kinds


def of_kinds(kinds: list[int] | None) -> list[Condition]:
    if kinds is None:
        return []
    return [(f"kind IN ({', '.join('?' * len(kinds))})", tuple(kinds))]
