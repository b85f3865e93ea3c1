"""In which line of a TOML file something stands; the standard library's parser does not say."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

Path = Sequence[str | int]


def line_of(text: str, path: Path) -> int | None:
    """The line that brings what the path names, or as much of it as there is; None for the whole file."""
    try:
        there = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    while path and not _has(there, path):
        path = path[:-1]
    if not path:
        return None
    lines = text.splitlines(keepends=True)
    statements = list(_statements(lines))
    number = bisect_left(statements, True, key=lambda it: _has(tomllib.loads("".join(lines[: it[1]])), path))
    return statements[number][0] + 1


def _statements(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first line of each, and the one behind its last. Each is a TOML file by itself."""
    begin = 0
    for end in range(1, len(lines) + 1):
        if end == begin + 1 and (not lines[begin].strip() or lines[begin].lstrip().startswith("#")):
            begin = end
            continue
        try:
            tomllib.loads("".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue
        yield begin, end
        begin = end


def _has(there: Any, path: Path) -> bool:
    for step in path:
        try:
            there = there[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
