"""Agents in MongoDB."""

from collections.abc import Callable, Iterable, Sequence

from pymongo import ASCENDING, DESCENDING

from storage.codec import AGENT
from storage.index_keys import OPEN_STATUSES
from storage.mongo.connection import Attempts, Database, may_be_away, upsert
from storage.mongo.projector import Projector
from tickets.model import UserKey
from tickets.ports.agents import Agent


class MongoAgents:
    """The port ``Agents``."""

    def __init__(self, database: Database, projector: Projector) -> None:
        self._agents = database.agents
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def all(self) -> list[Agent]:
        records = await self._agents.find({}, sort=[("_id", ASCENDING)]).to_list(None)
        return [AGENT.from_record(record) for record in records]

    @may_be_away
    async def add(self, agent: Agent) -> None:
        new = {"$setOnInsert": {**AGENT.record(agent), "turn": 0}}
        await upsert(self._agents, {"_id": str(agent.key)}, new)

    @may_be_away
    async def change(self, key: UserKey, change: Callable[[Agent], Agent]) -> Agent | None:
        attempts = Attempts("changing an agent")
        while True:
            await attempts.one_more()
            found = await self._agents.find_one({"_id": str(key)})
            if found is None:
                return None
            before = AGENT.from_record(found)
            changed = change(before)
            as_found = {"_id": str(key), **AGENT.record(before)}
            if (await self._agents.update_one(as_found, {"$set": AGENT.record(changed)})).matched_count:
                return changed

    @may_be_away
    async def remove(self, key: UserKey) -> None:
        await self._agents.delete_one({"_id": str(key)})

    @may_be_away
    async def take_turn(self, keys: Sequence[UserKey]) -> UserKey | None:
        among = {"_id": {"$in": [str(key) for key in keys]}}
        attempts = Attempts("giving an agent a turn")
        while True:
            await attempts.one_more()
            first = await self._agents.find_one(among, sort=[("turn", ASCENDING), ("_id", ASCENDING)])
            last = await self._agents.find_one({}, sort=[("turn", DESCENDING)])
            if first is None or last is None:
                return None
            as_found = {"_id": first["_id"], "turn": first["turn"]}
            taken = await self._agents.update_one(as_found, {"$set": {"turn": last["turn"] + 1}})
            if taken.modified_count:
                return UserKey.parse(first["_id"])

    @may_be_away
    async def load(self, keys: Iterable[UserKey]) -> dict[UserKey, int]:
        await self._projector.catch_up()
        rows = self._tickets.aggregate(
            [
                {
                    "$match": {
                        "assignee_key": {"$in": [str(key) for key in keys]},
                        "status": {"$in": OPEN_STATUSES},
                    }
                },
                {"$group": {"_id": "$assignee_key", "count": {"$sum": 1}}},
            ]
        )
        return {UserKey.parse(row["_id"]): row["count"] for row in await rows.to_list(None)}
