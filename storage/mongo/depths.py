"""How much waits to be shown, in MongoDB."""

from collections.abc import Mapping

from pymongo import ASCENDING

from storage.mongo.channels import AT_WORK
from storage.mongo.connection import Database, may_be_away
from storage.mongo.projector import Projector
from tickets.ports.sinks import Depth, SinkName


class MongoDepths:
    """The port ``Depths``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._events = database.events
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def backlog(self) -> Mapping[SinkName, Depth]:
        return {sink: await self._depth(sink) for sink in SinkName}

    @may_be_away
    async def without_channel(self) -> int:
        await self._projector.catch_up()
        return int(await self._tickets.count_documents({"status": {"$in": AT_WORK}, "placed": False}))

    async def _depth(self, sink: SinkName) -> Depth:
        due = f"due.{sink}"
        pending = {due: {"$exists": True}}
        oldest = await self._events.find_one(
            pending, sort=[(due if sink is SinkName.REMOVAL else "at", ASCENDING)]
        )
        if oldest is None:
            return Depth()
        at = oldest["due"][sink] if sink is SinkName.REMOVAL else oldest["at"]
        return Depth(await self._events.count_documents(pending), at)
