"""How long ordinary requests took."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One ordinary request. ``at`` is when it began, ``took`` how long it took, in seconds of the machine's
    clock; ``queued`` is how long the program and whoever asked could run meanwhile and had no processor."""

    what: str
    at: float
    took: float
    queued: float
    said: str = ""
    """The text of the message that was acknowledged by it."""
    ticket: str = ""
    """The ticket that it was about."""
    fault: str = ""
    """Why it was not answered well."""

    @property
    def of_ours(self) -> float:
        """Seconds, without the wait for a processor."""
        return max(self.took - self.queued, 0.0)


@dataclass(frozen=True)
class Times:
    """Those of some requests."""

    asked: Sequence[Asked]

    def __len__(self) -> int:
        return len(self.asked)

    @property
    def kinds(self) -> list[str]:
        return sorted({it.what for it in self.asked})

    @property
    def faults(self) -> list[str]:
        return [f"{it.what}: {it.fault}" for it in self.asked if it.fault]

    def of(self, kind: str) -> "Times":
        return Times([it for it in self.asked if it.what == kind])

    def between(self, first: float, last: float) -> "Times":
        """Those that began between these moments."""
        return Times([it for it in self.asked if first <= it.at < last])

    def p99(self, *, without_machine: bool = True) -> float:
        """Seconds that 99 of 100 took at most."""
        return percentile(list(self._seconds(without_machine)), 0.99)

    def p50(self) -> float:
        return percentile(list(self._seconds(True)), 0.5)

    def _seconds(self, without_machine: bool) -> Iterator[float]:
        for it in self.asked:
            yield it.of_ours if without_machine else it.took


def percentile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[int(len(seconds) * share)] if seconds else 0.0
