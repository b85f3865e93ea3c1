"""What tests look at: which requests came in, and whether anything has changed since."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that was answered, or cut off (status 0)."""

    n: int
    at: float
    method: str
    path: str
    status: int
    actor: str | None


class Requests:
    """The newest requests, numbered from 1."""

    def __init__(self, keep: int = 20_000) -> None:
        self._seen: deque[Seen] = deque(maxlen=keep)
        self.total = 0

    def add(self, method: str, path: str, status: int, actor: int | None) -> None:
        """Note a request."""
        self.total += 1
        who = None if actor is None else str(actor)
        self._seen.append(Seen(self.total, time.time(), method, path, status, who))

    def since(self, number: int, method: str | None = None, path: str = "") -> list[dict[str, Any]]:
        """The requests after a number, oldest first, whose path fits a regular expression."""
        fits = re.compile(path)
        newer = (seen for seen in self._seen if seen.n > number and method in (None, seen.method))
        return [asdict(seen) for seen in newer if fits.search(seen.path)]


class Changes:
    """Counts what changes and wakes who waits for it."""

    def __init__(self) -> None:
        self.at = 0
        self._next = asyncio.Event()

    def note(self) -> None:
        """Something has changed."""
        self.at += 1
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so, asking after every change; False if the time is over first."""
        try:
            async with asyncio.timeout(seconds):
                while not is_so():
                    await self._next.wait()
        except TimeoutError:
            return is_so()
        return True
