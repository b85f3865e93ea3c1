"""What a campaign of hostile clients has shown, and whether that is good enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chaos.hostile.load import Load
from chaos.hostile.times import Times
from chaos.hostile.watch import Look

MOST_SLOWER: Final = 3.0
"""Times the quiet p99 that the one under attack may be."""
LONGEST_STALL: Final = 0.25
FLAT_MB: Final = 15.0
"""How far memory may rise from the third minute on."""
SETTLED_AFTER: Final = 3
"""Minutes. By then, each kind of attack has been carried out once as well."""
MOST_OTHER_WORK: Final = 0.3
"""Processors that other work may take until the times of requests say little."""


@dataclass(frozen=True)
class Phase:
    """A minute under attack, or a time of quiet."""

    name: str
    memory_mb: float
    descriptors: int
    stall: float
    times: Times
    load: Load

    def __str__(self) -> str:
        return (
            f"{self.name}: p99 {self.times.p99() * 1000:.1f} ms, longest stall {self.stall * 1000:.0f} ms, "
            f"{self.memory_mb:.1f} MB, {self.descriptors} descriptors, {self.load}"
        )


def phase_of(name: str, looks: Sequence[Look], times: Times, load: Load) -> Phase:
    return Phase(
        name,
        max(it.memory_mb for it in looks),
        max(it.descriptors for it in looks),
        max(it.stall for it in looks),
        times,
        load,
    )


@dataclass(frozen=True)
class Verdict:
    quiet: Sequence[Phase]
    """Before the attacks and after them."""
    attacked: Sequence[Phase]
    """Minute by minute."""
    attacks: Counter[str]
    """How often each kind was carried out; kinds that never were are there with 0."""
    acknowledged: int
    lost: Sequence[str]
    broken: int

    @property
    def faults(self) -> list[str]:
        """What is not good enough; empty where all is well."""
        faults = []
        quiet, attacked = _all(self.quiet), _all(self.attacked)
        if not quiet or attacked.p99() > MOST_SLOWER * quiet.p99():
            faults.append(f"ordinary requests are more than {MOST_SLOWER:.0f} times as slow (p99)")
        if len(self.attacked) >= SETTLED_AFTER or not self.attacks.total():
            faults += [f"this attack never came: {name}" for name, count in self.attacks.items() if not count]
        if self.lost:
            faults.append(f"{len(self.lost)} acknowledged messages are lost or doubled")
        if number := len(quiet.faults + attacked.faults):
            faults.append(f"{number} ordinary requests failed")
        if (stall := max(it.stall for it in self.attacked)) > LONGEST_STALL:
            faults.append(f"the longest stall was {stall * 1000:.0f} ms")
        settled = [it.memory_mb for it in self.attacked[SETTLED_AFTER - 1 :]]
        if settled and max(settled) - settled[0] > FLAT_MB:
            faults.append(f"memory rose by {max(settled) - settled[0]:.0f} MB from the third minute on")
        if self.broken:
            faults.append(f"the watcher lost its connection {self.broken} times")
        return faults

    def __str__(self) -> str:
        return "\n".join([*self._of_requests(), *self._of_phases(), *self._of_attacks(), *self._in_words()])

    def _of_requests(self) -> list[str]:
        quiet, attacked = _all(self.quiet), _all(self.attacked)
        rows = [(kind, quiet.of(kind), attacked.of(kind)) for kind in attacked.kinds]
        return [
            "",
            "| ordinary requests | number | p50 | p99 | times | p99 by the clock | times |",
            "| --- |" + " --- |" * 6,
            *(_row(*it) for it in [*rows, ("**all of them**", quiet, attacked)]),
        ]

    def _of_phases(self) -> list[str]:
        return [
            "",
            "| | requests | p99 | longest stall | memory | descriptors | processors | for other work |",
            "| --- |" + " --- |" * 7,
            *(
                f"| {it.name} | {len(it.times):,} | {it.times.p99() * 1000:.1f} ms "
                f"| {it.stall * 1000:.0f} ms | {it.memory_mb:.1f} MB | {it.descriptors:,} "
                f"| {it.load.program:.2f} | {it.load.others:.2f} |"
                for it in [*self.quiet[:1], *self.attacked, *self.quiet[1:]]
            ),
        ]

    def _of_attacks(self) -> list[str]:
        rows = [f"| {name} | {count:,} |" for name, count in sorted(self.attacks.items())]
        return ["", "| attacks | number |", "| --- | --- |", *rows]

    def _beside_others(self) -> list[Phase]:
        return [it for it in [*self.quiet, *self.attacked] if it.load.others > MOST_OTHER_WORK]

    def _in_words(self) -> list[str]:
        return [
            "",
            f"{self.acknowledged:,} messages were acknowledged, {len(self.lost)} of them are not there once.",
            *self.lost[:10],
            *(f"NOTE: {it.name} was measured beside other work" for it in self._beside_others()),
            *_all([*self.quiet, *self.attacked]).faults[:10],
            *(f"FAULT: {it}" for it in self.faults),
            *(() if self.faults else ("Nobody else noticed.",)),
        ]


def _all(phases: Sequence[Phase]) -> Times:
    return Times([asked for phase in phases for asked in phase.times.asked])


def _row(kind: str, quiet: Times, attacked: Times) -> str:
    """First quiet, then under attack."""
    both = quiet, attacked
    clock = [it.p99(without_machine=False) for it in both]
    cells = [
        " → ".join(f"{len(it):,}" for it in both),
        _change(*(it.p50() for it in both)),
        _change(quiet.p99(), attacked.p99()),
        _ratio(quiet.p99(), attacked.p99()),
        _change(*clock),
        _ratio(*clock),
    ]
    return f"| {kind} | " + " | ".join(cells) + " |"


def _change(quiet: float, attacked: float) -> str:
    return f"{quiet * 1000:.1f} → {attacked * 1000:.1f} ms"


def _ratio(quiet: float, attacked: float) -> str:
    return f"{attacked / quiet:.1f}" if quiet else "–"
