"""The results beside their floors and targets, as a table and as JSON. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One result. ``target`` bounds the ratio to the floor where there is a floor, else the value;
    the bound is an upper one unless ``at_least``. None where it is for comparison only."""

    name: str
    value: float
    unit: str
    target: float | None = None
    floor: float | None = None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def held(self) -> bool | None:
        if self.target is None:
            return None
        judged = self.value if self.floor is None else self.value / self.floor
        return judged >= self.target if self.at_least else judged <= self.target

    def record(self) -> dict[str, Any]:
        return {
            "value": _rounded(self.value),
            "unit": self.unit,
            "floor": _rounded(self.floor),
            "ratio": _rounded(self.ratio),
            "target": self.target,
            "held": self.held,
        }


def as_json(figures: Iterable[Figure]) -> Mapping[str, Any]:
    """By name: value, unit, floor, ratio, target, held."""
    return {figure.name: figure.record() for figure in figures}


def as_table(figures: Iterable[Figure]) -> str:
    """The same for people."""
    rows: list[tuple[str, ...]] = [("", "value", "floor", "ratio", "target", "")]
    rows += [_row(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 5) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    sign = "≥" if figure.at_least else "≤"
    unit = "×" if figure.floor is not None else figure.unit
    return (
        figure.name,
        f"{_short(figure.value)} {figure.unit}",
        "" if figure.floor is None else f"{_short(figure.floor)} {figure.unit}",
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.target is None else f"{sign} {_short(figure.target)} {unit}",
        {None: "", True: "held", False: "MISSED"}[figure.held],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
