"""What a campaign of hostile clients has shown, and whether that is good enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chaos.hostile.ordinary import Times, p99
from chaos.hostile.watch import Look

MOST_SLOWER = 3.0
"""Times the quiet p99 that the one under attack may be."""
LONGEST_STALL = 0.25
FLAT_MB = 15.0
"""How far memory may rise from the third minute on."""
SETTLED_AFTER = 3


@dataclass(frozen=True)
class Minute:
    """One minute under attack."""

    number: int
    memory_mb: float
    descriptors: int
    stall: float
    p99: float

    def __str__(self) -> str:
        return (
            f"minute {self.number}: {self.memory_mb:.1f} MB, {self.descriptors} descriptors, "
            f"longest stall {self.stall * 1000:.0f} ms, p99 {self.p99 * 1000:.1f} ms"
        )


def minute_of(number: int, looks: Sequence[Look], times: Sequence[float]) -> Minute:
    return Minute(
        number,
        max(it.memory_mb for it in looks),
        max(it.descriptors for it in looks),
        max(it.stall for it in looks),
        p99(times),
    )


@dataclass(frozen=True)
class Verdict:
    quiet: Times
    attacked: Times
    minutes: Sequence[Minute]
    attacks: Counter[str]
    acknowledged: int
    lost: Sequence[str]
    broken: int

    @property
    def faults(self) -> list[str]:
        """What is not good enough; empty where all is well."""
        faults = []
        if p99(self.attacked.all) > MOST_SLOWER * p99(self.quiet.all):
            faults.append(f"ordinary requests are more than {MOST_SLOWER:.0f} times as slow (p99)")
        if self.lost:
            faults.append(f"{len(self.lost)} acknowledged messages are lost or doubled")
        if self.attacked.failed:
            faults.append(f"{len(self.attacked.failed)} ordinary requests failed")
        if (stall := max(it.stall for it in self.minutes)) > LONGEST_STALL:
            faults.append(f"the longest stall was {stall * 1000:.0f} ms")
        settled = [it.memory_mb for it in self.minutes if it.number >= SETTLED_AFTER]
        if settled and max(settled) - settled[0] > FLAT_MB:
            faults.append(f"memory rose by {max(settled) - settled[0]:.0f} MB from the third minute on")
        if self.broken:
            faults.append(f"the watcher lost its connection {self.broken} times")
        return faults

    def __str__(self) -> str:
        return "\n".join([*self._of_requests(), *self._of_minutes(), *self._of_attacks(), *self._in_words()])

    def _of_requests(self) -> list[str]:
        kinds = sorted(self.attacked.seconds)
        rows = [(kind, self.quiet.seconds.get(kind, []), self.attacked.seconds[kind]) for kind in kinds]
        rows.append(("all of them", self.quiet.all, self.attacked.all))
        return [
            "",
            "| ordinary requests | number | p99, quiet | p99, under attack | times |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {kind} | {len(attacked):,} | {p99(quiet) * 1000:.1f} ms | {p99(attacked) * 1000:.1f} ms "
                f"| {p99(attacked) / p99(quiet) if quiet else 0:.1f} |"
                for kind, quiet, attacked in rows
            ),
        ]

    def _of_minutes(self) -> list[str]:
        return [
            "",
            "| minute | memory | descriptors | longest stall | p99 |",
            "| --- | --- | --- | --- | --- |",
            *(
                f"| {it.number} | {it.memory_mb:.1f} MB | {it.descriptors:,} | {it.stall * 1000:.0f} ms "
                f"| {it.p99 * 1000:.1f} ms |"
                for it in self.minutes
            ),
        ]

    def _of_attacks(self) -> list[str]:
        rows = [f"| {name} | {count:,} |" for name, count in sorted(self.attacks.items())]
        return ["", "| attacks | number |", "| --- | --- |", *rows]

    def _in_words(self) -> list[str]:
        return [
            "",
            f"{self.acknowledged:,} messages were acknowledged, {len(self.lost)} of them are not there once.",
            *self.lost[:10],
            *self.attacked.failed[:10],
            *(f"FAULT: {it}" for it in self.faults),
            *(() if self.faults else ("Nobody else noticed.",)),
        ]
