"""Who everybody is, in SQLite."""

import time
from collections.abc import Iterable, Mapping

from storage.codec import PERSON
from storage.known_people import Remembered
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Person, UserKey

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
