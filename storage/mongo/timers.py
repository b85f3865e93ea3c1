"""Timers in MongoDB. A timer that has gone off stays in the collection without a time, so that it is not set
again."""

from collections.abc import Sequence

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.mongo.connection import Database, may_be_away, upsert
from storage.mongo.lease import Guard
from tickets.model import Millis, TicketId
from tickets.ports.sinks import Due
from tickets.ports.timers import Timer, TimerKind


class MongoTimers:
    """The port ``Timers``."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self._timers = database.timers
        self._guard = guard

    @may_be_away
    async def set(self, timer: Timer) -> None:
        await self._guard.check()
        key = {"_id": _id(timer.kind, timer.ticket_id), "set_at_seq": {"$lt": timer.set_at_seq}}
        values = {
            "ticket_id": timer.ticket_id,
            "kind": timer.kind,
            "set_at_seq": timer.set_at_seq,
            "due_at": timer.due_at,
            "attempts": 0,
        }
        try:
            await upsert(self._timers, self._guard.own(key), self._guard.signed({"$set": values}))
        except DuplicateKeyError:
            return  # it was set for this event, or for a later one

    @may_be_away
    async def tickets_due(self, kind: TimerKind, now: Millis, limit: int) -> list[TicketId]:
        due = {"kind": kind, "due_at": {"$gte": 0, "$lte": now}}
        cursor = self._timers.find(due, {"ticket_id": 1}, sort=[("due_at", ASCENDING)], limit=limit)
        return [TicketId(record["ticket_id"]) for record in await cursor.to_list(None)]

    @may_be_away
    async def next_due(self, kind: TimerKind, ticket_id: TicketId, now: Millis) -> Due[Timer] | None:
        found = await self._timers.find_one({"_id": _id(kind, ticket_id), "due_at": {"$gte": 0, "$lte": now}})
        if found is None:
            return None
        return Due(Timer(ticket_id, kind, found["set_at_seq"], found["due_at"]), attempts=found["attempts"])

    @may_be_away
    async def earliest(self, kind: TimerKind) -> Millis | None:
        waiting = {"kind": kind, "due_at": {"$gte": 0}}
        found = await self._timers.find_one(waiting, sort=[("due_at", ASCENDING)])
        return None if found is None else int(found["due_at"])

    @may_be_away
    async def done(self, kind: TimerKind, timer: Timer) -> None:
        await self._change(_key(timer), {"$set": {"due_at": None, "attempts": 0}})

    @may_be_away
    async def put_off(self, kind: TimerKind, timer: Timer, until: Millis) -> None:
        waiting = {**_key(timer), "due_at": {"$gte": 0}}
        await self._change(waiting, {"$set": {"due_at": until}, "$inc": {"attempts": 1}})

    @may_be_away
    async def failed(self, kind: TimerKind, timer: Timer, reason: str) -> None:
        await self._change(_key(timer), {"$set": {"due_at": None, "attempts": 0, "failed": reason}})

    @may_be_away
    async def hasten(
        self, kind: TimerKind, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        put_off: Record = {"kind": kind, "attempts": {"$gt": 0}, "due_at": {"$gt": beyond}}
        if ticket_ids is not None:
            put_off["_id"] = {"$in": [_id(kind, ticket_id) for ticket_id in ticket_ids]}
        await self._guard.check()
        await self._timers.update_many(self._guard.own(put_off), {"$set": {"due_at": 0}})

    async def _change(self, key: Record, update: Record) -> None:
        await self._guard.check()
        await self._timers.update_one(self._guard.own(key), self._guard.signed(update))


def _id(kind: TimerKind, ticket_id: TicketId) -> str:
    return f"{ticket_id} {kind}"


def _key(timer: Timer) -> Record:
    return {"_id": _id(timer.kind, timer.ticket_id), "set_at_seq": timer.set_at_seq}
