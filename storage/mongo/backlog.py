"""What the sinks still have to show, in MongoDB. An event is pending as long as it has a due time."""

import asyncio
import time
from collections.abc import Sequence
from itertools import product
from typing import Final

from pymongo import ASCENDING

from storage.codec import Record, event_from_record
from storage.index_keys import URGENCIES
from storage.mongo.connection import Attempts, Database, may_be_away
from storage.mongo.lease import Guard
from storage.mongo.projector import Projector
from storage.replays import Replays
from tickets.events import Event, MessagePosted, NoteAdded
from tickets.model import Delivery, Millis, TicketId
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import LONGEST_PUT_OFF, Due, Failure, Listening, SinkName

LOOK_AHEAD_EVERY: Final = 60.0
"""Seconds after which events are looked for again that were put off before the clock was set back."""


class MongoBacklog:
    """The port ``Backlog``.

    Postponing an event also postpones the later events of its ticket, so that the index skips them. An event
    appended meanwhile is due at once; whoever finds it postpones it as well."""

    def __init__(
        self, database: Database, projector: Projector, guard: Guard, sinks: Sequence[Listening]
    ) -> None:
        self._wants = {it.sink: it.wants for it in sinks}
        self._replays = Replays()
        self._events = database.events
        self._messages = database.messages
        self._projector = projector
        self._guard = guard
        self._looked_ahead_at: dict[SinkName, float] = {}

    @may_be_away
    async def tickets_due(self, sink: SinkName, now: Millis, limit: int) -> list[TicketId]:
        found: list[TicketId] = []
        times = [{"$lte": now}]
        if time.monotonic() - self._looked_ahead_at.get(sink, -LOOK_AHEAD_EVERY) >= LOOK_AHEAD_EVERY:
            self._looked_ahead_at[sink] = time.monotonic()
            times.append({"$gt": now + LONGEST_PUT_OFF})
        for urgency, due in product(URGENCIES, times):
            attempts = Attempts("looking for what is due", 0)
            while len(found) < limit:
                await attempts.one_more()
                candidates = await self._candidates(sink, due, limit, urgency, found)
                if not candidates:
                    break
                in_time = await asyncio.gather(*(self._front_is_due(sink, it, now) for it in candidates))
                found += [it for it, is_due in zip(candidates, in_time, strict=True) if is_due]
        return found[:limit]

    @may_be_away
    async def next_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> Due[Event] | None:
        self._replays.begin(sink, ticket_id)
        front = await self._front(sink, ticket_id)
        if front is None or _is_put_off(front["due"][sink], now):
            return None
        return Due(event_from_record(front), attempts=front.get("attempts", {}).get(sink, 0))

    @may_be_away
    async def earliest(self, sink: SinkName) -> Millis | None:
        times = await asyncio.gather(*(self._earliest(sink, urgency) for urgency in URGENCIES))
        return min((time for time in times if time is not None), default=None)

    @may_be_away
    async def done(self, sink: SinkName, event: Event) -> None:
        await self._guard.check()
        if not self._replays.overtook(sink, event.ticket_id):
            await self._delivered(sink, event, Delivery.DELIVERED)
        if not self._replays.overtook(sink, event.ticket_id):
            await self._write(event, {"$unset": {f"due.{sink}": "", f"attempts.{sink}": ""}})

    @may_be_away
    async def put_off(self, sink: SinkName, event: Event, until: Millis) -> None:
        await self._guard.check()
        due = f"due.{sink}"
        pending = await self._events.update_one(
            self._guard.own({**_key(event), due: {"$exists": True}}),
            {"$set": {due: until}, "$inc": {f"attempts.{sink}": 1}},
        )
        if pending.matched_count:
            await self._take_along(sink, event.ticket_id, event.seq, until)

    @may_be_away
    async def failed(self, sink: SinkName, event: Event, reason: str) -> None:
        await self._guard.check()
        if not self._replays.overtook(sink, event.ticket_id):
            await self._delivered(sink, event, Delivery.FAILED)
        if not self._replays.overtook(sink, event.ticket_id):
            await self._write(event, {"$unset": {f"due.{sink}": ""}, "$set": {f"failed.{sink}": reason}})

    @may_be_away
    async def failures(self, sink: SinkName, ticket_id: TicketId) -> list[Failure]:
        which = {"ticket_id": ticket_id, f"failed.{sink}": {"$exists": True}}
        found = self._events.find(which, {"seq": 1, "failed": 1}, sort=[("seq", ASCENDING)])
        return [Failure(it["seq"], it["failed"][sink]) for it in await found.to_list(None)]

    @may_be_away
    async def retry(self, sink: SinkName, ticket_id: TicketId, seqs: Sequence[int]) -> None:
        await self._guard.check()
        ticket = await self._projector.current(ticket_id)
        if ticket is None:
            return
        again = {
            "$set": {f"due.{sink}": 0, "urgency": ticket.issue_level.urgency},
            "$unset": {f"attempts.{sink}": "", f"failed.{sink}": ""},
        }
        failed = f"failed.{sink}"
        for event in [it for it in await self._projector.events(ticket_id) if it.seq in seqs]:
            which = self._guard.own({**_key(event), failed: {"$exists": True}})
            made_due = await self._events.update_one(which, self._guard.signed(again))
            if made_due.matched_count:
                await self._delivered(sink, event, Delivery.QUEUED)

    @may_be_away
    async def pending(self, sink: SinkName, ticket_id: TicketId) -> bool:
        return await self._front(sink, ticket_id) is not None

    @may_be_away
    async def replay(self, sink: SinkName, ticket_id: TicketId) -> None:
        self._replays.add(sink, ticket_id)
        await self._guard.check()
        ticket = await self._projector.current(ticket_id)
        if ticket is not None:
            again = {
                "$set": {f"due.{sink}": 0, "urgency": ticket.issue_level.urgency},
                "$unset": {f"attempts.{sink}": ""},
            }
            events = await self._projector.events(ticket_id)
            wanted = [event.seq for event in events if self._wants[sink](event)]
            which = {"ticket_id": ticket_id, "seq": {"$in": wanted}}
            await self._events.update_many(self._guard.own(which), self._guard.signed(again))

    @may_be_away
    async def hasten(self, sink: SinkName, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0) -> None:
        await self._guard.check()
        due = f"due.{sink}"
        of = {"urgency": list(URGENCIES)} if ticket_ids is None else {"ticket_id": list(ticket_ids)}
        which = {due: {"$gt": beyond}, **{name: {"$in": values} for name, values in of.items()}}
        await self._events.update_many(self._guard.own(which), {"$set": {due: 0}})

    async def _candidates(
        self, sink: SinkName, when: Record, limit: int, urgency: int, known: list[TicketId]
    ) -> list[TicketId]:
        """Tickets that have an event due. An earlier event of the ticket may still be postponed."""
        due = f"due.{sink}"
        cursor = self._events.find(
            {"urgency": urgency, due: when, "ticket_id": {"$nin": known}},
            {"ticket_id": 1},
            sort=[(due, ASCENDING), ("_id", ASCENDING)],
            limit=4 * limit,
        )
        found = {TicketId(record["ticket_id"]): None for record in await cursor.to_list(None)}
        return list(found)[:limit]

    async def _front(self, sink: SinkName, ticket_id: TicketId) -> Record | None:
        """The ticket's lowest pending event."""
        return await self._events.find_one(
            {"ticket_id": ticket_id, f"due.{sink}": {"$exists": True}}, sort=[("seq", ASCENDING)]
        )

    async def _front_is_due(self, sink: SinkName, ticket_id: TicketId, now: Millis) -> bool:
        front = await self._front(sink, ticket_id)
        if front is None:
            return False
        if _is_put_off(front["due"][sink], now):
            await self._take_along(sink, ticket_id, front["seq"], front["due"][sink])
            return False
        return True

    async def _earliest(self, sink: SinkName, urgency: int) -> Millis | None:
        due = f"due.{sink}"
        attempts = Attempts("looking for what is due next", 0)
        while True:
            await attempts.one_more()
            first = await self._events.find_one(
                {"urgency": urgency, due: {"$exists": True}}, sort=[(due, ASCENDING)]
            )
            if first is None:
                return None
            front = await self._front(sink, first["ticket_id"])
            if front is not None and front["due"][sink] <= first["due"][sink]:
                return int(front["due"][sink])
            if front is not None:
                await self._take_along(sink, first["ticket_id"], front["seq"], front["due"][sink])

    async def _take_along(self, sink: SinkName, ticket_id: TicketId, seq: int, until: Millis) -> None:
        due = f"due.{sink}"
        await self._events.update_many(
            {"ticket_id": ticket_id, "seq": {"$gt": seq}, due: {"$lt": until}}, {"$set": {due: until}}
        )

    async def _delivered(self, sink: SinkName, event: Event, delivery: Delivery) -> None:
        """Only the event that posted a message sets the message's delivery."""
        if sink is not SinkName.DISCORD or not isinstance(event.data, MessagePosted | NoteAdded):
            return
        key = self._guard.own({"ticket_id": event.ticket_id, "id": event.id})
        update = self._guard.signed({"$set": {"delivery": delivery}})
        result = await self._messages.update_one(key, update)
        if not result.matched_count:
            await self._projector.current(event.ticket_id)
            await self._messages.update_one(key, update)

    async def _write(self, event: Event, update: Record) -> None:
        """Write the outcome of an event. Raises NotLeader if a later term has written one."""
        key = self._guard.own(_key(event))
        written = await self._events.update_one(key, self._guard.signed(update))
        if not written.matched_count:
            raise NotLeader(f"what became of event {event.id} was written in a later term")


def _is_put_off(until: Millis, now: Millis) -> bool:
    return now < until <= now + LONGEST_PUT_OFF


def _key(event: Event) -> Record:
    return {"ticket_id": event.ticket_id, "seq": event.seq}
