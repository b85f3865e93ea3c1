"""The same on MongoDB: Motor, and one insert that a majority has on its disk."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.floors.accept import Floor, serve

CONFIGURATION = json.loads(Path(sys.argv[1]).read_text())
MESSAGES: Any = AsyncIOMotorClient(CONFIGURATION["mongo_uri"], w="majority", journal=True)["floor"].messages


class MongoFloor(Floor):
    """It needs no number of its own for a message: the server gives none."""

    async def keep(self, message: tuple[object, ...]) -> int:
        names = ("_id", "ticket", "author", "content", "at")
        await MESSAGES.insert_one(dict(zip(names, message, strict=True)))
        return 0


if __name__ == "__main__":
    asyncio.run(serve(CONFIGURATION, MongoFloor))
