"""How thoroughly to measure."""

from dataclasses import dataclass
from enum import Enum


class Size(Enum):
    """How many rounds at most, and how much of their time."""

    WHOLE = (99, 1.0)
    SMALL = (3, 0.5)
    """A quick look."""
    TINY = (1, 0.05)
    """For tests, which see whether it works; the figures say nothing."""


@dataclass(frozen=True, slots=True)
class Options:
    size: Size = Size.WHOLE

    def count(self, whole: int, *, small: int, tiny: int) -> int:
        """How much there is to be of something."""
        return {Size.WHOLE: whole, Size.SMALL: small, Size.TINY: tiny}[self.size]

    def rounds(self, whole: int) -> int:
        return min(whole, self.size.value[0])

    def seconds(self, whole: float) -> float:
        return whole * self.size.value[1]

    def __str__(self) -> str:
        return "" if self.size is Size.WHOLE else f", {self.size.name.lower()}: only a look"
