"""Counts the tickets of changed days again, in the background of the leader."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from tickets.desks.in_thread import aside
from tickets.figures import DAY, EXACT_UP_TO, By, Counted, Sums, Tally, began, coarse, month_of, total
from tickets.ports.reports import Reports, Span, Stale, place_by_opening
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

PAUSE: Final = 5.0
"""Seconds between two looks."""
AT_ONCE: Final = 32
"""Days in a look."""
PAGE: Final = 500
"""Tickets that are read in one step."""
EVER: Final = ("0000-00-00", "9999-99-99")


async def counted(reports: Reports, span: Span) -> dict[By, Sums]:
    """The sums of what was opened within a day, or a part of it, as its tickets are now."""
    tally, after = Tally(), None
    while page := await reports.counted(span, after, PAGE):
        await aside(_add, page, tally)
        if len(page) < PAGE:
            break
        after = place_by_opening(page[-1])
    return tally.sums(exact=tally.tickets <= EXACT_UP_TO)


def _add(page: Sequence[Counted], tally: Tally) -> None:
    tally.add(page)


def whole(day: str) -> Span:
    return Span(began(day), began(day) + DAY)


class Counting:
    def __init__(self, reports: Reports, pause: float = PAUSE) -> None:
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
        """Count the day and its month. If the process is killed in between, the day stays stale."""
        await self._reports.keep(stale.day, await counted(self._reports, whole(stale.day)))
        month = month_of(stale.day)
        sums = {}
        for by in By:
            days = await self._reports.sums(by, f"{month}-01", f"{month}-31")
            sums[by] = await aside(_of_month, list(days.values()))
        await self._reports.keep(month, sums)
        await self._reports.settle(stale)


def _of_month(days: Sequence[Sums]) -> Sums:
    return coarse(total(days))
