"""The looks in MongoDB."""

from collections.abc import Sequence
from typing import Any

from pymongo import DESCENDING

from storage.codec import Record
from storage.mongo.connection import Database, may_be_away
from storage.mongo.inserting import insert_missing
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.looks import Look, LookFilter, LookKind, place_of


class MongoLooks:
    """The port ``Looks``."""

    def __init__(self, database: Database) -> None:
        self._looks = database.looks

    @may_be_away
    async def add(self, looks: Sequence[Look]) -> None:
        await insert_missing(self._looks, [_record(it) for it in looks])

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
        at = _between(which)
        if after is not None:
            last = after.numbers[0]
            at["$lte"] = last
            query["$or"] = [{"at": {"$lt": last}}, {"at": last, "_id": {"$lt": after.text}}]
        if at:
            query["at"] = at
        newest = [("at", DESCENDING), ("_id", DESCENDING)]
        records = await self._looks.find(query, sort=newest, limit=limit + 1).to_list(None)
        return Page.of([_look(it) for it in records], limit, place_of)

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


def _between(which: LookFilter) -> dict[str, Any]:
    bounds = {"$gte": which.since, "$lt": which.until}
    return {name: at for name, at in bounds.items() if at is not None}


def _record(look: Look) -> Record:
    return {
        "_id": look.id,
        "at": look.at,
        "by_key": str(look.by),
        "kind": look.kind.value,
        "user_key": str(look.user),
        "ticket_id": look.ticket_id,
        "ticket_number": look.ticket_number,
    }


def _look(record: Record) -> Look:
    ticket_id = record["ticket_id"]
    return Look(
        id=record["_id"],
        at=record["at"],
        by=UserKey.parse(record["by_key"]),
        kind=LookKind(record["kind"]),
        user=UserKey.parse(record["user_key"]),
        ticket_id=None if ticket_id is None else TicketId(ticket_id),
        ticket_number=record["ticket_number"],
    )
