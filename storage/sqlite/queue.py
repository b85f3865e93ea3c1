"""The tickets that wait for staff, and those with feedback, in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections import Counter
from collections.abc import Sequence
from itertools import chain, product

from storage.codec import TICKET
from storage.index_keys import KIND_OF
from storage.sqlite.reader import Reader
from storage.sqlite.tables import AT_WORK, RATING, TO_ANSWER
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
from tickets.targets import SlaState

_PAGE = f"""
SELECT body FROM tickets INDEXED BY tickets_to_answer WHERE {TO_ANSWER} AND {{}}
ORDER BY urgency DESC, waiting_since, number LIMIT ?"""
FIRST_PAGE = _PAGE.format("urgency >= 0")
SAME_URGENCY = _PAGE.format("urgency = ? AND (waiting_since, number) > (?, ?)")
ASSIGNED = """
SELECT body, number FROM tickets WHERE assignee_key = ? AND status = ? AND number < ?"""
LESS_URGENT = _PAGE.format("urgency < ?")
_NOT_ASIDE = "json_extract(body, '$.snoozed_until') IS NULL"

COUNTS = f"""
SELECT kind, aside, danger, count(*) FROM tickets INDEXED BY tickets_counted WHERE {AT_WORK}
GROUP BY kind, aside, danger"""

OLDEST = _PAGE.format(f"urgency = ? AND {_NOT_ASIDE}")


class SqliteWaiting:
    """The port ``Waiting``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(self, after: Cursor | None, limit: int) -> Page[Ticket]:
        wanted = limit + 1
        if after is None:
            rows = await self._reader.all(FIRST_PAGE, (wanted,))
        else:
            rows = await self._reader.all(SAME_URGENCY, (*after.numbers, wanted))
            if len(rows) < wanted:
                rows += await self._reader.all(LESS_URGENT, (after.numbers[0], wanted - len(rows)))
        return Page.of([TICKET.from_text(body) for (body,) in rows], limit, place_in_queue)

    async def assigned(self, keys: Sequence[UserKey], after: Cursor | None, limit: int) -> Page[Ticket]:
        before_number = None if after is None else after.numbers[0]
        walks = [(str(key), status, before_number) for key in keys for status in Status]
        statement = " UNION ALL ".join([ASSIGNED] * len(walks)) + " ORDER BY number DESC LIMIT ?"
        rows = await self._reader.all(statement, [*chain.from_iterable(walks), limit + 1])
        return Page.of([TICKET.from_text(body) for body, _ in rows], limit, place_by_number)

    async def at_work(self) -> list[AtWork]:
        counted: Counter[tuple[IssueLevel, str]] = Counter()
        for kind, is_aside, danger, count in await self._reader.all(COUNTS):
            status, level, _ = KIND_OF[kind]
            counted[level, "open"] += count
            counted[level, danger] += count
            if status is Status.OPEN and not is_aside:
                counted[level, "waiting"] += count
        found = []
        for level in reversed(IssueLevel):
            oldest = await self._reader.one(OLDEST, (level.urgency, 1))
            first = TICKET.from_text(oldest[0]) if oldest else None
            at_risk, breached = counted[level, SlaState.AT_RISK], counted[level, SlaState.BREACHED]
            found.append(
                AtWork(level, counted[level, "open"], counted[level, "waiting"], first, at_risk, breached)
            )
        return found


_RATED = """
SELECT body, rated_at, number FROM tickets INDEXED BY {}
WHERE rated_at IS NOT NULL AND (rated_at, number) < (?, ?)"""
_NEWEST_FIRST = " ORDER BY rated_at DESC, number DESC LIMIT ?"
_STARS = range(1, 6)
RATINGS = f"""
SELECT assignee_key, {RATING}, count(*) FROM tickets INDEXED BY tickets_rated_by
WHERE rated_at IS NOT NULL GROUP BY 1, 2"""


def rated(which: FeedbackFilter, after: Cursor | None, limit: int) -> tuple[str, list[object]]:
    """Merges one walk for each number of stars, along the index of the requester or of each assignee. With
    both in the filter, the requester's index is used: a requester gives little feedback."""
    place = (None, None) if after is None else after.numbers
    every = _STARS if which.stars is None else [which.stars]
    if which.requester is not None:
        more, assignees = "", sorted(map(str, which.assignees or ()))
        if which.assignees is not None:
            more = f" AND assignee_key IN ({', '.join('?' * len(assignees))})"
        one = f"{_RATED.format('tickets_rated_of')} AND requester_key = ? AND {RATING} = ?{more}"
        walks = [(one, (*place, str(which.requester), stars, *assignees)) for stars in every]
    elif which.assignees is not None:
        one = f"{_RATED.format('tickets_rated_by')} AND assignee_key = ? AND {RATING} = ?"
        keys = sorted(map(str, which.assignees))
        walks = [(one, (*place, key, stars)) for key, stars in product(keys, every)]
    elif which.stars is not None:
        walks = [(f"{_RATED.format('tickets_rated_so')} AND {RATING} = ?", (*place, which.stars))]
    else:
        walks = [(_RATED.format("tickets_rated"), place)]
    statement = " UNION ALL ".join(it for it, _ in walks) + _NEWEST_FIRST
    return statement, [*chain.from_iterable(values for _, values in walks), limit]


class SqliteRated:
    """The port ``Rated``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(
        self, after: Cursor | None, limit: int, which: FeedbackFilter = ALL_FEEDBACK
    ) -> Page[Ticket]:
        if which.assignees == frozenset():
            return Page([])
        rows = await self._reader.all(*rated(which, after, limit + 1))
        return Page.of([TICKET.from_text(body) for body, _, _ in rows], limit, place_by_rating)

    async def ratings(self) -> list[Rating]:
        rows = await self._reader.all(RATINGS)
        return [Rating(UserKey.parse(key) if key else None, stars, count) for key, stars, count in rows]
