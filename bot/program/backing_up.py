"""Backs up the embedded store by schedule while this process leads."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from config.faults import BACKUP_FAILED, Fault
from config.store_settings import StoreSettings
from storage.keeping.schedule import Schedule
from tickets.ports.store import Clock, Deployment

log = logging.getLogger(__name__)

LOOK: Final = 60.0
"""Seconds between two looks whether a back-up is due."""
AGAIN_AFTER: Final = 5
"""Looks until one that failed is tried again."""
LEAVE: Final = 2.0
"""Seconds that one that is under way may take to clear up."""

Found = Callable[[Sequence[Fault]], Awaitable[None]]
"""Hears what is wrong with back-ups now: nothing, or one fault."""


def by_schedule(
    settings: StoreSettings, deployment: Deployment, clock: Clock, found: Found
) -> "BackingUp | None":
    """The scheduled back-ups. None if the settings want none."""
    if not settings.backup_every or settings.backup_dir is None:
        return None
    every = timedelta(hours=settings.backup_every)
    schedule = Schedule(settings.backup_dir, deployment.id, every, settings.backup_keep)
    return BackingUp(settings.data_dir, schedule, clock, found)


class BackingUp:
    """Goes by the time of the newest back-up, not by its own running time. So restarts and changes of the
    leader do not matter."""

    def __init__(
        self,
        data_dir: Path,
        schedule: Schedule,
        clock: Clock,
        found: Found,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._data_dir = data_dir
        self._schedule = schedule
        self._clock = clock
        self._found = found
        self._sleep = sleep

    async def run(self) -> None:
        """Make back-ups until cancelled. A back-up in progress is abandoned then."""
        while True:
            pause = LOOK
            try:
                if await asyncio.to_thread(self._schedule.is_due, self._now()):
                    log.info("backed up into %s", await self._back_up())
                    await self._found(())
            except _Failed as failure:
                await self._found([BACKUP_FAILED.of(why=failure)])
                pause = AGAIN_AFTER * LOOK
            except OSError as error:
                await self._found([BACKUP_FAILED.of(why=f"{self._schedule.folder}: {error.strerror}")])
                pause = AGAIN_AFTER * LOOK
            await self._sleep(pause)

    async def _back_up(self) -> str:
        """Make a back-up, and return it. Older ones are deleted only after that."""
        folder = self._schedule.folder
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        made = await _in_a_process("-m", "storage.keeping", str(self._data_dir), str(folder))
        for path in await asyncio.to_thread(self._schedule.surplus):
            await asyncio.to_thread(path.unlink, missing_ok=True)
            log.info("removed %s: %d newer ones are kept", path, self._schedule.keep)
        return made

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock() / 1000, UTC)


class _Failed(Exception):
    """The back-up failed. The text says why."""


async def _in_a_process(*arguments: str) -> str:
    """The output of a process of ours, once it has ended. If this is cancelled, the process gets time to
    clean up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        said, failed = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGINT)
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), LEAVE)
        with suppress(ProcessLookupError):
            process.kill()
        raise
    if process.returncode:
        lines = failed.decode(errors="replace").strip().splitlines()
        raise _Failed(lines[-1] if lines else f"the process ended with {process.returncode}")
    return said.decode().strip()
