"""What a campaign prints at its end."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from chaos.books import Tally
from chaos.compare import Violation, count

SHOWN = 20


def report(seed: int, tally: Tally, found: Sequence[Violation], folder: Path) -> str:
    """Counts, and the first violations with where to look."""
    kinds = count(found)
    lines = [
        "",
        f"seed {seed}",
        _line("acknowledged", tally.acknowledged),
        _line("end unknown", tally.unknown),
        _line("refused", tally.refused),
        _line("disturbances", tally.disturbances),
        f"requests hit by a fault: {tally.requests_hit}",
        _line("restarts", tally.restarts),
        f"seen: {tally.seen} (messages of a ticket, at each balance)",
        *(f"{kind}: {kinds[kind]}" for kind in ("lost", "doubled", "misordered", "leaked", "misplaced")),
    ]
    if found:
        lines += ["", f"The first of {len(found)} violations:", *map(str, found[:SHOWN])]
        lines += ["", f"Journal, logs, store and the sandbox's state: {folder}"]
    else:
        lines.append("The books balance.")
    return "\n".join(lines)


def _line(what: str, counts: Counter[str]) -> str:
    parts = ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))
    return f"{what}: {counts.total()}" + (f" ({parts})" if parts else "")
