"""Sums as they are stored: a list of cells, each a group, what it is about, a value, and how many tickets."""

import json
from collections.abc import Sequence

from tickets.figures import Cell, Figure, Sums


def text_of(sums: Sequence[tuple[Cell, int]]) -> str:
    cells = [[*cell, count] for cell, count in sorted(sums)]
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def sums_from(text: str) -> Sums:
    """What a newer program counts besides is left out."""
    known = {it.value: it for it in Figure}
    return Sums(
        {
            (group, known[figure], value): count
            for group, figure, value, count in json.loads(text)
            if figure in known
        }
    )
