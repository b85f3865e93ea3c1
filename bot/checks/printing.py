"""What the doctor found, for people at a terminal and for programs."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bot.checks.check import Examined, Sight, Status, Tried

MARKS = {Status.HEALTHY: "✓", Status.WARNINGS: "!", Status.FAULTS: "✗"}


def in_text(examined: Examined) -> str:
    """A line for each check, below it each fault with its cure; then who would see what, and a verdict."""
    lines = [line for it in examined.tried for line in lines_of(it)]
    if examined.who_sees:
        lines += ["", "Who would see what:", *_table(examined.who_sees)]
    return "\n".join([*lines, "", verdict(examined)])


def lines_of(tried: Tried) -> Iterator[str]:
    if tried.skipped is not None and not tried.faults:
        yield f"- {tried.what}: not tried, because {tried.skipped}"
        return
    yield f"{MARKS[tried.status]} {tried.what}"
    for fault in tried.faults:
        yield f"    {fault.code}: {fault.what}"
        yield f"      → {fault.cure}"


def verdict(examined: Examined) -> str:
    """How many faults there are."""
    warnings = sum(it.is_warning for it in examined.faults)
    faults = len(examined.faults) - warnings
    if not examined.faults:
        return "Nothing is wrong."
    counted = [_counted(it, name) for it, name in ((faults, "fault"), (warnings, "warning")) if it]
    return f"{' and '.join(counted)}."


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def _table(sights: Sequence[Sight]) -> list[str]:
    names = list(sights[0].sees)
    wide = max(len(it.place) for it in sights)
    rows = [f"  {'':<{wide}}  " + "  ".join(names) + "  and"]
    for it in sights:
        cells = "  ".join(f"{'✓' if it.sees[name] else '–':^{len(name)}}" for name in names)
        rows.append(f"  {it.place:<{wide}}  {cells}  {', '.join(it.others)}".rstrip())
    return rows


def in_json(examined: Examined, version: str) -> str:
    """For programs; names and codes stay the same in all versions."""
    return json.dumps(
        {
            "version": version,
            "status": int(examined.status),
            "checks": [_check(it) for it in examined.tried],
            "who_sees": [
                {"place": it.place, "sees": it.sees, "others": list(it.others)} for it in examined.who_sees
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _check(tried: Tried) -> dict[str, Any]:
    return {
        "name": tried.name,
        "what": tried.what,
        "status": int(tried.status),
        "skipped": tried.skipped,
        "faults": [
            {"code": it.code, "what": it.what, "cure": it.cure, "is_warning": it.is_warning}
            for it in tried.faults
        ],
    }
