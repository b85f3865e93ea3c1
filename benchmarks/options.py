"""How thoroughly to measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """``small`` is for quick looks: a twentieth of the data, and short rounds."""

    small: bool = False

    def count(self, whole: int) -> int:
        return max(1, whole // 20) if self.small else whole

    def rounds(self, whole: int) -> int:
        return min(whole, 3) if self.small else whole

    def seconds(self, whole: float) -> float:
        return whole / 2 if self.small else whole
