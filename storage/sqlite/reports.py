"""Aggregations over tickets, in SQLite: statistics walk along the times of opening."""

from collections.abc import Sequence
from typing import Final

from storage.codec import TICKET
from storage.sqlite.reader import Reader, Row
from tickets.desks.in_thread import aside
from tickets.model import Status, Ticket
from tickets.ports.lists import Cursor
from tickets.ports.reports import By, Count, Duration, Kept, Span, Took
from tickets.targets import TargetName

_CLOSED_AT = "json_extract(body, '$.closed_at')"
RESOLVED = f"""
SELECT body FROM tickets INDEXED BY tickets_resolved
WHERE status = '{Status.RESOLVED}' AND {_CLOSED_AT} < ? AND ({_CLOSED_AT}, number) > (?, ?)
ORDER BY {_CLOSED_AT}, number LIMIT ?"""  # noqa: S608  only constants of ours

_GROUPS: Final = {
    By.ALL: "''",
    By.LEVEL: "json_extract(body, '$.issue_level')",
    By.SUPPORT_ROLE: "json_extract(body, '$.support_role')",
    By.AGENT: "coalesce(assignee_key, '')",
    By.DAY: "strftime('%Y-%m-%d', created_at / 1000, 'unixepoch')",
}
_ENDS: Final = {
    Took.FIRST_RESPONSE: "json_extract(body, '$.first_response_at')",
    Took.RESOLUTION: f"CASE status WHEN '{Status.RESOLVED}' THEN {_CLOSED_AT} END",
}
_IS_DONE: Final = {
    TargetName.FIRST_RESPONSE: "$.sla.first_response.is_done",
    TargetName.RESOLUTION: "$.sla.is_over",
}
_OPENED: Final = "FROM tickets WHERE created_at >= ? AND created_at < ?"


class SqliteReports:
    """The port ``Reports``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def resolved(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        place = (span.since, 0) if after is None else after.numbers
        rows = await self._reader.all(RESOLVED, (span.until, *place, limit))
        return [TICKET.from_text(body) for (body,) in rows]

    async def counts(self, span: Span, by: By) -> list[Count]:
        statement = f"SELECT {_GROUPS[by]}, status, count(*) {_OPENED} GROUP BY 1, 2"
        return [Count(*row) for row in await self._reader.all(statement, (span.since, span.until))]

    async def kept(self, span: Span, by: By, target: TargetName) -> list[Kept]:
        missed = f"json_extract(body, '$.sla.{target}.is_missed')"
        done = f"json_extract(body, '{_IS_DONE[target]}')"
        statement = (
            f"SELECT {_GROUPS[by]}, sum({missed} = 0 AND {done}), sum({missed}) {_OPENED}"
            f" AND {missed} IS NOT NULL AND ({missed} OR {done}) GROUP BY 1"
        )
        return [Kept(*row) for row in await self._reader.all(statement, (span.since, span.until))]

    async def durations(self, span: Span, by: By, what: Took) -> list[Duration]:
        end = _ENDS[what]
        statement = (
            f"SELECT {_GROUPS[by]}, ({end} - created_at) / 1000 AS seconds, count(*) {_OPENED}"
            f" AND {end} IS NOT NULL GROUP BY 1, 2"
        )
        return await aside(_durations, await self._reader.all(statement, (span.since, span.until)))


def _durations(rows: Sequence[Row]) -> list[Duration]:
    return [Duration(*row) for row in rows]
