"""What an hour in which nothing happens costs in requests to Discord, with few open tickets and with many."""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from simcord import ChannelHandle

from bot.hearing.reconciling import QUIET_FOR, SWEEP_EVERY
from bot.showing.board import BETWEEN
from tests.bot.strict import Strict
from tests.hurried import HurriedLoop, in_a_hurry
from tests.office import CASEY, Office, now, office
from tickets.desks.ticket_desk import NewTicket, Said
from tickets.model import IssueLevel, Ticket

HOUR: Final = 3600.0
JERK: Final = 5.0
MOST_WRITES: Final = 20
PER_CATEGORY: Final = 50
LONGEST: Final = 15
"""Hours until nothing is looked at any more."""
LEVELS: Final = (*IssueLevel,)


@dataclass(frozen=True)
class Hour:
    """What was asked in it, by method and by the last word of the path."""

    asked: Counter[str]

    @property
    def writes(self) -> int:
        return sum(times for what, times in self.asked.items() if not what.startswith("GET "))

    @property
    def reads(self) -> int:
        return self.asked.total() - self.writes


@pytest.mark.parametrize(
    ("few", "many"),
    [(3, 15), pytest.param(45, 450, marks=pytest.mark.slow)],
)
def test_an_idle_hour_writes_nothing_and_reads_no_more_with_ten_times_the_tickets(
    tmp_path: Path, strict: Strict, few: int, many: int
) -> None:
    strict.per_category = PER_CATEGORY

    def hour_of(tickets: int) -> Hour:
        return in_a_hurry(lambda loop: _idle_hour(loop, tmp_path / str(tickets), tickets, strict))

    hours = [hour_of(few), hour_of(many)]

    assert [it.writes for it in hours] == [0, 0], f"of {MOST_WRITES} that are allowed"
    assert set(hours[1].asked) == set(hours[0].asked) == {"GET channels", "GET active", "GET board"}
    assert hours[1].reads <= hours[0].reads + 4, "as looks fall on the end of the hour"
    assert 0 < hours[1].reads <= 26


async def _idle_hour(loop: HurriedLoop, folder: Path, tickets: int, strict: Strict) -> Hour:
    """In each ticket somebody asked and somebody answered, hours ago; nothing has happened since. What was
    posted lately is looked at for some time, and shown on the board; the first hour without that counts."""
    async with office(
        folder,
        with_board=True,
        with_log=True,
        sweep_every=SWEEP_EVERY,
        quiet_for=QUIET_FOR,
        board_between=BETWEEN,
        clock=lambda: now() + int(loop.ahead * 1000),
    ) as desk_office:
        desk_office.env.backend.clock.elapsed -= 2 * HOUR
        await desk_office.people["admin"].slash(desk_office.lobby, "duty", state="on")
        opened = await _conversations(desk_office, tickets)
        desk_office.env.backend.clock.elapsed += 2 * HOUR
        assert len(_categories_of(desk_office, opened)) >= math.ceil(tickets / PER_CATEGORY)
        for number in range(LONGEST):
            before = len(strict.asked)
            await loop.let_pass(HOUR, JERK)
            hour = Hour(Counter(f"{how} {_last_of(path)}" for how, path, _ in strict.asked[before:]))
            if number and not hour.asked["GET messages"]:
                break
        assert len(await desk_office.store.channels.open_ones()) == tickets
    return hour


def _last_of(path: str) -> str:
    last = path.rpartition("/")[2]
    return "board" if last.isdecimal() else last


async def _conversations(desk_office: Office, tickets: int) -> list[ChannelHandle]:
    """The channels of so many tickets, with a question and an answer in each."""
    opened: list[Ticket] = []
    for number in range(tickets):
        level = LEVELS[number % len(LEVELS)]
        opened.append(
            await desk_office.desk.open(
                CASEY, NewTicket(topic=f"Topic {number}", description="Broken.", issue_level=level)
            )
        )
    await _all_shown(desk_office)
    await asyncio.gather(*(desk_office.desk.post(CASEY, it.id, Said("Hello?")) for it in opened))
    await _all_shown(desk_office)
    channels = [desk_office.guild.channels[f"ticket-{it.number:04}"] for it in opened]
    for channel in channels:
        await desk_office.people["admin"].send(channel, "We look into it.")
    await desk_office.inbox.idle()
    await _all_shown(desk_office)
    return channels


async def _all_shown(desk_office: Office) -> None:
    """As ``desk_office.shown``, with patience for hundreds."""
    async with asyncio.timeout(120):
        while True:
            try:
                return await desk_office.shown()
            except TimeoutError:
                continue


def _categories_of(desk_office: Office, channels: list[ChannelHandle]) -> set[int | None]:
    return {desk_office.env.backend.channels[it.id].parent_id for it in channels}
