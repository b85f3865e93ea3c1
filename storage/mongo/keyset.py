"""Where the next page of a list begins in MongoDB."""

from collections.abc import Sequence

from pymongo import DESCENDING

from storage.codec import Record
from storage.mongo.connection import LARGEST

Sort = Sequence[tuple[str, int]]
"""The fields by which a list is sorted, each with its direction."""


def behind(sort: Sort, place: Sequence[int | str], *, inclusive: bool = False) -> Record:
    """The condition that a record comes after this place, or is at it if ``inclusive``. The place has a value
    for each field of the sort. The first field has a bound of its own, along which the index is read."""
    known: Record = {}
    branches: list[Record] = []
    for (field, direction), value in zip(sort, place, strict=True):
        bound = value if isinstance(value, str) else min(value, LARGEST)
        further = "$lt" if direction == DESCENDING else "$gt"
        branches.append({**known, field: {further: bound}})
        known[field] = bound
    if inclusive:
        branches[-1] = {**known, field: {f"{further}e": bound}}
    first, direction = sort[0]
    at_most = "$lte" if direction == DESCENDING else "$gte"
    return {first: {at_most: known[first]}, "$or": branches}
