"""The result of examining the whole desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from config.faults import Fault


@dataclass(frozen=True, slots=True)
class Findings:
    """The faults, and the full report for a file."""

    faults: Sequence[Fault]
    report: str


class Doctor(Protocol):
    """Tries everything, and removes what it made for that."""

    async def examine(self) -> Findings: ...
