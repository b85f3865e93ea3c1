"""What an examination of the whole desk finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from config.faults import Fault


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong, and the whole report for a file."""

    faults: Sequence[Fault]
    report: str


class Doctor(Protocol):
    """Tries everything, and removes again what it made for that."""

    async def examine(self) -> Findings: ...
