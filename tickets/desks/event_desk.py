"""The feed of events for readers that ask for it: all of it or a part, at once or as soon as something
happens."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from tickets.desks.ticket_desk import Desk
from tickets.event_kinds import kind_of
from tickets.events import Event
from tickets.model import Caller, Ticket, UserKey
from tickets.ports.feed import Fed, Position
from tickets.ports.store import Store
from tickets.positions import known, newest, position_at

MOST_LOOKED_AT = 2_000
"""So many events are examined for one page while looking for the wanted ones."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events somebody wants to read. None stands for all."""

    ticket: str | None = None
    """Its id or number."""
    names: Collection[str] | None = None
    """The names of events, as on the wire."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    told: list[Fed]
    upto: Position
    """The position from which to go on."""
    has_more: bool
    """Whether there may be more at once."""


class EventDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._ends = asyncio.Event()

    async def page(
        self,
        caller: Caller,
        wanted: Wanted,
        *,
        after: Position | None,
        limit: int,
        wait: float = 0,
    ) -> FeedPage:
        """What happened after this position to the caller's tickets, or to all tickets for staff. None means
        the newest position. If nothing happened, wait so many seconds for the first event. Requesters hear
        nothing of notes; that includes staff on their own tickets. Raises PositionUnknown."""
        ticket = None if wanted.ticket is None else await self._desk.ticket(caller, wanted.ticket)
        rings = asyncio.Event()

        def hear(event: Event, requester: UserKey) -> None:
            if caller.is_staff or requester == caller.key:
                rings.set()

        stop = self._store.bell.listen(hear)
        try:
            start = await newest(self._store.feed) if after is None else after
            until = asyncio.get_running_loop().time() + wait
            page = await self._look(caller, wanted, ticket, start, limit)
            while not page.told and not self._ends.is_set() and await self._rung(rings, until):
                rings.clear()
                page = await self._look(caller, wanted, ticket, page.upto, limit)
            return page
        finally:
            stop()

    async def newest(self) -> Position:
        """The position behind everything that has happened so far."""
        return await newest(self._store.feed)

    def end_waiting(self) -> None:
        """Answer everybody who waits, and let nobody wait any more, because the process stops."""
        self._ends.set()

    async def _rung(self, rings: asyncio.Event, until: float) -> bool:
        """Whether the bell rang before that time of the loop, and before the waiting ends."""
        waits = [asyncio.create_task(it.wait()) for it in (rings, self._ends)]
        left = until - asyncio.get_running_loop().time()
        try:
            await asyncio.wait(waits, timeout=max(0, left), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for it in waits:
                it.cancel()
        return rings.is_set()

    async def _look(
        self, caller: Caller, wanted: Wanted, ticket: Ticket | None, after: Position, limit: int
    ) -> FeedPage:
        feed = self._store.feed
        pos = await known(feed, after)
        requester = None if caller.is_staff else caller.key
        told: list[Fed] = []
        looked_at = 0
        while True:
            if ticket is None:
                page = await feed.after(pos, requester=requester, limit=limit)
            else:
                page = await feed.of_ticket(ticket.id, pos, limit=limit)
            told += [fed for fed in page if _is_wanted(wanted, fed) and _may_be_told(caller, fed)]
            if len(told) >= limit:
                return FeedPage(told[:limit], told[limit - 1].position, True)
            pos = page[-1].pos if page else pos
            looked_at += len(page)
            if len(page) < limit or looked_at >= MOST_LOOKED_AT:
                return FeedPage(told, await position_at(feed, pos), len(page) == limit)


def _is_wanted(wanted: Wanted, fed: Fed) -> bool:
    return wanted.names is None or kind_of(fed.event.data).name in wanted.names


def _may_be_told(caller: Caller, fed: Fed) -> bool:
    return not kind_of(fed.event.data).is_secret or (caller.is_staff and caller.key != fed.requester)
