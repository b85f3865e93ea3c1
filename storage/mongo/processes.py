"""The registry of processes in MongoDB."""

from storage.codec import PROCESS
from storage.mongo.connection import Database, may_be_away
from tickets.ports.processes import KEPT, ProcessSeen


class MongoProcesses:
    """The port ``Processes``."""

    def __init__(self, database: Database) -> None:
        self._processes = database.processes

    @may_be_away
    async def seen(self, process: ProcessSeen) -> None:
        await self._processes.replace_one({"_id": process.name}, process_record(process), upsert=True)
        await self._processes.delete_many({"seen_at": {"$lt": process.seen_at - KEPT}})

    @may_be_away
    async def gone(self, name: str) -> None:
        await self._processes.delete_one({"_id": name})

    @may_be_away
    async def all(self) -> list[ProcessSeen]:
        found = [PROCESS.from_record(it) for it in await self._processes.find({}).to_list(None)]
        return sorted(found, key=lambda it: (it.started_at, it.name))


def process_record(process: ProcessSeen) -> dict[str, object]:
    return {"_id": process.name, **PROCESS.record(process)}
