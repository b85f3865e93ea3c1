"""The table of agents in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from storage.codec import AGENT
from storage.sqlite.reader import Reader
from storage.sqlite.tables import AT_WORK
from storage.sqlite.writer import Writer
from tickets.model import UserKey
from tickets.ports.agents import Agent

LOAD = f"""
SELECT assignee_key, count(*) FROM asked CROSS JOIN tickets
ON assignee_key = column1 AND {AT_WORK} GROUP BY assignee_key"""
_ADD = "INSERT INTO agents (key, body) VALUES (?, ?) ON CONFLICT DO NOTHING"


class SqliteAgents:
    """The port ``Agents``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def all(self) -> list[Agent]:
        rows = await self._reader.all("SELECT body FROM agents ORDER BY key")
        return [AGENT.from_text(body) for (body,) in rows]

    async def add(self, agent: Agent) -> None:
        await self._writer.execute(_ADD, (str(agent.key), AGENT.text(agent)))

    async def change(self, key: UserKey, change: Callable[[Agent], Agent]) -> Agent | None:
        def work(connection: sqlite3.Connection) -> Agent | None:
            row = connection.execute("SELECT body FROM agents WHERE key = ?", (str(key),)).fetchone()
            if row is None:
                return None
            changed = change(AGENT.from_text(row[0]))
            connection.execute("UPDATE agents SET body = ? WHERE key = ?", (AGENT.text(changed), str(key)))
            return changed

        return await self._writer.write(work)

    async def remove(self, key: UserKey) -> None:
        await self._writer.execute("DELETE FROM agents WHERE key = ?", (str(key),))

    async def take_turn(self, keys: Sequence[UserKey]) -> UserKey | None:
        def work(connection: sqlite3.Connection) -> UserKey | None:
            among = ", ".join("?" * len(keys))
            row = connection.execute(
                f"SELECT key FROM agents WHERE key IN ({among}) ORDER BY turn, key LIMIT 1",
                [str(key) for key in keys],
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE agents SET turn = (SELECT max(turn) FROM agents) + 1 WHERE key = ?", row
            )
            return UserKey.parse(row[0])

        return await self._writer.write(work)

    async def load(self, keys: Iterable[UserKey]) -> dict[UserKey, int]:
        rows = await self._reader.matching(LOAD, [(str(key),) for key in keys])
        return {UserKey.parse(key): count for key, count in rows}
