"""How much waits to be shown, in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Mapping

from storage.sqlite.reader import Reader
from storage.sqlite.schema import AT_WORK
from tickets.ports.sinks import Depth, SinkName

_BACKLOG = f"""
SELECT todo.sink, count(*),
    min(CASE todo.sink WHEN '{SinkName.REMOVAL}' THEN todo.due_at ELSE events.at END)
FROM todo CROSS JOIN events ON events.ticket_id = todo.ticket_id AND events.seq = todo.seq
GROUP BY todo.sink"""

_WITHOUT_CHANNEL = f"""
SELECT count(*) FROM tickets INDEXED BY tickets_at_work
WHERE {AT_WORK} AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.ticket_id = tickets.ticket_id)"""


class SqliteDepths:
    """The port ``Depths``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def backlog(self) -> Mapping[SinkName, Depth]:
        found = {sink: Depth(count, at) for sink, count, at in await self._reader.all(_BACKLOG)}
        return {sink: found.get(sink, Depth()) for sink in SinkName}

    async def without_channel(self) -> int:
        return int((await self._reader.all(_WITHOUT_CHANNEL))[0][0])
