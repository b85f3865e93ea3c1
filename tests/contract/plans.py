"""Whether MongoDB finds what a query asks for along an index, in the order that it asks for.

The database of the tests scans everything, and no real one is at hand whose plans could be read. So this is
a model of MongoDB's documented rules: an index serves a query with a condition on its first field, and an
order by the fields that follow those given by value; a partial one, a query that implies its filter. A walk
that goes on behind a place begins there only where the query bounds the first field of its order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SMALL = frozenset({"meta", "counters", "agents", "whispers", "openings", "uploads_under_way"})
"""Collections that are read whole, or have few records."""
RANGES = frozenset({"$gt", "$gte", "$lt", "$lte", "$exists"})
Keys = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Index:
    keys: Keys
    has: tuple[str, ...] = ()
    """The fields that a record must have to be in it."""
    is_unique: bool = False


@dataclass
class Plans:
    """The indexes that a program has made, and the queries that none of them serves."""

    indexes: dict[str, list[Index]] = field(default_factory=dict)
    unserved: list[str] = field(default_factory=list)

    def made(self, collection: str, keys: Keys, options: Mapping[str, Any]) -> None:
        has = tuple(options.get("partialFilterExpression", ()))
        if options.get("sparse") and len(keys) == 1:
            has = (keys[0][0],)
        self.indexes.setdefault(collection, []).append(Index(list(keys), has, bool(options.get("unique"))))

    def asked(self, collection: str, query: Mapping[str, Any], sort: Keys | None = None) -> None:
        """A query; before its collection has indexes, it is one of a migration, which looks at everything."""
        if collection in SMALL or collection not in self.indexes or (not query and not sort):
            return
        if not self._is_served(collection, query, sort or ()):
            self.unserved.append(f"{collection}: {query} sorted by {sort}")

    def _is_served(self, collection: str, query: Mapping[str, Any], sort: Keys) -> bool:
        indexes = [Index([("_id", 1)], is_unique=True), *self.indexes[collection]]
        conditions = dict(_conditions(query))
        if not _begins_at_its_place(query, conditions, sort):
            return False
        if any(_serves(index, conditions, sort) for index in indexes):
            return True
        branches = query.get("$or")
        rest = {name: condition for name, condition in query.items() if name != "$or"}
        return bool(branches) and all(
            self._is_served(collection, {**rest, **branch}, sort) for branch in branches or ()
        )


def _begins_at_its_place(query: Mapping[str, Any], conditions: Mapping[str, str], sort: Keys) -> bool:
    free = [name for name, _ in sort if conditions.get(name) != "value"]
    branches = [dict(_conditions(it)) for it in query.get("$or", ())]
    return not free or free[0] in conditions or not any(free[0] in it for it in branches)


def _conditions(query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of each field whether it is given by ``value`` or by a ``range``; nothing where no index helps."""
    for name, condition in query.items():
        if name == "$and":
            for part in condition:
                yield from _conditions(part)
        elif name.startswith("$"):
            continue
        elif not isinstance(condition, Mapping) or "$in" in condition:
            yield name, "value"
        elif condition.get("$exists") is not False and RANGES & condition.keys():
            yield name, "range"


def _serves(index: Index, conditions: Mapping[str, str], sort: Keys) -> bool:
    if any(name not in conditions for name in index.has):
        return False
    first = index.keys[0][0]
    if first not in conditions and not (sort and sort[0][0] == first and not conditions):
        return False
    if index.is_unique and all(conditions.get(name) == "value" for name, _ in index.keys):
        return True  # no more records than were asked for
    wanted = [(name, direction) for name, direction in sort if conditions.get(name) != "value"]
    left = list(index.keys)
    while left and conditions.get(left[0][0]) == "value":
        left.pop(0)
    along = left[: len(wanted)]
    back = [(name, -direction) for name, direction in along]
    return wanted in (along, back)
