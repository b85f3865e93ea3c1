"""Days are counted in the background: nothing is left out, nothing counts twice, and nothing ends it."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets.fakes import until
from tests.tickets.logs import Logbook
from tests.tickets.sums import sums_of
from tickets.counting import PAGE, Counting, counted, whole
from tickets.desks.report_desk import figures_of
from tickets.figures import DAY, By, Figure, Sums, began, day_of, month_of
from tickets.fold import ticket_of
from tickets.model import Ticket
from tickets.ports.lists import Cursor, TicketOrder
from tickets.ports.reports import Reports, Span, Stale
from tickets.ports.store import StoreUnavailable

TODAY = "2027-01-15"
TICKET = ticket_of(Logbook().events)


def opened_on(day: str, count: int, first: int = 1) -> list[Ticket]:
    """So many tickets of a day. Each is answered after as many seconds as its number says."""
    return [
        replace(TICKET, number=n, created_at=at, first_response_at=at + n * 1000)
        for n in range(first, first + count)
        for at in (began(day) + n % 2 * 1000,)
    ]


@dataclass
class Kept:
    """Tickets, and what is kept of their days, as a store has them."""

    tickets_there: list[Ticket] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    days: dict[str, Mapping[By, Sums]] = field(default_factory=dict)
    months: dict[str, Mapping[By, Sums]] = field(default_factory=dict)
    troubles: list[Exception | None] = field(default_factory=list)
    """What comes of the next attempts to keep something; None is success."""
    reads: int = 0
    looks: int = 0
    while_counted: Callable[[], None] = lambda: None

    async def counted(self, span: Span, after: Cursor | None, limit: int) -> list[Ticket]:
        self.reads += 1
        self.while_counted()
        place = TicketOrder.OLDEST.place
        those = [it for it in self.tickets_there if span.since <= it.created_at < span.until]
        those.sort(key=lambda it: place(it).numbers)
        return [it for it in those if after is None or place(it).numbers > after.numbers][:limit]

    async def stale(self, first: str, last: str, limit: int) -> list[Stale]:
        assert 0 < limit <= 100, "a store may have thousands of days"
        self.looks += 1
        days = sorted((it for it in self.marks if first <= it <= last), reverse=True)
        return [Stale(it, self.marks[it]) for it in days[:limit]]

    async def sums(self, by: By, first: str, last: str) -> Mapping[str, Sums]:
        return {day: sums[by] for day, sums in self.days.items() if first <= day <= last}

    async def keep(self, period: str, sums: Mapping[By, Sums]) -> None:
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        kept = self.days if len(period) == len(TODAY) else self.months
        kept[period] = {by: Sums(it) for by, it in sums.items()}

    async def settle(self, stale: Stale) -> None:
        if self.marks.get(stale.day) == stale.mark:
            del self.marks[stale.day]

    def mark(self, *days: str) -> None:
        self.marks |= dict.fromkeys(days, f"mark {len(self.marks)}")

    @property
    def reports(self) -> Reports:
        return cast(Reports, self)

    @property
    def counting(self) -> Counting:
        return Counting(self.reports, pause=0)

    async def count(self, *days: str) -> None:
        self.mark(*days)
        for it in await self.stale("", "9999", 99):
            await self.counting.count(it)

    @asynccontextmanager
    async def counts(self) -> AsyncIterator[None]:
        """It is counted in the background until the end of the block."""
        task = asyncio.create_task(self.counting.run())
        try:
            yield
            assert not task.done()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def answered(*parts: Mapping[By, Sums]) -> Any:
    """What people are told of first answers in all these sums."""
    return figures_of([it[By.ALL] for it in parts], Sums())[""].first_response


async def day_of_so_many(count: int) -> tuple[dict[By, Sums], Kept]:
    kept = Kept(opened_on(TODAY, count))
    return await counted(kept.reports, whole(TODAY)), kept


@pytest.mark.parametrize("count", [0, 1, 2, 199, 200])
async def test_the_seconds_of_a_usual_day_are_told_exactly(count: int) -> None:
    sums, _ = await day_of_so_many(count)

    assert sums == sums_of(opened_on(TODAY, count))


@pytest.mark.parametrize(("count", "reads"), [(PAGE - 1, 1), (PAGE, 2), (PAGE + 1, 2), (2 * PAGE, 3)])
async def test_a_busy_day_is_counted_whole_in_steps(count: int, reads: int) -> None:
    sums, kept = await day_of_so_many(count)

    assert kept.reads == reads
    assert {by: hours(it) for by, it in sums.items()} == {
        by: hours(it) for by, it in sums_of(opened_on(TODAY, count)).items()
    }
    assert len(sums[By.ALL]) == 1 + 1  # the first answers together, and the hour of the day
    spread = answered(sums)
    assert spread.count == count
    assert spread.median == pytest.approx((count + 1) / 2, rel=0.01)


def hours(sums: Sums) -> Counter[str]:
    return Counter({value: count for (_, figure, value), count in sums.items() if figure is Figure.HOUR})


async def test_only_days_of_more_than_200_tickets_are_put_together() -> None:
    cells = {count: len((await day_of_so_many(count))[0][By.ALL]) for count in (200, 201)}

    assert cells == {200: 200 + 1, 201: 1 + 1}  # with the hour of the day


@given(st.lists(st.integers(-2 * DAY, 2 * DAY - 1), max_size=30))
async def test_a_day_has_its_own_tickets_and_no_others(since: list[int]) -> None:
    there = [replace(TICKET, number=n, created_at=began(TODAY) + it) for n, it in enumerate(since)]

    sums = await counted(Kept(there).reports, whole(TODAY))

    assert sum(hours(sums[By.ALL]).values()) == sum(0 <= it < DAY for it in since)


async def test_a_month_is_told_from_its_first_day_to_its_last() -> None:
    days = ["2026-12-31", "2027-01-01", "2027-01-15", "2027-01-31", "2027-02-01"]
    there = [it for n, day in enumerate(days) for it in opened_on(day, 2, first=10**n)]
    kept = Kept(there)

    await kept.count(*days)

    assert sorted(kept.months) == ["2026-12", "2027-01", "2027-02"]
    assert answered(kept.months["2027-01"]).count == 6
    for by in By:
        assert sum(kept.months["2027-01"][by].values()) > 0
    assert answered(kept.months["2027-01"]).median == pytest.approx(100, rel=0.02)
    assert answered(kept.months["2027-02"]).median == pytest.approx(10_000, rel=0.01)
    assert kept.marks == {}


@given(st.lists(st.integers(0, 59), max_size=40), st.integers(0, 59))
async def test_months_say_what_their_days_say_in_whichever_order_those_are_counted(
    opened: list[int], changed: int
) -> None:
    january = began("2027-01-01")
    kept = Kept(
        [replace(TICKET, number=n, created_at=january + it * DAY) for n, it in enumerate(opened)],
    )
    days = {day_of(it.created_at) for it in kept.tickets_there} | {day_of(january + changed * DAY)}
    await kept.count(*days)
    kept.tickets_there.append(replace(TICKET, number=99, created_at=january + changed * DAY))
    await kept.count(day_of(january + changed * DAY))

    for month, sums in kept.months.items():
        there = [it for it in kept.tickets_there if month_of(day_of(it.created_at)) == month]
        assert sum(hours(sums[By.ALL]).values()) == len(there)
        assert hours(sums[By.ALL]) == hours(sums_of(there)[By.ALL])


async def test_a_day_whose_counting_is_cut_off_is_counted_again() -> None:
    for well in (0, 1):  # in front of the day, or of its month
        kept = Kept(opened_on(TODAY, 3), troubles=[None] * well + [RuntimeError("killed")])
        kept.mark(TODAY)
        with pytest.raises(RuntimeError):
            await kept.count()
        assert list(kept.marks) == [TODAY]

        await kept.count()

        assert kept.marks == {}
        assert answered(kept.months[month_of(TODAY)]).count == 3


async def test_what_changes_while_a_day_is_counted_is_counted_again() -> None:
    kept = Kept(opened_on(TODAY, 3))

    def somebody_writes() -> None:
        if len(kept.tickets_there) == 3:
            kept.tickets_there += opened_on(TODAY, 1, first=4)
            kept.marks[TODAY] = "another mark"

    kept.while_counted = somebody_writes
    kept.mark(TODAY)

    async with kept.counts():
        await until(lambda: not kept.marks)

    assert answered(kept.days[TODAY]).count == 4
    assert answered(kept.months[month_of(TODAY)]).count == 4


async def test_all_days_are_counted_at_one_go_the_newest_first() -> None:
    days = [day_of(began(TODAY) - n * DAY) for n in range(70)]
    kept = Kept([it for n, day in enumerate(days) for it in opened_on(day, 1, first=n + 1)])
    kept.mark(*days)

    async with kept.counts():
        await until(lambda: not kept.marks)
        looks = kept.looks
        await until(lambda: kept.looks > looks + 3)

    assert list(kept.days) == days
    assert sum(answered(it).count for it in kept.months.values()) == 70


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (StoreUnavailable("away"), [(logging.DEBUG, "tickets are not counted: away")]),
        (RuntimeError("a slip"), [(logging.ERROR, "tickets are not counted")]),
    ],
)
async def test_no_trouble_ends_it_and_each_is_in_the_log(
    caplog: pytest.LogCaptureFixture, trouble: Exception, said: list[tuple[int, str]]
) -> None:
    caplog.set_level(logging.DEBUG, "tickets.counting")
    kept = Kept(opened_on(TODAY, 2), troubles=[trouble])
    kept.mark(TODAY)

    async with kept.counts():
        await until(lambda: not kept.marks)

    assert answered(kept.days[TODAY]).count == 2
    assert [(it.levelno, it.getMessage()) for it in caplog.records] == said
    assert [it.exc_info is not None for it in caplog.records] == [said[0][0] == logging.ERROR]
