"""Counts the tickets of days in which something has changed, in the background, where the store is led."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Final

from tickets.desks.in_thread import aside
from tickets.figures import DAY, EXACT_UP_TO, By, Sums, began, coarse, month_of, sums_of, total
from tickets.model import Ticket
from tickets.ports.lists import TicketFilter, TicketOrder, Views
from tickets.ports.reports import Reports, Stale
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

PAUSE: Final = 5.0
"""Seconds between two looks."""
AT_ONCE: Final = 32
"""Days in a look."""
PAGE: Final = 250
"""Tickets that are read in one step."""
EVER: Final = ("0000-00-00", "9999-99-99")


async def tickets_of(views: Views, day: str) -> AsyncIterator[list[Ticket]]:
    """The tickets that were opened on a day, in pages."""
    which = TicketFilter(created_from=began(day), created_until=began(day) + DAY)
    after = None
    while page := await views.tickets(which, order=TicketOrder.OLDEST, after=after, limit=PAGE):
        yield page
        if len(page) < PAGE:
            return
        after = TicketOrder.OLDEST.place(page[-1])


async def counted(views: Views, day: str) -> dict[By, Sums]:
    """The sums of a day, as its tickets are now."""
    sums: dict[By, Sums] = {by: Sums() for by in By}
    count = 0
    async for page in tickets_of(views, day):
        count += len(page)
        await aside(sums_of, page, sums)
    return {by: coarse(it) if count > EXACT_UP_TO else it for by, it in sums.items()}


class Counting:
    def __init__(self, views: Views, reports: Reports, pause: float = PAUSE) -> None:
        self._views = views
        self._reports = reports
        self._pause = pause

    async def run(self) -> None:
        """Keep up until cancelled."""
        while True:
            try:
                while stale := await self._reports.stale(*EVER, AT_ONCE):
                    for it in stale:
                        await self.count(it)
            except StoreUnavailable as error:
                log.debug("tickets are not counted: %s", error)
            except Exception:
                log.exception("tickets are not counted")
            await asyncio.sleep(self._pause)

    async def count(self, stale: Stale) -> None:
        """The day, and its month. Killed in between, the day stays stale."""
        await self._reports.keep(stale.day, await counted(self._views, stale.day))
        month = month_of(stale.day)
        sums = {}
        for by in By:
            days = await self._reports.sums(by, f"{month}-01", f"{month}-31")
            sums[by] = await aside(_of_month, list(days.values()))
        await self._reports.keep(month, sums)
        await self._reports.settle(stale)


def _of_month(days: Sequence[Sums]) -> Sums:
    return coarse(total(days))
