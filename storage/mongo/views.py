"""The read models in MongoDB."""

import asyncio
from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, DESCENDING

from storage.codec import MESSAGE
from storage.mongo.connection import LARGEST, Database, may_be_away
from storage.mongo.lists import MongoLists
from storage.mongo.projector import Projector
from tickets.marks import LABEL
from tickets.model import Message, MessageId, Ticket, TicketId
from tickets.ports.lists import LOOKS, Cursor, Page, TicketFilter, TicketOrder
from tickets.ports.readings import MOST_UNREAD, Reading, Unread


class MongoViews:
    """The port ``Views``. Reading one ticket compares it with its log. Lists first bring tickets up to date
    that are known to be behind."""

    def __init__(self, database: Database, projector: Projector, lists: MongoLists) -> None:
        self._messages = database.messages
        self._tickets = database.tickets
        self._labels = database.labels
        self._projector = projector
        self._lists = lists

    @may_be_away
    async def ticket(self, ticket_id: TicketId) -> Ticket | None:
        return await self._projector.current(ticket_id)

    @may_be_away
    async def ticket_at(self, address: str) -> Ticket | None:
        return await self._projector.current(await self._projector.id_at(address))

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        return (await self.page(which, order=order, after=after, limit=limit, looks=None)).items

    @may_be_away
    async def page(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
        looks: int | None = LOOKS,
    ) -> Page[Ticket]:
        await self._projector.catch_up()
        return await self._lists.page(which, order, after, limit, looks)

    @may_be_away
    async def last_messages(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Message]:
        await self._projector.catch_up()
        found = await asyncio.gather(*map(self._last_message, ticket_ids))
        return {it.ticket_id: it for it in found if it is not None}

    async def _last_message(self, ticket_id: TicketId) -> Message | None:
        query = {"ticket_id": ticket_id, "is_note": False}
        return MESSAGE.in_record(await self._messages.find_one(query, sort=[("seq", DESCENDING)]))

    @may_be_away
    async def unread(self, seen: Mapping[TicketId, Reading]) -> Mapping[TicketId, Unread]:
        await self._projector.catch_up()
        counted = await asyncio.gather(*(self._unread(*it) for it in seen.items()))
        return dict(zip(seen, counted, strict=True))

    async def _unread(self, ticket_id: TicketId, seen: Reading) -> Unread:
        shown = {"ticket_id": ticket_id, "is_note": False, "deleted": {"$ne": True}}
        behind = [
            {**shown, "seq": {"$gt": seen.requester_seq}, "author.type": {"$ne": "REQUESTER"}},
            {**shown, "seq": {"$gt": seen.staff_seq}, "author.type": "REQUESTER"},
        ]
        counts = (self._messages.count_documents(it, limit=MOST_UNREAD) for it in behind)
        return Unread(*await asyncio.gather(*counts))

    @may_be_away
    async def labels(self, begins: str, limit: int) -> list[str]:
        await self._projector.catch_up()
        used: list[str] = []
        after, until = {"$gte": begins}, {"$lt": f"{begins}\U0010ffff"}
        while len(used) < limit:
            known = await self._labels.find(
                {"_id": {**after, **until}}, sort=[("_id", ASCENDING)], limit=limit
            ).to_list(None)
            for it in known:
                label = it["_id"]
                if await self._tickets.find_one({"marks": LABEL + label}, {"_id": 1}) is not None:
                    used.append(label)
            if len(known) < limit:
                break
            after = {"$gt": known[-1]["_id"]}
        return used[:limit]

    @may_be_away
    async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None:
        await self._projector.current(ticket_id)
        return await self._projector.message(ticket_id, message_id)

    @may_be_away
    async def messages(
        self,
        ticket_id: TicketId,
        *,
        after_seq: int = 0,
        limit: int | None = None,
        notes: bool = False,
    ) -> list[Message]:
        await self._projector.current(ticket_id)
        query = {"ticket_id": ticket_id, "is_note": notes, "seq": {"$gt": min(after_seq, LARGEST)}}
        cursor = self._messages.find(query, sort=[("seq", ASCENDING)], limit=limit or 0)
        return [MESSAGE.from_record(record) for record in await cursor.to_list(None)]
