"""The statistics of each week, once, on Monday in the morning."""

import re
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.showing.figures import FiguresInWords
from bot.showing.lines import Lines
from bot.showing.log_channel import LogChannel
from bot.showing.weekly import WEEK, WeeklyStats, timer_after
from tests.office import Office, now, office
from texts.language import Language
from tickets.desks.report_desk import ReportDesk
from tickets.ports.channels import WEEKLY
from tickets.ports.timers import Timer, TimerKind


@given(st.integers(min_value=10**12, max_value=4 * 10**12))
def test_the_next_one_is_on_a_monday_at_eight_within_a_week(moment: int) -> None:
    timer = timer_after(moment)

    at = datetime.fromtimestamp(timer.due_at / 1000, UTC)
    assert (at.weekday(), at.hour, at.minute, at.second) == (0, 8, 0, 0)
    assert 0 < timer.due_at - moment <= WEEK


@given(st.integers(min_value=10**12, max_value=4 * 10**12))
def test_the_one_after_it_is_another(moment: int) -> None:
    timer = timer_after(moment)
    later = timer_after(timer.due_at)

    assert later.set_at_seq == timer.set_at_seq + 1
    assert later.due_at == timer.due_at + WEEK


def weekly(log_office: Office) -> WeeklyStats:
    """As a process has it that knows nothing but what is in the store."""
    it, store = log_office, log_office.store
    channel = LogChannel(it.client, store, it.guild_map, Lines(store, it.guild_map.guild_id), Language.EN)
    figures = FiguresInWords(ReportDesk(store, now), store.people)
    return WeeklyStats(store.timers, channel, figures, now)


async def test_a_week_is_told_once_and_the_next_one_is_planned(tmp_path: Path) -> None:
    async with office(tmp_path, with_log=True) as log_office:
        due = Timer(WEEKLY, TimerKind.WEEKLY, 1, 0)

        for _ in range(2):
            await weekly(log_office).show(due)

        (post,) = log_office.ever_posted(log_office.guild.channels["log"])
        heading, words = post["content"].splitlines()
        first, last = (datetime.fromtimestamp(int(it), UTC) for it in re.findall(r"<t:(\d+):D>", heading))
        assert f"{first:%a %H:%M:%S}, {last:%a %H:%M:%S}" == "Mon 00:00:00, Sun 23:59:59"
        assert 0 < now() / 1000 - last.timestamp() <= WEEK / 1000
        assert words == "None was opened."
        assert await log_office.store.timers.earliest(TimerKind.WEEKLY) == timer_after(now()).due_at


async def test_it_is_planned_when_a_process_begins_to_lead(tmp_path: Path) -> None:
    async with office(tmp_path, with_log=True, weekly_stats=True) as log_office:
        await log_office.open()

        assert await log_office.store.timers.earliest(TimerKind.WEEKLY) == timer_after(now()).due_at
