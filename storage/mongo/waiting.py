"""The tickets that wait for staff, in MongoDB."""

from collections.abc import Sequence

from pymongo import ASCENDING, DESCENDING

from storage.codec import Record
from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.projector import Projector, ticket_from
from tickets.model import Status, Ticket, UserKey
from tickets.ports.queue import Place

_ORDER = [("urgency", DESCENDING), ("waiting_since", ASCENDING), ("number", ASCENDING)]


class MongoWaiting:
    """The port ``Waiting``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def page(self, after: Place | None, limit: int) -> list[Ticket]:
        await self._projector.catch_up()
        query: Record = {"status": Status.OPEN}
        if after is not None:
            query["$or"] = _behind(after)
        records = await self._tickets.find(query, sort=_ORDER, limit=limit).to_list(None)
        return [ticket_from(record) for record in records]

    @may_be_away
    async def assigned(self, keys: Sequence[UserKey], before_number: int | None, limit: int) -> list[Ticket]:
        await self._projector.catch_up()
        query: Record = {"assigned": {"$in": [str(key) for key in keys]}}
        if before_number is not None:
            query["number"] = {"$lt": min(before_number, LARGEST)}
        cursor = self._tickets.find(query, sort=[("number", DESCENDING)], limit=limit)
        return [ticket_from(record) for record in await cursor.to_list(None)]


def _behind(place: Place) -> list[Record]:
    since = min(place.waiting_since, LARGEST)
    return [
        {"urgency": {"$lt": place.urgency}},
        {"urgency": place.urgency, "waiting_since": {"$gt": since}},
        {"urgency": place.urgency, "waiting_since": since, "number": {"$gt": min(place.number, LARGEST)}},
    ]
