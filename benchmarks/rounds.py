"""Measures two programs in alternating rounds, so that a busy moment of the machine hits both."""

import gc
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles
from typing import TypeVar

T = TypeVar("T")
WIDE = 1.3
"""A spread, largest by smallest round, from which on it is told."""


async def in_turn(*asks: Callable[[], Awaitable[T]], rounds: int) -> tuple[list[T], ...]:
    """What each gave: A B B A A B…, so that none always has the better place."""
    found: tuple[list[T], ...] = tuple([] for _ in asks)
    for number in range(rounds):
        order = range(len(asks)) if number % 2 == 0 else reversed(range(len(asks)))
        for which in order:
            with undisturbed():
                found[which].append(await asks[which]())
    return found


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without pauses of this process's own garbage collector."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def tell(what: str, values: Sequence[float], unit: str) -> float:
    """The median, printed with the rounds behind it."""
    each = " ".join(f"{value:.3g}" if value < 1000 else f"{value:.0f}" for value in values)
    wide = " (wide spread)" if min(values) > 0 and max(values) / min(values) > WIDE else ""
    print(f"  {what}: {each} {unit}{wide}", flush=True)
    return median(values)
