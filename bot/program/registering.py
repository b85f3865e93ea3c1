"""Registers this process in the store, with its state."""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from api.options import Process, Role
from tickets.model import Millis
from tickets.ports.processes import ProcessSeen
from tickets.ports.store import Clock, Store, StoreUnavailable

log = logging.getLogger(__name__)

EVERY: Final = 10.0
"""Seconds between two signs of life."""
GOODBYE: Final = 1.0
"""Seconds that the last one may take: a stop waits for nobody."""


@dataclass(slots=True)
class Registering:
    """Stores what the process says about itself in ``/readyz``."""

    store: Store
    process: Process
    clock: Clock
    every: float = EVERY

    async def run(self) -> None:
        """Register until cancelled. While the store is away, nothing is stored."""
        started_at = self.clock()
        try:
            while True:
                with suppress(StoreUnavailable):
                    await self.store.processes.seen(self._seen(started_at))
                await asyncio.sleep(self.every)
        finally:
            with suppress(StoreUnavailable, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    await self.store.processes.gone(self.process.name)

    def _seen(self, started_at: Millis) -> ProcessSeen:
        role = self.process.role()
        return ProcessSeen(
            name=self.process.name,
            role=role,
            host=socket.gethostname(),
            pid=os.getpid(),
            version=version("guildesk"),
            started_at=started_at,
            seen_at=self.clock(),
            store=self.store.name.split()[0],
            discord=self.process.discord_fault() or "ok" if role is Role.LEADER else None,
            faults=tuple(str(it) for it in self.process.standing_faults()),
        )
