"""Finds the lines of values in a TOML file, because the standard library's parser does not tell them."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Path = Sequence[str | int]
_Place = tuple[str | int, ...]

_PIECE: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*'|#[^\n]*|[\[{]|[\]}]|\n",
    re.DOTALL,
)
"""What determines where a statement ends: texts, comments, brackets and line ends."""


class TomlLines:
    """Knows the lines of a valid TOML file. Each statement is read only once, even in a long file."""

    def __init__(self, text: str) -> None:
        self._lines: dict[_Place, int] = {}
        self._tables: dict[_Place, int] = {}
        """The number of tables so far in each list of tables."""
        inside: _Place = ()
        for number, statement in _statements(text):
            said = tomllib.loads(statement)
            if statement.lstrip().startswith("["):
                inside = self._entered(said, number)
            else:
                self._note(inside, said, number)

    def of(self, path: Path) -> int | None:
        """The line of the value at this path, or of the nearest part of the path that exists; None for the
        whole file."""
        found = (self._lines.get(tuple(path[:end])) for end in range(len(path), 0, -1))
        return next((it for it in found if it is not None), None)

    def _entered(self, there: Any, number: int) -> _Place:
        """The path of the table that begins here."""
        place: _Place = ()
        while there and isinstance(there, dict):
            ((key, there),) = there.items()
            place = (*place, key)
            self._lines.setdefault(place, number)
            if isinstance(there, list):
                self._tables[place] = self._tables.get(place, 0) + 1
            if place in self._tables:
                place = (*place, self._tables[place] - 1)
                self._lines.setdefault(place, number)
        return place

    def _note(self, at: _Place, there: Any, number: int) -> None:
        inner = (
            there.items()
            if isinstance(there, Mapping)
            else enumerate(there)
            if isinstance(there, list)
            else ()
        )
        for step, value in inner:
            self._lines.setdefault((*at, step), number)
            self._note((*at, step), value, number)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each statement with the number of its first line. Each is a valid TOML file by itself."""
    begin, number, depth, lines = 0, 1, 0, 0
    for piece in _PIECE.finditer(text + "\n"):
        found = piece[0]
        if found in "[{":
            depth += 1
        elif found in "]}":
            depth -= 1
        else:
            lines += found.count("\n")
        if found == "\n" and depth == 0:
            statement = text[begin : piece.end()]
            if statement.strip() and not statement.lstrip().startswith("#"):
                yield number, statement
            begin, number, lines = piece.end(), number + lines, 0
