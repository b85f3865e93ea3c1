"""One socket's position in the feed. A live event is only a wake-up; what to send is read from the feed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from api.live.events import is_told
from api.live.scope import Scope
from tickets.events import Event
from tickets.model import AuthorType, TicketId, UserKey
from tickets.ports.feed import Fed, Feed, Position
from tickets.ports.signals import Read, Typing
from tickets.ports.store import StoreUnavailable
from tickets.positions import position_at

log = logging.getLogger(__name__)

PAGE: Final = 32
"""So many entries are read and sent before the client has to take them."""
PATIENCE: Final = 20.0
"""Seconds that a client has to take a page."""
STORE_PAUSE: Final = 0.5
"""Seconds until a store that was away is asked again."""
MOST_COUNTED: Final = 10_000
"""Missed entries are counted up to this number. All of them are sent."""


class Gap:
    """A part of the feed that is sent late: after ``pos``, up to and with ``upto``, the entries that
    ``scope`` covers and ``before`` did not."""

    __slots__ = ("before", "pos", "scope", "upto")

    def __init__(self, pos: int, upto: int, scope: Scope, before: Scope | None) -> None:
        self.pos = pos
        self.upto = upto
        self.scope = scope
        self.before = before

    def holds(self, fed: Fed) -> bool:
        return self.scope.covers(fed) and not (self.before is not None and self.before.covers(fed))


class Reader:
    """Sends one client the events of its user's tickets and of those that it watches: in order, without a
    gap or a duplicate.

    ``tell`` sends an entry. ``taken`` returns once the client has taken what was sent. ``drop`` ends a
    client that takes nothing. A reader with nothing to send has no task."""

    __slots__ = (
        "_again",
        "_drop",
        "_feed",
        "_gaps",
        "_pos",
        "_scope",
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
        self._scope: Scope | None = None
        """The scope of the entries to send. None before the beginning and after the end."""
        self._pos = 0
        self._gaps: list[Gap] = []
        self._task: asyncio.Task[None] | None = None
        self._again = False

    @property
    def watches(self) -> bool:
        return self._scope is not None and self._scope.watches

    @property
    def watched(self) -> Collection[TicketId]:
        """The tickets that are watched one by one."""
        return () if self._scope is None else self._scope.tickets.keys()

    async def position(self) -> Position:
        """A position from which the client can go on and misses nothing."""
        while (found := await position_at(self._feed, self._behind)).pos != self._behind:
            pass  # the client was sent something meanwhile
        return found

    @property
    def _behind(self) -> int:
        return min([self._pos, *(gap.pos for gap in self._gaps)])

    def hears(self, it: Typing | Read) -> bool:
        """Whether the client gets signals about this ticket: somebody is typing, or the other side has
        read."""
        if self._scope is None or it.actor.key == self.user:
            return False
        if isinstance(it, Read) and it.actor.type is not AuthorType.REQUESTER:
            return it.requester == self.user
        return self._scope.names(it.ticket_id, it.requester)

    def hears_of(self, event: Event, requester: UserKey) -> bool:
        """Whether the event belongs to the scope."""
        if self._scope is None or not self._scope.names(event.ticket_id, requester):
            return False
        return is_told(event, requester, self.user, echo=self.echo)

    async def begin(self, since: int | None) -> int:
        """Begin after ``since``, or now. Later calls can only reach further back. Returns how many entries
        were missed; they are sent once the reader is woken."""
        if self._scope is None:
            start = await self._at(since)
            return await self._widen(Scope(self.user, start), start)
        if since is None:
            return 0
        return await self._widen(self._scope.back_to(since), since)

    async def watch(self, ticket_id: TicketId | None, since: int | None) -> int:
        """Watch one more ticket, or all if it is None, from ``since`` or now on. Returns how many entries
        were missed."""
        start = await self._at(since)
        return 0 if self._scope is None else await self._widen(self._scope.watching(ticket_id, start), start)

    def unwatch(self, ticket_id: TicketId | None) -> None:
        """Stop watching the ticket; if it is None, all tickets that are not the user's own."""
        if self._scope is not None:
            self._scope = self._scope.without(ticket_id)

    def wake(self) -> None:
        """Look for entries to send."""
        self._again = True
        if self._task is None and self._scope is not None:
            self._task = asyncio.create_task(self._run(), name=f"telling {self.user}")
            self._task.add_done_callback(self._done)

    def stop(self) -> None:
        self._scope = None
        if self._task is not None:
            self._task.cancel()

    async def _at(self, since: int | None) -> int:
        last = await self._feed.last()
        return last if since is None else min(since, last)

    async def _widen(self, scope: Scope, since: int) -> int:
        """Send all of ``scope`` from now on, and what is missed since ``since``."""
        missed = await self._count(Gap(since, await self._feed.last(), scope, self._scope))
        if self._scope is None:
            self._pos = since
        elif since < self._pos:
            self._gaps.append(Gap(since, self._pos, scope, self._scope))
        self._scope = scope
        return missed

    async def _count(self, gap: Gap) -> int:
        count = 0
        while gap.pos < gap.upto and count < MOST_COUNTED:
            page = await self._page(gap.scope, gap.pos, 100)
            count += sum(
                fed.pos <= gap.upto
                and gap.holds(fed)
                and is_told(fed.event, fed.requester, self.user, echo=self.echo)
                for fed in page
            )
            if not page:
                break
            gap.pos = page[-1].pos
        return min(count, MOST_COUNTED)

    async def _page(self, scope: Scope, pos: int, limit: int) -> list[Fed]:
        return await self._feed.after(pos, requester=scope.requester, tickets=scope.watched, limit=limit)

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
        """Send a page of entries. Returns whether there may be more."""
        self._again = False
        if self._gaps:
            await self._tell_of_gap(self._gaps[-1])
            return True
        if (scope := self._scope) is None:
            return False
        page = await self._page(scope, self._pos, PAGE)
        for fed in page:
            if self._scope is not scope:
                return True  # it may have more than this page shows
            self._pos = fed.pos - 1
            if scope.covers(fed) and self.hears_of(fed.event, fed.requester):
                await self._tell(fed)
            self._pos = fed.pos
        return len(page) == PAGE or self._scope is not scope

    async def _tell_of_gap(self, gap: Gap) -> None:
        page = await self._page(gap.scope, gap.pos, PAGE)
        for fed in page:
            if fed.pos > gap.upto:
                break
            if gap.holds(fed) and self.hears_of(fed.event, fed.requester):
                await self._tell(fed)
            gap.pos = fed.pos
        else:
            if len(page) == PAGE:
                return
        self._gaps.remove(gap)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("sending events to %s failed; the client may come back", self.user, exc_info=error)
            self._drop()
        elif self._again and self._scope is not None and not task.cancelled():
            self.wake()
