"""One socket's place in the feed. Being live is only a wake-up: what there is to tell, the feed knows."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from api.live_events import is_for_requester
from tickets.model import UserKey
from tickets.ports import Fed, Feed, StoreUnavailable

log = logging.getLogger(__name__)

PAGE: Final = 32
"""Entries read, and told, before waiting for the client to take them."""
PATIENCE: Final = 20.0
"""Seconds that a client has to take a page."""
STORE_PAUSE: Final = 0.5
"""Seconds until a store that was away is asked again."""


class Gap:
    """A stretch of the feed that is told late: behind ``pos``, up to and with ``upto``."""

    __slots__ = ("pos", "upto")

    def __init__(self, pos: int, upto: int) -> None:
        self.pos = pos
        self.upto = upto


class Reader:
    """Tells one client what happens to its user's tickets: in order, without a gap or a duplicate.

    ``tell`` shows an entry; ``taken`` returns once the client has taken what it was told; ``drop`` ends
    a client that takes nothing. A reader without anything to tell holds no task."""

    __slots__ = (
        "_again",
        "_drop",
        "_feed",
        "_gaps",
        "_pos",
        "_start",
        "_taken",
        "_task",
        "_tell",
        "echo",
        "user",
    )

    def __init__(
        self,
        user: UserKey,
        feed: Feed,
        tell: Callable[[Fed], Awaitable[None]],
        taken: Callable[[], Awaitable[None]],
        drop: Callable[[], None],
    ) -> None:
        self.user = user
        self.echo = False
        self._feed = feed
        self._tell = tell
        self._taken = taken
        self._drop = drop
        self._start: int | None = None
        """All behind this position has been told, or will be."""
        self._pos = 0
        self._gaps: list[Gap] = []
        self._task: asyncio.Task[None] | None = None
        self._again = False

    async def begin(self, since: int | None) -> int:
        """Begin behind ``since``, or now; later calls only ever reach further back.

        Returns how many entries were missed, which are told as soon as the reader is woken."""
        if self._start is None:
            last = await self._feed.last()
            start = last if since is None else min(since, last)
            missed = await self._count(start, last)
            if self._start is None:
                self._start = self._pos = start
            return missed
        if since is None or since >= self._start:
            return 0
        missed = await self._count(since, self._start)
        self._gaps.append(Gap(since, self._start))
        self._start = since
        return missed

    def wake(self) -> None:
        """There may be something to tell."""
        self._again = True
        if self._task is None and self._start is not None:
            self._task = asyncio.create_task(self._run(), name=f"telling {self.user}")
            self._task.add_done_callback(self._done)

    def stop(self) -> None:
        self._start = None
        if self._task is not None:
            self._task.cancel()

    async def _count(self, pos: int, upto: int) -> int:
        count = 0
        while pos < upto:
            page = await self._feed.after(pos, requester=self.user)
            count += sum(fed.pos <= upto and is_for_requester(fed.event, echo=self.echo) for fed in page)
            if not page:
                break
            pos = page[-1].pos
        return count

    async def _run(self) -> None:
        while self._again:
            try:
                self._again = await self._tell_a_page() or self._again
                async with asyncio.timeout(PATIENCE):
                    await self._taken()
            except StoreUnavailable as error:
                log.warning("the store is away, sockets wait: %s", error)
                self._again = True
                await asyncio.sleep(STORE_PAUSE)
            except TimeoutError:
                log.info("%s does not listen and is dropped", self.user)
                self._drop()
                return

    async def _tell_a_page(self) -> bool:
        """Whether there may be more."""
        self._again = False
        if self._gaps:
            await self._tell_of_gap(self._gaps[-1])
            return True
        page = await self._feed.after(self._pos, requester=self.user, limit=PAGE)
        for fed in page:
            if is_for_requester(fed.event, echo=self.echo):
                await self._tell(fed)
            self._pos = fed.pos
        return len(page) == PAGE

    async def _tell_of_gap(self, gap: Gap) -> None:
        page = await self._feed.after(gap.pos, requester=self.user, limit=PAGE)
        for fed in page:
            if fed.pos > gap.upto:
                break
            if is_for_requester(fed.event, echo=self.echo):
                await self._tell(fed)
            gap.pos = fed.pos
        else:
            if len(page) == PAGE:
                return
        self._gaps.remove(gap)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("telling %s failed; the client may come back", self.user, exc_info=error)
            self._drop()
        elif self._again and self._start is not None and not task.cancelled():
            self.wake()
