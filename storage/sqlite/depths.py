"""How many events wait to be shown, in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Mapping, Sequence

from storage.sqlite.reader import Reader
from storage.sqlite.tables import AT_WORK
from tickets.notifications import SENT
from tickets.ports.sinks import Depth, Listening
from tickets.ports.timers import TimerKind

_BACKLOG = """
SELECT todo.sink, count(*), min(events.at)
FROM todo CROSS JOIN events ON events.ticket_id = todo.ticket_id AND events.seq = todo.seq
GROUP BY todo.sink
UNION ALL SELECT kind, count(*), min(due_at) FROM timers WHERE due_at IS NOT NULL GROUP BY kind
UNION ALL SELECT channel, count(*), min(created_at) FROM notifications WHERE due_at IS NOT NULL
GROUP BY channel"""

_WITHOUT_CHANNEL = f"""
SELECT count(*) FROM tickets INDEXED BY tickets_at_work
WHERE {AT_WORK} AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.ticket_id = tickets.ticket_id)"""


class SqliteDepths:
    """The port ``Depths``."""

    def __init__(self, reader: Reader, sinks: Sequence[Listening]) -> None:
        self._reader = reader
        self._names = [*(it.sink for it in sinks), *TimerKind, *SENT]

    async def backlog(self) -> Mapping[str, Depth]:
        found = {name: Depth(count, at) for name, count, at in await self._reader.all(_BACKLOG)}
        return {name: found.get(name, Depth()) for name in self._names}

    async def without_channel(self) -> int:
        return int((await self._reader.all(_WITHOUT_CHANNEL))[0][0])
