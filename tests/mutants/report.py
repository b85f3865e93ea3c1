"""How many changes the tests noticed, file by file, and which they did not."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

NOTICED = ("killed", "timeout", "caught by type check", "segfault")
MISSED = ("survived", "no tests", "suspicious")
HEAD = ("file", "mutants", "killed", "survived", "no tests", "not checked", "share killed")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function, by mutmut's name for it, and what became of it."""

    name: str
    status: str

    @property
    def file(self) -> str:
        module = self.name.rpartition(".")[0]
        return module.replace(".", "/") + ".py"

    @property
    def is_missed(self) -> bool:
        return self.status in MISSED


def report(mutants: Sequence[Mutant], difference: Callable[[Mutant], str] | None) -> str:
    """The table, then each change that no test noticed, with its difference where one is given."""
    if not mutants:
        return "No mutants: nothing in the area can be changed, or mutmut did not come so far."
    by_file = [(file, list(them)) for file, them in groupby(sorted(mutants, key=_place), key=_file)]
    rows = [_row(file, them) for file, them in by_file]
    if len(rows) > 1:
        rows.append(_row("all", mutants))
    missed = [it for _, them in by_file for it in them if it.is_missed]
    return "\n".join([*_table([HEAD, *rows]), "", *(_told(it, difference) for it in missed)]).rstrip()


def share_killed(mutants: Sequence[Mutant]) -> float | None:
    """Of those that had their turn; None where none had."""
    noticed = sum(it.status in NOTICED for it in mutants)
    tried = noticed + sum(it.is_missed for it in mutants)
    return noticed / tried if tried else None


def _row(file: str, mutants: Sequence[Mutant]) -> tuple[str, ...]:
    counts = Counter(it.status for it in mutants)
    noticed = sum(counts[it] for it in NOTICED)
    survived = counts["survived"] + counts["suspicious"]
    unchecked = len(mutants) - noticed - survived - counts["no tests"]
    share = share_killed(mutants)
    shown = "" if share is None else f"{share:.1%}"
    return (
        file,
        *(str(it) for it in (len(mutants), noticed, survived, counts["no tests"], unchecked)),
        shown,
    )


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    head, *others = rows
    return [_line(it) for it in (head, ("---", *["--:"] * (len(head) - 1)), *others)]


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(mutant: Mutant, difference: Callable[[Mutant], str] | None) -> str:
    shown = f"\n{difference(mutant)}\n" if difference else ""
    return f"{mutant.status}: {mutant.name}{shown}"


def _file(mutant: Mutant) -> str:
    return mutant.file


def _place(mutant: Mutant) -> tuple[str, str, int]:
    function, _, number = mutant.name.partition("__mutmut_")
    return mutant.file, function, int(number)
