"""Sums as they are stored: a list of cells, each with a group, a figure, a value, and a number of tickets.

The seconds of a group are one row of bytes. It is stored as the number of zero bytes at its beginning, and
the bytes after them."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import lru_cache

from tickets.figures import BY_STEP, TOOK, Cell, Figure, Sums, coarse

MOST_SECONDS = 400
"""The sums of a day may have so many cells of seconds, two for each ticket, before they are kept in rows."""
MOST_READ = 512
"""So many parsed sums are kept in memory. Those of a month take up to 60 kB and hardly ever change. A span
of three years has some 80 parts, each with five kinds of sums."""


def text_of(sums: Sequence[tuple[Cell, int]]) -> str:
    cells = [[*cell, *_packed(cell, count)] for cell, count in sorted(sums)]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


@lru_cache(MOST_READ)
def sums_from(text: str) -> Sums:
    """The sums of a text. Figures that only a newer program knows are left out. Callers share the result and
    must not change it."""
    known = {it.value: it for it in Figure}
    return Sums(
        {
            (group, known[figure], value): count if not row else _unpacked(count, *row)
            for group, figure, value, count, *row in json.loads(text)
            if figure in known
        }
    )


def in_rows(text: str, period: str) -> str | None:
    """The sums of an older program, of a month or of a day with many tickets, with one row for each group.
    None if they stay as they are."""
    sums = sums_from(text)
    seconds = sum(figure in TOOK and value != BY_STEP for _, figure, value in sums)
    is_month = len(period) == len("2026-11")
    return text_of([*coarse(sums).items()]) if seconds > (0 if is_month else MOST_SECONDS) else None


def _packed(cell: Cell, count: int) -> tuple[int] | tuple[int, str]:
    _, figure, value = cell
    if figure not in TOOK or value != BY_STEP:
        return (count,)
    lanes = count.to_bytes(-(-count.bit_length() // 8), "little")
    nonzero = lanes.lstrip(b"\0")
    return len(lanes) - len(nonzero), b64encode(nonzero).decode()


def _unpacked(zeros: int, lanes: str) -> int:
    return int.from_bytes(b64decode(lanes), "little") << 8 * zeros
