"""Sums as they are stored: a list of cells, each a group, what it is about, a value, and how many tickets.

The row of a group's seconds is told by its bytes, without those at its beginning that are zero, and how many
these are."""

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import lru_cache

from tickets.figures import BY_STEP, TOOK, Cell, Figure, Sums, coarse

MOST_SECONDS = 400
"""Cells of seconds that the sums of a day may have, whose tickets are told one by one: two of each."""
MOST_READ = 512
"""Sums that are kept as they were read. Those of a month take up to 60 kB, and hardly any change; a span of
three years has some 80 parts, each told in five ways."""


def text_of(sums: Sequence[tuple[Cell, int]]) -> str:
    cells = [[*cell, *_packed(cell, count)] for cell, count in sorted(sums)]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


@lru_cache(MOST_READ)
def sums_from(text: str) -> Sums:
    """What a newer program counts besides is left out. Nobody may change them: others get the same ones."""
    known = {it.value: it for it in Figure}
    return Sums(
        {
            (group, known[figure], value): count if not row else _unpacked(count, *row)
            for group, figure, value, count, *row in json.loads(text)
            if figure in known
        }
    )


def in_rows(text: str, period: str) -> str | None:
    """Sums of a month, or of a day with many tickets, that an older program has kept, with a row for each
    group; None if they stay as they are."""
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
