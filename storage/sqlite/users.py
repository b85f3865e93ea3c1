"""Who everybody is, and the users of apps, in SQLite."""

import time
from collections.abc import Iterable, Mapping

from storage.codec import PERSON
from storage.people import Blocked, Remembered
from storage.sqlite.reader import Reader, Row
from storage.sqlite.writer import Writer
from tickets.model import Person, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Clock
from tickets.ports.users import Block, User

_INTRODUCE = "INSERT INTO people (key, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
_REMEMBER = "INSERT INTO people (key, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"


class SqlitePeople:
    """The port ``People``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer
        self._remembered = Remembered(time.monotonic)

    def knows(self, person: Person) -> bool:
        return self._remembered.knows(person)

    async def remember(self, person: Person) -> None:
        if self.knows(person):
            return
        await self._writer.execute(_REMEMBER, (str(person.key), PERSON.text(person)))
        self._remembered.keep(person)

    async def introduce(self, person: Person) -> Person:
        if (known := await self.people([person.key])).get(person.key) is None:
            await self._writer.execute(_INTRODUCE, (str(person.key), PERSON.text(person)))
            known = await self.people([person.key])
        return known[person.key]

    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        wanted = set(keys)
        people = self._remembered.those_of(wanted)
        rows = await self._reader.matching(
            "SELECT body FROM asked CROSS JOIN people ON key = column1",
            [(str(key),) for key in wanted - people.keys()],
        )
        found = [PERSON.from_text(body) for (body,) in rows]
        return {**people, **{person.key: person for person in found}}


_COLUMNS = "people.body, coalesce(blocked, 0), blocked_until, block_reason, note"
PAGE = f"""
SELECT {_COLUMNS}, coalesce(opened, 0) AS tickets FROM people
LEFT JOIN (SELECT requester_key, count(*) AS opened FROM tickets
    WHERE number <= ? GROUP BY requester_key)
    ON requester_key = people.key
LEFT JOIN users ON users.key = people.key
WHERE (tickets > 0 OR (people.key NOT LIKE 'discord %'
    AND json_extract(people.body, '$.role') IN ('TEMP_USER', 'CUSTOMER')))
AND (-tickets, people.key) > (?, ?)
ORDER BY tickets DESC, people.key LIMIT ?"""  # noqa: S608  only a constant of ours
ONE = f"""
SELECT {_COLUMNS}, (SELECT count(*) FROM tickets WHERE requester_key = people.key) FROM people
LEFT JOIN users ON users.key = people.key WHERE people.key = ?"""  # noqa: S608
NEWEST = "SELECT coalesce(max(number), 0) FROM tickets"
MOST = 2**53
"""More tickets than anybody has."""
BLOCKED = "SELECT key, blocked_until, block_reason FROM users WHERE blocked"
_BLOCK = """
INSERT INTO users (key, blocked, blocked_until, block_reason) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET blocked = excluded.blocked, blocked_until = excluded.blocked_until,
    block_reason = excluded.block_reason"""
_NOTE = """
INSERT INTO users (key, blocked, note) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET note = excluded.note"""


class SqliteUsers:
    """The port ``Users``."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._blocked = Blocked(self._load_blocked, time.monotonic, clock)

    async def page(self, after: Cursor | None, limit: int) -> Page[User]:
        if after is None:
            (newest,) = await self._reader.one(NEWEST) or (0,)
            after = Cursor((newest, MOST))
        newest, count = after.numbers
        rows = await self._reader.all(PAGE, (newest, -count, after.text, limit + 1))
        users = [self._user(row) for row in rows]
        return Page.of(users, limit, lambda it: Cursor((newest, it.ticket_count), str(it.person.key)))

    async def user(self, key: UserKey) -> User | None:
        row = await self._reader.one(ONE, (str(key),))
        return None if row is None else self._user(row)

    async def block(self, key: UserKey, block: Block | None) -> None:
        until, reason = (block.until, block.reason) if block else (None, None)
        await self._writer.execute(_BLOCK, (str(key), block is not None, until, reason))
        self._blocked.forget()

    async def note(self, key: UserKey, note: str | None) -> None:
        await self._writer.execute(_NOTE, (str(key), note))

    async def is_blocked(self, key: UserKey) -> bool:
        return await self._blocked.has(key)

    async def _load_blocked(self) -> Mapping[UserKey, Block]:
        rows = await self._reader.all(BLOCKED)
        return {UserKey.parse(key): Block(until, reason) for key, until, reason in rows}

    def _user(self, row: Row) -> User:
        body, blocked, until, reason, note, count = row
        block = Block(until, reason) if blocked else None
        if block is not None and block.is_over(self._clock()):
            block = None
        return User(person=PERSON.from_text(body), ticket_count=count, block=block, note=note)
