"""People, and the users of apps, in SQLite."""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence

from storage.codec import PERSON
from storage.people import Remembered
from storage.sqlite.reader import Reader, Row
from storage.sqlite.user_words import put_words
from storage.sqlite.writer import Writer
from storage.user_pages import Counted, WordPlace, most_tickets_first, searched
from tickets.model import Millis, Person, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.store import Clock
from tickets.ports.users import EVERYBODY, Block, User, UserFilter

_KNOWN = "SELECT body FROM people WHERE key = ?"
_REMEMBER = """
INSERT INTO people (key, body, created_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"""


class SqlitePeople:
    """The port ``People``."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._remembered = Remembered(time.monotonic)

    def knows(self, person: Person) -> bool:
        return self._remembered.knows(person)

    async def remember(self, person: Person) -> None:
        if self.knows(person):
            return
        await self._writer.write(lambda connection: _keep(connection, person, self._clock()))
        self._remembered.keep(person)

    async def introduce(self, person: Person) -> Person:
        if (known := await self.people([person.key])).get(person.key) is None:
            await self._writer.write(
                lambda connection: _keep(connection, person, self._clock(), may_replace=False)
            )
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


def _keep(connection: sqlite3.Connection, person: Person, now: Millis, *, may_replace: bool = True) -> None:
    """Store the person, and the words by which they are found."""
    key, body = str(person.key), PERSON.text(person)
    known = connection.execute(_KNOWN, (key,)).fetchone()
    if known is None or (may_replace and known[0] != body):
        connection.execute(_REMEMBER, (key, body, now))
        put_words(connection, person)


KNOWN = """
SELECT people.body, coalesce(blocked, 0), blocked_until, block_reason, note, coalesce(tickets, 0), created_at
FROM asked CROSS JOIN people ON people.key = column1
LEFT JOIN users ON users.key = column1 LEFT JOIN user_counts ON user_counts.key = column1"""
NEWEST = "SELECT coalesce(max(number), 0) FROM tickets"
RISEN = "SELECT requester_key, count(*) FROM tickets WHERE number > ? GROUP BY +requester_key"
_COUNTED = "SELECT key, tickets FROM user_counts WHERE {} ORDER BY tickets DESC, key LIMIT ?"
AS_MANY = _COUNTED.format("tickets = ? AND key > ?")
FEWER = _COUNTED.format("tickets < ?")
WORDS = """
SELECT word, key FROM user_words WHERE (word, key) > (?, ?) AND word < ? ORDER BY word, key LIMIT ?"""
BLOCKED = "SELECT blocked_until, block_reason FROM users WHERE key = ? AND blocked"
_BLOCK = """
INSERT INTO users (key, blocked, blocked_until, block_reason) VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET blocked = excluded.blocked, blocked_until = excluded.blocked_until,
    block_reason = excluded.block_reason"""
_NOTE = """
INSERT INTO users (key, blocked, note) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET note = excluded.note"""


class SqliteUsers:
    """The port ``Users``, and the walks for its pages."""

    def __init__(self, reader: Reader, writer: Writer, clock: Clock) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def page(self, after: Cursor | None, limit: int, which: UserFilter = EVERYBODY) -> Page[User]:
        if which.is_open:
            return await most_tickets_first(self, after, limit)
        return await searched(self, which, after, limit)

    async def user(self, key: UserKey) -> User | None:
        return (await self.known([str(key)])).get(str(key))

    async def block(self, key: UserKey, block: Block | None) -> None:
        until, reason = (block.until, block.reason) if block else (None, None)
        await self._writer.execute(_BLOCK, (str(key), block is not None, until, reason))

    async def note(self, key: UserKey, note: str | None) -> None:
        await self._writer.execute(_NOTE, (str(key), note))

    async def is_blocked(self, key: UserKey) -> bool:
        row = await self._reader.one(BLOCKED, (str(key),))
        return row is not None and not Block(*row).is_over(self._clock())

    async def newest(self) -> int:
        (newest,) = await self._reader.one(NEWEST) or (0,)
        return int(newest)

    async def risen(self, newest: int) -> Mapping[str, int]:
        return dict(await self._reader.all(RISEN, (newest,)))

    async def with_tickets(self, count: int, after: str, limit: int) -> list[Counted]:
        rows = await self._reader.few(AS_MANY, (count, after, limit))
        if len(rows) < limit:
            rows += await self._reader.few(FEWER, (count, limit - len(rows)))
        return [(key, tickets) for key, tickets in rows]

    async def words(self, after: WordPlace, until: str, limit: int) -> list[WordPlace]:
        return [(word, key) for word, key in await self._reader.few(WORDS, (*after, until, limit))]

    async def known(self, keys: Sequence[str]) -> Mapping[str, User]:
        users = [self._user(row) for row in await self._reader.matching(KNOWN, [(key,) for key in keys])]
        return {str(it.person.key): it for it in users}

    def _user(self, row: Row) -> User:
        body, blocked, until, reason, note, count, created_at = row
        block = Block(until, reason) if blocked else None
        if block is not None and block.is_over(self._clock()):
            block = None
        return User(
            person=PERSON.from_text(body), ticket_count=count, created_at=created_at, block=block, note=note
        )
