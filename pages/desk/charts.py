"""Bars by day, as SVG that the page draws without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 180
"""The size of the picture, in its own units."""
FOOT: Final = 22
"""The height of the dates below it."""
MOST_BARS: Final = 62
"""The most bars. More days are put together."""
DATES: Final = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """How many there are from ``day`` on, and for how many of them that is true which the chart shows apart.
    ``name`` stands in place of the day where a bar is not a day."""

    day: str
    count: int
    solved: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar with its place; ``date`` is written below some."""

    bar: Bar
    x: float
    width: float
    y: float
    height: float
    solved_y: float
    solved_height: float
    date: str


@dataclass(frozen=True, slots=True)
class Chart:
    bars: tuple[Drawn, ...]
    top: int
    """The value of the highest line."""
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = FOOT


def put_together(bars: Sequence[Bar], most: int = MOST_BARS, *, levels: bool = False) -> list[Bar]:
    """Puts neighbours together until there are few enough bars; nothing is lost. ``levels`` cannot be added
    up, so each bar shows the last one."""
    each = -(-len(bars) // most) if bars else 1
    return [
        part[-1]
        if levels
        else Bar(part[0].day, sum(it.count for it in part), sum(it.solved for it in part), part[0].name)
        for start in range(0, len(bars), each)
        for part in (bars[start : start + each],)
    ]


def chart_of(bars: Sequence[Bar], *, levels: bool = False) -> Chart:
    """Where to draw each part."""
    together = put_together(bars, levels=levels)
    top = _round_up(max((it.count for it in together), default=1))
    room, step = HEIGHT - FOOT, WIDTH / max(1, len(together))
    every = -(-len(together) // DATES) if together else 1
    drawn = []
    for place, bar in enumerate(together):
        height, solved = room * bar.count / top, room * bar.solved / top
        drawn.append(
            Drawn(
                bar=bar,
                x=round(place * step + step * 0.12, 2),
                width=round(step * 0.76, 2),
                y=round(room - height, 2),
                height=round(height, 2),
                solved_y=round(room - solved, 2),
                solved_height=round(solved, 2),
                date=(bar.name or _short(bar.day)) if place % every == 0 else "",
            )
        )
    return Chart(tuple(drawn), top)


def _short(day: str) -> str:
    return date.fromisoformat(day).strftime("%d.%m.")


def _round_up(count: int) -> int:
    """Rounded up to 1, 2, 5, 10, 20, 50 and so on."""
    scale = 1
    while True:
        for step in (1, 2, 5):
            if count <= step * scale:
                return step * scale
        scale *= 10
