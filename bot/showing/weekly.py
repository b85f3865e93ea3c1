"""Posts the statistics of the last week in the log channel, once a week."""

from datetime import UTC, datetime, timedelta

from bot.showing.figures import FiguresInWords
from bot.showing.log_channel import LogChannel
from texts.text import Text
from tickets.model import MessageId, Millis
from tickets.ports.channels import WEEKLY
from tickets.ports.reports import Span
from tickets.ports.store import Clock
from tickets.ports.timers import Timer, TimerKind, Timers

HOUR = 8
"""Hour of Monday, in UTC, after which the post comes."""
WEEK: Millis = 7 * 24 * 60 * 60 * 1000


class WeeklyStats:
    """Posts statistics, once for each week. After an absence, only for the last week."""

    name = TimerKind.WEEKLY

    def __init__(self, timers: Timers, channel: LogChannel, figures: FiguresInWords, clock: Clock) -> None:
        self._timers = timers
        self._channel = channel
        self._figures = figures
        self._clock = clock

    async def begin(self) -> None:
        """Set the timer for the coming week, unless it is set."""
        await self._timers.set(timer_after(self._clock()))

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        until = week_of(self._clock()) * WEEK + MONDAY
        since = f"<t:{(until - WEEK) // 1000}:D>"
        heading = Text("stats-week", since=since, until=f"<t:{until // 1000 - 1}:D>")
        words = await self._figures.of(Span(until - WEEK, until), heading)
        await self._channel.post_words(WEEKLY, MessageId(f"week:{until}"), until, words)
        await self._timers.set(timer_after(self._clock()))

    async def give_up(self, timer: Timer, why: str) -> None:
        """The post of this week is missing. The relay logs that."""


MONDAY: Millis = int(datetime(1970, 1, 5, tzinfo=UTC).timestamp() * 1000)
"""The midnight at which the first week began."""


def week_of(now: Millis) -> int:
    """The number of weeks since then. Weeks begin on Monday, in UTC."""
    return (now - MONDAY) // WEEK


def timer_after(now: Millis) -> Timer:
    """The timer of the next post. Its ``set_at_seq`` is the week in which it goes off."""
    hour = int(timedelta(hours=HOUR).total_seconds() * 1000)
    week = week_of(now - hour) + 1
    return Timer(WEEKLY, TimerKind.WEEKLY, week, MONDAY + week * WEEK + hour)
