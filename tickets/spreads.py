"""How long things took: the middle of many times, and what nine of ten stay below. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickets.figures import BY_STEP, seconds_of


@dataclass(frozen=True, slots=True)
class Spread:
    """How long it took, in seconds: in the middle, and for nine of ten; None where there is nothing."""

    count: int
    median: float | None
    p90: float | None


def spread_of(counted: Iterable[tuple[str, int]]) -> Spread:
    """Of seconds, and how often each was taken. Between two of the values, in proportion, as spreadsheets and
    ``statistics.median`` do."""
    ordered = sorted(
        pair
        for seconds, count in counted
        for pair in (seconds_of(count) if seconds == BY_STEP else [(int(seconds), count)])
    )
    count = sum(it for _, it in ordered)
    return Spread(count, _quantile(ordered, count, 0.5), _quantile(ordered, count, 0.9))


def _quantile(ordered: Sequence[tuple[int, int]], count: int, part: float) -> float | None:
    if not count:
        return None
    place = (count - 1) * part
    below = int(place)
    low, high = _nth(ordered, below), _nth(ordered, min(below + 1, count - 1))
    return round(low + (high - low) * (place - below), 3)


def _nth(ordered: Sequence[tuple[int, int]], place: int) -> int:
    for seconds, count in ordered:
        if place < count:
            return seconds
        place -= count
    raise IndexError(place)
