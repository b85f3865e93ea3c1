"""Time that counts while people work: how much of it lies between two moments, and when so much has passed.

Everything is in milliseconds of real time. A night in which clocks are put back is longer, and counts so."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tickets.hours import LONGEST_AGO, Hours
from tickets.millis import Millis

SOON: Final = 21 * 24 * 3_600_000
"""Milliseconds: longer than any holidays."""
HORIZON: Final = 10 * 366
"""Days. What has not come by then, because nobody ever works, never comes."""


def worked(hours: Hours | None, since: Millis, until: Millis) -> Millis:
    """How much working time lies between the two; 0 in the wrong order. Without hours all counts."""
    if hours is None:
        return max(0, until - since)
    total = 0
    for begin, end in _stretches(hours, since):
        if begin >= until:
            break
        total += min(end, until) - begin
    return total


def after_working(hours: Hours | None, since: Millis, span: Millis) -> Millis | None:
    """The first moment at which this much working time lies behind ``since``, which is ``since`` itself for
    nothing; None if that is beyond the horizon."""
    if span <= 0:
        return since
    if hours is None:
        return since + span
    left = span
    for begin, end in _stretches(hours, since):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None


def changes_at(hours: Hours, since: Millis) -> Millis | None:
    """When the desk next opens or closes; None where it does neither within weeks."""
    soon = since + SOON
    until = since if hours.is_open(since) else None
    for begin, end in _stretches(hours, since):
        if until is None:
            return begin if begin < soon else None
        if begin > until or until > soon:
            break
        until = end
    return None if until is None or until > soon else until


def _stretches(hours: Hours, since: Millis) -> Iterator[tuple[Millis, Millis]]:
    """The working time from then on, in order: shifts that overlap count once."""
    if not hours.spans:
        return
    day = datetime.fromtimestamp(since / 1000, hours.zone).date() - timedelta(days=LONGEST_AGO - 1)
    counted = since
    for _ in range(HORIZON):
        for begin, end in sorted(hours.shifts(day)):
            if end > counted:
                yield max(begin, counted), end
                counted = end
        day += timedelta(days=1)
