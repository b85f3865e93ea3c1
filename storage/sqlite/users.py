"""The users of apps, in SQLite."""

import time

from storage.blocked import Blocked
from storage.codec import PERSON
from storage.sqlite.reader import Reader, Row
from storage.sqlite.writer import Writer
from tickets.model import UserKey
from tickets.ports.users import User

_COLUMNS = "people.body, coalesce(blocked, 0), note"
PAGE = f"""
SELECT {_COLUMNS}, coalesce(opened, 0) AS tickets FROM people
LEFT JOIN (SELECT requester, count(*) AS opened FROM tickets GROUP BY requester) ON requester = people.key
LEFT JOIN users ON users.key = people.key
WHERE tickets > 0 OR (people.key NOT LIKE 'discord %'
    AND json_extract(people.body, '$.role') IN ('TEMP_USER', 'CUSTOMER'))
ORDER BY tickets DESC, people.key LIMIT ? OFFSET ?"""  # noqa: S608  only a constant of ours
ONE = f"""
SELECT {_COLUMNS}, (SELECT count(*) FROM tickets WHERE requester = people.key) FROM people
LEFT JOIN users ON users.key = people.key WHERE people.key = ?"""  # noqa: S608
BLOCKED = "SELECT key FROM users WHERE blocked"
_MARK = """
INSERT INTO users (key, blocked, note) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET blocked = excluded.blocked, note = excluded.note"""


class SqliteUsers:
    """The port ``Users``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer
        self._blocked = Blocked(self._load_blocked, time.monotonic)

    async def page(self, *, skip: int, limit: int) -> list[User]:
        return [_user(row) for row in await self._reader.all(PAGE, (limit, skip))]

    async def user(self, key: UserKey) -> User | None:
        row = await self._reader.one(ONE, (str(key),))
        return None if row is None else _user(row)

    async def mark(self, key: UserKey, *, blocked: bool, note: str | None) -> None:
        await self._writer.execute(_MARK, (str(key), blocked, note))
        self._blocked.forget()

    async def is_blocked(self, key: UserKey) -> bool:
        return await self._blocked.has(key)

    async def _load_blocked(self) -> frozenset[UserKey]:
        return frozenset(UserKey.parse(key) for (key,) in await self._reader.all(BLOCKED))


def _user(row: Row) -> User:
    body, blocked, note, count = row
    return User(person=PERSON.from_text(body), ticket_count=count, blocked=bool(blocked), note=note)
