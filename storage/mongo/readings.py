"""Read marks in MongoDB: up to where each side has seen a ticket."""

from collections.abc import Mapping, Sequence

from storage.mongo.connection import Database, may_be_away, upsert
from tickets.model import TicketId
from tickets.ports.readings import Reading


class MongoReadings:
    """The port ``Readings``."""

    def __init__(self, database: Database) -> None:
        self._readings = database.readings

    @may_be_away
    async def requester_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        return await self._move("requester_seq", ticket_id, seq)

    @may_be_away
    async def staff_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        return await self._move("staff_seq", ticket_id, seq)

    @may_be_away
    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Reading]:
        found = await self._readings.find({"_id": {"$in": list(ticket_ids)}}).to_list(None)
        return {TicketId(it["_id"]): Reading(it["requester_seq"], it["staff_seq"]) for it in found}

    async def _move(self, side: str, ticket_id: TicketId, seq: int) -> bool:
        unread = {"requester_seq": 0, "staff_seq": 0}
        await upsert(self._readings, {"_id": ticket_id}, {"$setOnInsert": unread})
        moved = await self._readings.update_one({"_id": ticket_id, side: {"$lt": seq}}, {"$set": {side: seq}})
        return moved.matched_count > 0
