"""Resolved tickets, and sums of days and months, in SQLite."""

from collections.abc import Mapping, Sequence
from typing import Final

from storage.codec import COUNTED, TICKET
from storage.index_keys import counted_as
from storage.sqlite.reader import Reader, Row
from storage.sqlite.tables import AT_WORK
from storage.sqlite.walks import Walks
from storage.sqlite.writer import Writer
from storage.sums import sums_from, text_of
from tickets.desks.in_thread import aside
from tickets.figures import DAY, By, Counted, Sums
from tickets.model import Status, Ticket
from tickets.ports.lists import Cursor, TicketOrder
from tickets.ports.reports import Span, Stale

_CLOSED_AT = "json_extract(body, '$.closed_at')"
RESOLVED = f"""
SELECT body FROM tickets INDEXED BY tickets_resolved
WHERE status = '{Status.RESOLVED}' AND {_CLOSED_AT} < ? AND ({_CLOSED_AT}, number) > (?, ?)
ORDER BY {_CLOSED_AT}, number LIMIT ?"""  # noqa: S608  only constants of ours
STALE: Final = "SELECT day, mark FROM stale_days WHERE day BETWEEN ? AND ? ORDER BY day DESC LIMIT ?"
COUNTED_AT_WORK: Final = f"""
SELECT created_at / {DAY}, kind, category, assignee_key, count(*) FROM tickets INDEXED BY tickets_counted
WHERE {AT_WORK} AND created_at >= ? AND created_at < ? GROUP BY 1, 2, 3, 4"""  # noqa: S608  only constants of ours
A_DAY: Final = "2026-11-21"
SUMS: Final = """
SELECT period, body FROM sums
WHERE told_by = ?1 AND period BETWEEN ?2 AND ?3 AND length(period) = length(?2)"""
MONTHS: Final = """
WITH RECURSIVE kept (period) AS (
    SELECT min(period) FROM sums WHERE told_by = ?1 AND period >= ?2
    UNION ALL
    SELECT (SELECT min(period) FROM sums WHERE told_by = ?1 AND period > substr(kept.period, 1, 7) || '-~')
    FROM kept WHERE kept.period <= ?3
)
SELECT sums.period, body FROM kept CROSS JOIN sums ON told_by = ?1 AND sums.period = kept.period
WHERE kept.period <= ?3 AND length(kept.period) = 7"""
"""A month stands in front of its days, which are stepped over: they take more to read than all months do."""
_KEEP: Final = """
INSERT INTO sums (told_by, period, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"""


class SqliteReports:
    """The port ``Reports``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer
        self._walks = Walks(reader)

    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        place = (span.since, 0) if after is None else after.numbers
        rows = await self._reader.all(RESOLVED, (span.until, *place, limit))
        return [TICKET.from_text(body) for (body,) in rows]

    async def counted(self, span: Span, after: Cursor | None, limit: int) -> list[Counted]:
        walk = await self._walks.choose(span.which(), TicketOrder.OLDEST, after)
        rows = [] if walk is None else await self._reader.all(*walk.page(limit, None))
        return await aside(_counted, rows)

    async def at_work(self, span: Span) -> list[tuple[Counted, int]]:
        rows = await self._reader.all(COUNTED_AT_WORK, (span.since, span.until))
        return await aside(_at_work, rows)

    async def stale(self, first: str, last: str, limit: int) -> list[Stale]:
        return [Stale(*row) for row in await self._reader.few(STALE, (first, last, limit))]

    async def sums(self, by: By, first: str, last: str) -> Mapping[str, Sums]:
        statement = SUMS if len(first) == len(A_DAY) else MONTHS
        return await aside(_sums, await self._reader.all(statement, (by, first, last)))

    async def keep(self, period: str, sums: Mapping[By, Sums]) -> None:
        rows = [(by, period, await aside(text_of, [*it.items()])) for by, it in sums.items()]
        await self._writer.execute_many(_KEEP, rows)

    async def settle(self, stale: Stale) -> None:
        await self._writer.execute(
            "DELETE FROM stale_days WHERE day = ? AND mark = ?", (stale.day, stale.mark)
        )


def _counted(rows: Sequence[Row]) -> list[Counted]:
    return [COUNTED.from_text(body) for body, _, _ in rows]


def _at_work(rows: Sequence[Row]) -> list[tuple[Counted, int]]:
    return [(counted_as(kind, day * DAY, *group), count) for day, kind, *group, count in rows]


def _sums(rows: Sequence[Row]) -> Mapping[str, Sums]:
    return {period: sums_from(body) for period, body in rows}
