"""Posts the statistics of the last week in the log channel, once a week."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo

from bot.showing.figures import FiguresInWords
from bot.showing.log_channel import LogChannel
from texts.text import Text
from tickets.model import MessageId, Millis
from tickets.ports.channels import WEEKLY
from tickets.ports.reports import Span
from tickets.ports.sinks import NotNow
from tickets.ports.store import Clock
from tickets.ports.timers import Timer, TimerKind, Timers

HOUR = 8
"""Hour of Monday, in the desk's time zone, after which the post comes."""
FIRST_MONDAY = date(1970, 1, 5)
"""Weeks are counted from here."""


class WeeklyStats:
    """Posts statistics, once for each week in the desk's zone. After an absence, only for the last week."""

    name = TimerKind.WEEKLY

    def __init__(
        self,
        timers: Timers,
        channel: LogChannel,
        figures: FiguresInWords,
        clock: Clock,
        zone: Callable[[], tzinfo],
    ) -> None:
        self._timers = timers
        self._channel = channel
        self._figures = figures
        self._clock = clock
        self._zone = zone

    async def begin(self) -> None:
        """Set the timer for the coming week, unless it is set."""
        await self._timers.set(timer_after(self._clock(), self._zone()))

    async def show(self, timer: Timer) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        zone, now = self._zone(), self._clock()
        if (early := timer_of(timer.set_at_seq, zone).due_at - now) > 0:
            raise NotNow("the desk has another time zone now", early / 1000)
        week = timer_after(now, zone).set_at_seq - 1
        until, monday = at(monday_of(week), 0, zone), monday_of(week - 1)
        # noon, because Discord shows each reader the day that it is then where they are
        first, last = (f"<t:{at(it, 12, zone) // 1000}:D>" for it in (monday, monday + timedelta(days=6)))
        span, heading = Span(at(monday, 0, zone), until), Text("stats-week", since=first, until=last)
        words = await self._figures.of(span, heading)
        await self._channel.post_words(WEEKLY, MessageId(f"week:{week}"), until, words)
        await self._timers.set(timer_after(now, zone))

    async def give_up(self, timer: Timer, why: str) -> None:
        """The post of this week is missing. The relay logs that."""


def timer_after(now: Millis, zone: tzinfo) -> Timer:
    """The timer of the next post. Its ``set_at_seq`` is the week in which it goes off."""
    this = (datetime.fromtimestamp(now / 1000, zone).date() - FIRST_MONDAY).days // 7
    timer = timer_of(this, zone)
    return timer if now < timer.due_at else timer_of(this + 1, zone)


def timer_of(week: int, zone: tzinfo) -> Timer:
    """The timer of the post that comes in this week, the number of weeks since the first Monday."""
    return Timer(WEEKLY, TimerKind.WEEKLY, week, at(monday_of(week), HOUR, zone))


def monday_of(week: int) -> date:
    return FIRST_MONDAY + timedelta(weeks=week)


def at(day: date, hour: int, zone: tzinfo) -> Millis:
    """That hour of that day, as clocks in the zone show it."""
    return int(datetime.combine(day, time(hour), zone).timestamp()) * 1000
