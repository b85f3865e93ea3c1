"""Signals between processes, in a small collection whose records expire.

Numbers grow. A signal's number is that of the newest plus one, or the time if that is larger, so that
numbers still grow after all signals have expired. If two processes take the same number, one of them takes
the next."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from storage.codec import SIGNAL
from storage.mongo.connection import Database
from storage.signals import AT_ONCE, overhear
from tickets.ports.signals import Signal, Signals
from tickets.ports.store import Clock

log = logging.getLogger(__name__)

KEPT: Final = 60
"""Seconds until a signal expires."""
ATTEMPTS: Final = 5


class Passing:
    """Passes on signals of this process, and receives those of others."""

    def __init__(self, database: Database, signals: Signals, clock: Clock, pause: float) -> None:
        self._said = database.whispers
        self._signals = signals
        self._clock = clock
        self._pause = pause
        self._sender = uuid4().hex
        self._number = 0

    async def begin(self) -> None:
        """Skip older signals."""
        self._number = await self._newest()

    async def run(self) -> None:
        """Check for signals until cancelled."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                if unsent := self._signals.take_unsent():
                    await self._say(unsent)
                await self._listen()
            except PyMongoError as error:
                log.debug("signals are not passed on: %s", error)
            except Exception:
                log.exception("signals are not passed on")

    async def _say(self, unsent: list[Signal]) -> None:
        for _ in range(ATTEMPTS):
            first = max(await self._newest() + 1, self._clock())
            said = [
                {
                    "_id": number,
                    "sender": self._sender,
                    "at": self._clock(),
                    "forget_at": datetime.fromtimestamp(self._clock() / 1000 + KEPT, UTC),
                    "said": SIGNAL.text(it),
                }
                for number, it in enumerate(unsent, first)
            ]
            try:
                await self._said.insert_many(said, ordered=True)
            except (DuplicateKeyError, BulkWriteError) as error:
                unsent = unsent[_done(error) :]
            else:
                return

    async def _listen(self) -> None:
        while True:
            page = await self._said.find(
                {"_id": {"$gt": self._number}}, sort=[("_id", ASCENDING)], limit=AT_ONCE
            ).to_list(None)
            if not page:
                return
            self._number = page[-1]["_id"]
            others = [(it["at"], it["said"]) for it in page if it["sender"] != self._sender]
            overhear(self._signals, others, self._clock())

    async def _newest(self) -> int:
        newest = await self._said.find_one({}, sort=[("_id", DESCENDING)])
        return 0 if newest is None else int(newest["_id"])


def _done(error: DuplicateKeyError | BulkWriteError) -> int:
    """How many signals were inserted before the one whose number was taken."""
    return int((error.details or {}).get("nInserted", 0))
