"""When people work: by weekday and time of day in a time zone, without holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tickets.millis import Millis

DAY: Final = 24 * 60
"""Minutes."""
LONGEST_AGO: Final = 3
"""Days to look back, with today, for a shift that may last until now. It is enough even if a day was
skipped."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of the day to another, on some weekdays. Times are minutes after midnight on the wall
    clock. An end beyond 1440 is on the next day."""

    weekdays: frozenset[int]
    """0 is Monday, as in ``date.weekday``."""
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a desk. A shift that would begin on a holiday does not take place. One that began the day
    before goes on."""

    zone: ZoneInfo
    spans: tuple[Span, ...]
    holidays: frozenset[date] = frozenset()

    def is_open(self, at: Millis) -> bool:
        """Whether people work at that time."""
        today = datetime.fromtimestamp(at / 1000, self.zone).date()
        days = (today - timedelta(days=back) for back in range(-1, LONGEST_AGO))  # clocks may go back a day
        return any(begin <= at < end for day in days for begin, end in self.shifts(day))

    def shifts(self, day: date) -> Iterator[tuple[Millis, Millis]]:
        """The begin and end of the shifts that begin on this day. They may overlap."""
        if day in self.holidays or not self._has(day):
            return
        for span in self.spans:
            if day.weekday() in span.weekdays:
                begin, end = self._at(day, span.begin), self._at(day, span.end)
                if begin < end:
                    yield begin, end

    def _has(self, day: date) -> bool:
        """Whether this day exists: a zone that crosses the date line skips one."""
        noon = datetime.combine(day, time(12), self.zone)
        return noon.astimezone(UTC).astimezone(self.zone).date() == day

    def _at(self, day: date, minutes: int) -> Millis:
        """This time on this day. If clocks show it twice, the first time counts. If clocks skip it, it is the
        moment at which the clocks of the day before would show it."""
        later, minutes = divmod(minutes, DAY)
        on = datetime.combine(day + timedelta(days=later), time(*divmod(minutes, 60)), self.zone)
        return int(on.astimezone(UTC).timestamp()) * 1000
