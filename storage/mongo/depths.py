"""How many events wait to be shown, in MongoDB."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING

from storage.index_keys import OPEN_STATUSES, URGENCIES
from storage.mongo.connection import Database, may_be_away
from storage.mongo.projector import Projector
from tickets.notifications import SENT, NotificationChannel
from tickets.ports.sinks import Depth, Listening, SinkName
from tickets.ports.timers import TimerKind


class MongoDepths:
    """The port ``Depths``."""

    def __init__(self, database: Database, projector: Projector, sinks: Sequence[Listening]) -> None:
        self._timers = database.timers
        self._notifications = database.notifications
        self._sinks = sinks
        self._events = database.events
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def backlog(self) -> Mapping[str, Depth]:
        sinks = {str(it.sink): await self._depth(it.sink) for it in self._sinks}
        timers = {str(kind): await self._timers_of(kind) for kind in TimerKind}
        return sinks | timers | {str(it): await self._unsent(it) for it in SENT}

    @may_be_away
    async def without_channel(self) -> int:
        await self._projector.catch_up()
        return int(await self._tickets.count_documents({"status": {"$in": OPEN_STATUSES}, "placed": False}))

    async def _depth(self, sink: SinkName) -> Depth:
        """How many events wait at this sink. The index begins with the urgency; a query without it would
        read all events."""
        pending = {"urgency": {"$in": list(URGENCIES)}, f"due.{sink}": {"$exists": True}}
        group = {"_id": None, "count": {"$sum": 1}, "oldest": {"$min": "$at"}}
        rows = await self._events.aggregate([{"$match": pending}, {"$group": group}]).to_list(None)
        return Depth(rows[0]["count"], rows[0]["oldest"]) if rows else Depth()

    async def _unsent(self, channel: NotificationChannel) -> Depth:
        pending = {"channel": channel, "due_at": {"$gte": 0}}
        group = {"_id": None, "count": {"$sum": 1}, "oldest": {"$min": "$created_at"}}
        rows = await self._notifications.aggregate([{"$match": pending}, {"$group": group}]).to_list(None)
        return Depth(rows[0]["count"], rows[0]["oldest"]) if rows else Depth()

    async def _timers_of(self, kind: TimerKind) -> Depth:
        pending = {"kind": kind, "due_at": {"$gte": 0}}
        earliest = await self._timers.find_one(pending, sort=[("due_at", ASCENDING)])
        if earliest is None:
            return Depth()
        return Depth(await self._timers.count_documents(pending), earliest["due_at"])
