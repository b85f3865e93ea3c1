"""Pages of tickets in SQLite: walks along indexes, merged, so that none sorts or scans."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

from storage.index_keys import KINDS, kinds_of
from tickets.marks import unwanted_marks, wanted_marks
from tickets.model import Millis
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder

Condition = tuple[str, tuple[Any, ...]]
"""A condition and the values in it."""
Asked = tuple[str, tuple[Any, ...]]
"""A statement and its values."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A word or mark to find tickets by. A ticket matches if it has one of ``any_of``."""

    table: str
    any_of: tuple[str, ...]
    more: str = ""
    """A further condition."""

    @property
    def column(self) -> str:
        return self.table.removesuffix("s")

    def of_ticket(self) -> Condition:
        """The condition that a ticket matches."""
        which = f"{self.column} IN ({', '.join('?' * len(self.any_of))}) AND at = tickets.created_at"
        held = f"SELECT 1 FROM {self.table} WHERE {which} AND ticket = tickets.number{self.more}"
        return f"EXISTS ({held})", self.any_of

    def along(self, bounds: Sequence[Condition], order: TicketOrder) -> Asked:
        """The tickets that match, in an order of their opening. No ticket has two of ``any_of``."""
        where, values = _both([(f"{self.column} = ?", ()), *bounds])
        select = f"SELECT ticket AS id, at, ticket AS number FROM {self.table} WHERE {where}"
        every = [value for it in self.any_of for value in (it, *values)]
        return f"{' UNION ALL '.join([select] * len(self.any_of))} {_by('at', 'number', order)}", tuple(every)


def sought_by(which: TicketFilter) -> list[Sought]:
    """The words and marks of the filter."""
    shown = "" if which.in_notes else " AND shown > 0"
    words = [Sought("words", (word,), shown) for word in sorted(which.words or ())]
    return words + [Sought("marks", tuple(sorted(it))) for it in wanted_marks(which)]


@dataclass(frozen=True, slots=True)
class Walk:
    """Tickets in an order, and the conditions to check for each of them.

    ``along`` selects a ticket's place, ``at`` and ``number``, and an ``id``, the value of the tickets'
    column ``key``."""

    order: TicketOrder
    along: str
    values: tuple[Any, ...]
    rest: tuple[Condition, ...] = ()
    key: str = "rowid"

    def page(self, limit: int | None, looks: int | None) -> Asked:
        """Body, time and number of the first tickets that match, among as many as may be read."""
        where, of_rest = _both(self.rest)
        statement = (
            f"SELECT body, walk.at, walk.number FROM ({self.along} LIMIT ?) AS walk"
            f" CROSS JOIN tickets ON tickets.{self.key} = walk.id WHERE {where} LIMIT ?"
        )
        return statement, (*self.values, looks if self.rest else limit, *of_rest, limit)

    def count(self, most: int) -> Asked:
        """How many tickets the walk passes, counted up to ``most``."""
        return f"SELECT count(*) FROM ({self.along} LIMIT ?)", (*self.values, most)

    def place(self, looks: int) -> Asked:
        """Time and number of the last ticket that may be read. No row if the walk ends before."""
        return f"SELECT at, number FROM ({self.along} LIMIT 1 OFFSET ?)", (*self.values, looks - 1)

    def sorted(self, order: TicketOrder, after: Cursor | None) -> Self:
        """The same tickets in another order, for which all of them are sorted."""
        where, of_place = _both(list(_behind(f"tickets.{order.field}", "tickets.number", order, after)))
        along = (
            f"SELECT tickets.rowid AS id, tickets.{order.field} AS at, tickets.number AS number"
            f" FROM ({self.along}) AS some CROSS JOIN tickets ON tickets.{self.key} = some.id"
            f" WHERE {where} {_by('at', 'number', order)}"
        )
        values = (*self.values, *of_place)
        return replace(self, order=order, along=along, values=values, key="rowid")


def among_tickets(which: TicketFilter, order: TicketOrder, after: Cursor | None) -> Walk | None:
    """A walk along indexes of the table of tickets. None if the filter can match no ticket."""
    walks = list(_walks(which, order.field.removesuffix("_at")))
    if not walks:
        return None
    bounds = [*_behind(order.field, "number", order, after), *_times(which, order)]
    parts: list[str] = []
    values: list[Any] = []
    for index, fixed in walks:
        where, of_walk = _both([*fixed, *bounds])
        select = f"SELECT rowid AS id, {order.field} AS at, number"
        parts.append(f"{select} FROM tickets INDEXED BY {index} WHERE {where}")
        values += of_walk
    along = f"{' UNION ALL '.join(parts)} {_by('at', 'number', order)}"
    index_has_kinds = which.requester or which.assignees or not which.unattended
    of_kinds = [] if index_has_kinds else _of_kinds(kinds_of(which))
    return Walk(order, along, tuple(values), (*of_kinds, *_rest(_left(which), order)))


def among_holders(sought: Sought, which: TicketFilter, order: TicketOrder, after: Cursor | None) -> Walk:
    """A walk along the tickets with a word or mark, in an order of their opening."""
    bounds = [*_behind("at", "ticket", order, after)]
    bounds += [(condition.replace("created_at", "at"), values) for condition, values in _times(which, order)]
    along, values = sought.along(bounds, order)
    known = None if sought.more else sought
    rest = (*_of_kinds(kinds_of(which)), *_rest(which, order, known))
    return Walk(order, along, values, rest, key="number")


def _walks(which: TicketFilter, time: str) -> Iterator[tuple[str, list[Condition]]]:
    """The indexes to walk along, with the values fixed on each. An index that begins with the kind gives one
    walk for each kind. If the filter names a requester and an agent, the requester's index is used: a
    requester has fewer tickets."""
    kinds = kinds_of(which)
    requester: list[Condition] = [("requester_key = ?", (str(which.requester),))]
    if kinds == [] or which.assignees == frozenset():
        return
    if which.requester is not None and kinds is None and time == "created":
        yield "tickets_of_created", requester
    elif which.requester is not None:
        for kind in _every(kinds):
            yield f"tickets_of_kind_{time}", [*requester, ("kind = ?", (kind,))]
    elif which.assignees is not None:
        for assignee, kind in product(sorted(which.assignees), _every(kinds)):
            yield f"tickets_by_{time}", [("assignee_key = ?", (str(assignee),)), ("kind = ?", (kind,))]
    elif which.unattended:
        yield f"tickets_unattended_{time}", [("unattended", ())]
    elif kinds is None and time == "created":
        yield "tickets_created", []
    else:
        for kind in _every(kinds):
            yield f"tickets_kind_{time}", [("kind = ?", (kind,))]


def _left(which: TicketFilter) -> TicketFilter:
    """The conditions that those walks do not check."""
    if which.requester is not None:
        return replace(which, requester=None)
    if which.assignees is not None:
        return replace(which, assignees=None)
    return replace(which, unattended=None) if which.unattended else which


def _rest(which: TicketFilter, order: TicketOrder, known: Sought | None = None) -> Iterator[Condition]:
    """The conditions to check for each ticket, except its kind and those that are ``known`` to hold."""
    if which.requester is not None:
        yield "tickets.requester_key = ?", (str(which.requester),)
    if which.assignees is not None:
        several = ", ".join("?" * len(which.assignees))
        yield f"tickets.assignee_key IN ({several})", tuple(sorted(map(str, which.assignees)))
    if which.unattended is not None:
        yield f"{'' if which.unattended else 'NOT '}tickets.unattended", ()
    for condition, values in (*_opened(which), *_updated(which), *_closed(which)):
        if not condition.startswith(order.field):
            yield f"tickets.{condition}", values
    yield from (it.of_ticket() for it in sought_by(which) if it != known)
    if unwanted := unwanted_marks(which):
        condition, values = Sought("marks", tuple(sorted(unwanted))).of_ticket()
        yield f"NOT {condition}", values


def _times(which: TicketFilter, order: TicketOrder) -> Iterator[Condition]:
    """The bounds that the filter sets on the time of the order. A ticket is opened first, then closed, and
    changed last; so bounds on one time also bound the others."""
    if order.field == "created_at":
        yield from _opened(which)
        until = [it for it in (which.updated_until, which.closed_until) if it is not None]
        yield from (("created_at < ?", (it,)) for it in until)
    else:
        yield from _updated(which)
        since = [it for it in (which.created_from, which.closed_from) if it is not None]
        yield from (("updated_at >= ?", (it,)) for it in since)


def _opened(which: TicketFilter) -> Iterator[Condition]:
    return _within("created_at", which.created_from, which.created_until)


def _updated(which: TicketFilter) -> Iterator[Condition]:
    return _within("updated_at", which.updated_from, which.updated_until)


def _closed(which: TicketFilter) -> Iterator[Condition]:
    return _within("closed_at", which.closed_from, which.closed_until)


def _within(field: str, begin: Millis | None, end: Millis | None) -> Iterator[Condition]:
    if begin is not None:
        yield f"{field} >= ?", (begin,)
    if end is not None:
        yield f"{field} < ?", (end,)


def among_closed(which: TicketFilter) -> Walk:
    """A walk along the tickets that were closed within a span of time, in the order of closing."""
    where, values = _both([("closed_at IS NOT NULL", ()), *_closed(which)])
    along = (
        f"SELECT rowid AS id, closed_at AS at, number FROM tickets INDEXED BY tickets_closed WHERE {where}"
    )
    rest = (*_of_kinds(kinds_of(which)), *_rest(which, TicketOrder.NEWEST), *_prefixed(_opened(which)))
    return Walk(TicketOrder.NEWEST, along, values, rest)


def _prefixed(conditions: Iterator[Condition]) -> Iterator[Condition]:
    return ((f"tickets.{condition}", values) for condition, values in conditions)


def _behind(at: str, number: str, order: TicketOrder, after: Cursor | None) -> Iterator[Condition]:
    if after is not None:
        yield f"({at}, {number}) {'<' if order.descends else '>'} (?, ?)", after.numbers


def _by(at: str, number: str, order: TicketOrder) -> str:
    direction = "DESC" if order.descends else "ASC"
    return f"ORDER BY {at} {direction}, {number} {direction}"


def _both(conditions: Sequence[Condition]) -> Asked:
    where = " AND ".join(condition for condition, _ in conditions) or "TRUE"
    return where, tuple(value for _, values in conditions for value in values)


def _every(kinds: list[int] | None) -> list[int]:
    return list(KINDS.values()) if kinds is None else kinds


def _of_kinds(kinds: list[int] | None) -> list[Condition]:
    if kinds is None:
        return []
    return [(f"kind IN ({', '.join('?' * len(kinds))})", tuple(kinds))]
