"""The looks in MongoDB."""

from collections.abc import Sequence
from typing import Final

from pymongo import DESCENDING

from storage.codec import Record
from storage.looks import look_from, values_of
from storage.mongo.connection import Database, may_be_away
from storage.mongo.inserting import insert_missing
from storage.mongo.keyset import behind
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.looks import Look, LookFilter, place_of

_NEWEST: Final = [("at", DESCENDING), ("_id", DESCENDING)]


class MongoLooks:
    """The port ``Looks``."""

    def __init__(self, database: Database) -> None:
        self._looks = database.looks

    @may_be_away
    async def add(self, looks: Sequence[Look]) -> None:
        await insert_missing(self._looks, [{"_id": it.id, **values_of(it)} for it in looks])

    @may_be_away
    async def page(self, which: LookFilter, after: Cursor | None, limit: int) -> Page[Look]:
        query: Record = {
            name: value
            for name, value in {
                "by_key": which.by and str(which.by),
                "user_key": which.user and str(which.user),
                "kind": which.kind and which.kind.value,
                "ticket_number": which.ticket_number,
            }.items()
            if value is not None
        }
        bounds = {"$gte": which.since, "$lt": which.until}
        if between := {name: at for name, at in bounds.items() if at is not None}:
            query["at"] = between
        if after is not None:
            query = {"$and": [query, behind(_NEWEST, (*after.numbers, after.text))]}
        records = await self._looks.find(query, sort=_NEWEST, limit=limit + 1).to_list(None)
        return Page.of([look_from({**it, "id": it["_id"]}) for it in records], limit, place_of)

    @may_be_away
    async def forget(self, user: UserKey, pseudonym: UserKey) -> int:
        gone = await self._looks.delete_many({"user_key": str(user)})
        await self._looks.update_many({"by_key": str(user)}, {"$set": {"by_key": str(pseudonym)}})
        return int(gone.deleted_count)

    @may_be_away
    async def forget_ticket(self, ticket_id: TicketId) -> int:
        return int((await self._looks.delete_many({"ticket_id": ticket_id})).deleted_count)

    @may_be_away
    async def forget_before(self, at: Millis) -> int:
        return int((await self._looks.delete_many({"at": {"$lt": at}})).deleted_count)
