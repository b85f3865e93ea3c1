"""The statistics of each week of the desk's time zone, once, on Monday in the morning."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.showing.figures import FiguresInWords
from bot.showing.lines import Lines
from bot.showing.log_channel import LogChannel
from bot.showing.weekly import WeeklyStats, timer_after
from tests.office import Office, now, office
from texts.language import Language
from tickets.desks.report_desk import ReportDesk
from tickets.desks.ticket_desk import NewTicket
from tickets.ports.channels import WEEKLY
from tickets.ports.sinks import NotNow
from tickets.ports.timers import Timer, TimerKind

NEW = NewTicket(topic="It hurts", description="Everywhere.")
HOUR = 3_600_000
WEEK = 168 * HOUR
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
DUE = Timer(WEEKLY, TimerKind.WEEKLY, 1, 0)


def millis(text: str, zone: tzinfo) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@given(st.integers(min_value=10**12, max_value=4 * 10**12), ZONES)
def test_the_next_one_is_on_a_monday_at_eight_within_a_week(moment: int, name: str) -> None:
    zone = ZoneInfo(name)

    timer = timer_after(moment, zone)

    at = datetime.fromtimestamp(timer.due_at / 1000, zone)
    assert (at.weekday(), at.hour, at.minute, at.second) == (0, 8, 0, 0)
    assert 0 < timer.due_at - moment <= WEEK + HOUR


@given(st.integers(min_value=10**12, max_value=4 * 10**12), ZONES)
def test_the_one_after_it_is_another(moment: int, name: str) -> None:
    timer = timer_after(moment, ZoneInfo(name))
    later = timer_after(timer.due_at, ZoneInfo(name))

    assert later.set_at_seq == timer.set_at_seq + 1
    assert abs(later.due_at - timer.due_at - WEEK) <= HOUR


def weekly(log_office: Office, at: int | None = None, zone: tzinfo = UTC) -> WeeklyStats:
    """As a process has it that knows nothing but what is in the store."""
    it, store = log_office, log_office.store
    channel = LogChannel(it.client, store, it.guild_map, Lines(store, it.guild_map.guild_id), Language.EN)
    figures = FiguresInWords(ReportDesk(store, now), store.people)
    return WeeklyStats(store.timers, channel, figures, lambda: at or now(), lambda: zone)


async def test_a_week_is_told_once_and_the_next_one_is_planned(tmp_path: Path) -> None:
    async with office(tmp_path, with_log=True) as log_office:
        for _ in range(2):
            await weekly(log_office).show(DUE)

        (post,) = log_office.ever_posted(log_office.guild.channels["log"])
        heading, words = post["content"].splitlines()
        first, last = (datetime.fromtimestamp(int(it), UTC) for it in re.findall(r"<t:(\d+):D>", heading))
        assert (f"{first:%a}, {last:%a}", last - first) == ("Mon, Sun", timedelta(days=6))
        assert timedelta(0) < datetime.now(UTC) - last < timedelta(days=8)
        assert words == "None was opened."
        assert await log_office.store.timers.earliest(TimerKind.WEEKLY) == timer_after(now(), UTC).due_at


@pytest.mark.parametrize(
    ("name", "told_at", "monday"),
    [
        ("Europe/Berlin", "2026-03-30T08:00", "2026-03-23"),  # clocks go forward on that Sunday
        ("Europe/Berlin", "2026-10-26T08:00", "2026-10-19"),  # and back on that one
        ("America/Los_Angeles", "2026-11-30T08:00", "2026-11-23"),
        ("Pacific/Kiritimati", "2026-11-30T08:00", "2026-11-23"),  # there it is Sunday in UTC
    ],
)
async def test_a_week_is_that_of_the_desks_time_zone(
    tmp_path: Path, name: str, told_at: str, monday: str
) -> None:
    """Tickets at both ends of the week: the first and last millisecond count, those beside them do not."""
    zone = ZoneInfo(name)
    begins, at = millis(f"{monday}T00:00", zone), millis(told_at, zone)
    ends = millis(f"{datetime.fromisoformat(monday) + timedelta(days=7):%Y-%m-%dT00:00}", zone)
    moment = [begins - 1]
    async with office(tmp_path, with_log=True, clock=lambda: moment[0]) as log_office:
        for moment[0] in (begins - 1, begins, ends - 1, ends):
            await log_office.desk.open(log_office.caller("admin"), NEW)

        await weekly(log_office, at, zone).show(DUE)

        (post,) = (
            it for it in log_office.ever_posted(log_office.guild.channels["log"]) if "week" in it["content"]
        )
        heading, opened = post["content"].splitlines()[:2]
        days = [datetime.fromtimestamp(int(it), zone).date() for it in re.findall(r"<t:(\d+):D>", heading)]
        assert f"{days[0]:%Y-%m-%d}" == monday
        assert (days[1] - days[0]).days == 6
        assert opened.startswith("2 opened")


async def test_after_the_zone_has_moved_west_the_post_waits_for_its_morning(tmp_path: Path) -> None:
    async with office(tmp_path, with_log=True) as log_office:
        at = millis("2026-11-30T08:00", BERLIN)
        timer = timer_after(at - 1, BERLIN)

        with pytest.raises(NotNow) as waits:
            await weekly(log_office, at, ZoneInfo("America/Los_Angeles")).show(timer)

        assert waits.value.seconds == 9 * 3600
        assert log_office.ever_posted(log_office.guild.channels["log"]) == []


async def test_it_is_planned_when_a_process_begins_to_lead(tmp_path: Path) -> None:
    async with office(tmp_path, with_log=True, weekly_stats=True) as log_office:
        await log_office.open()

        assert await log_office.store.timers.earliest(TimerKind.WEEKLY) == timer_after(now(), UTC).due_at
