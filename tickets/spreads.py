"""How long things took: the middle of many times, and what nine of ten stay below. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

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
    pairs: list[tuple[int, int]] = []
    for value, count in counted:
        pairs += seconds_of(count) if value == BY_STEP else [(int(value), count)]
    pairs.sort()
    if not pairs:
        return Spread(0, None, None)
    seconds, counts = zip(*pairs, strict=True)
    up_to = [*accumulate(counts)]
    return Spread(up_to[-1], _quantile(seconds, up_to, 0.5), _quantile(seconds, up_to, 0.9))


def _quantile(seconds: Sequence[int], up_to: Sequence[int], part: float) -> float:
    """``up_to`` says how many tickets took so many seconds, or fewer."""
    place = (up_to[-1] - 1) * part
    below = int(place)
    low, high = (seconds[bisect_right(up_to, it)] for it in (below, min(below + 1, up_to[-1] - 1)))
    return round(low + (high - low) * (place - below), 3)
