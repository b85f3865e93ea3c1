"""Who everybody is, in MongoDB."""

import time
from collections.abc import Iterable, Mapping

from storage.codec import PERSON
from storage.known_people import Remembered
from storage.mongo.connection import Database, may_be_away, upsert
from tickets.model import Person, UserKey


class MongoPeople:
    """The port ``People``."""

    def __init__(self, database: Database) -> None:
        self._people = database.people
        self._remembered = Remembered(time.monotonic)

    def knows(self, person: Person) -> bool:
        return self._remembered.knows(person)

    @may_be_away
    async def remember(self, person: Person) -> None:
        if self.knows(person):
            return
        await upsert(self._people, {"_id": str(person.key)}, {"$set": PERSON.record(person)})
        self._remembered.keep(person)

    @may_be_away
    async def introduce(self, person: Person) -> Person:
        await upsert(self._people, {"_id": str(person.key)}, {"$setOnInsert": PERSON.record(person)})
        return (await self.people([person.key]))[person.key]

    @may_be_away
    async def people(self, keys: Iterable[UserKey]) -> Mapping[UserKey, Person]:
        cursor = self._people.find({"_id": {"$in": [str(key) for key in keys]}})
        people = [PERSON.from_record(record) for record in await cursor.to_list(None)]
        return {person.key: person for person in people}
