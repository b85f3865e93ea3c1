"""Writes settings into a settings file, and leaves everything else in it unchanged."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

FOR_ITS_OWNER: Final = 0o600
"""The mode of the file, which contains secrets."""
_PLAIN = re.compile(r"[\w./:@%+,=&?*~^-]+")
_EXPORT = re.compile(r"\s*export\s")


def values_in(text: str) -> dict[str, str]:
    """The settings that have a value, by their names in capitals. If a name is set several times, the last
    line counts."""
    found = {it.key.upper(): it.value or "" for it in parse_stream(StringIO(text)) if it.key is not None}
    return {name: value for name, value in found.items() if value}


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text with these values. If a line sets the name, it is changed; else a new line is added below the
    one that is commented out, or at the end. Raises ValueError for a value that no line can hold."""
    pieces = [(it.key, it.original.string) for it in parse_stream(StringIO(text))]
    for name, value in values.items():
        line = f"{name}={_quoted(name, value)}"
        at = [i for i, (key, _) in enumerate(pieces) if key is not None and key.upper() == name]
        if at:
            key, old = pieces[at[-1]]
            pieces[at[-1]] = (key, _replaced(old, line))
        else:
            _add(pieces, name, line)
    return "".join(string for _, string in pieces)


def _replaced(old: str, line: str) -> str:
    """The line with this value. Everything before and after the value stays."""
    body = old.strip("\r\n")
    export = "export " if _EXPORT.match(body) else ""
    before, after = old.split(body, 1)
    return f"{before}{export}{line}{after}"


def _add(pieces: list[tuple[str | None, str]], name: str, line: str) -> None:
    commented = re.compile(rf"^#\s*{name}=.*$", re.MULTILINE)
    for i, (key, string) in enumerate(pieces):
        if key is None and (found := commented.search(string)):
            rest = string[found.end() :]
            pieces[i : i + 1] = [
                (None, f"{string[: found.end()]}\n"),
                (name, line if rest.startswith("\n") else f"{line}\n"),
                (None, rest),
            ]
            return
    if pieces and not pieces[-1][1].endswith("\n"):
        pieces.append((None, "\n"))
    pieces.append((name, f"{line}\n"))


def _quoted(name: str, value: str) -> str:
    """The value as the file has it: without quotes where possible, because Docker does not remove quotes."""
    if "\n" in value or "\r" in value or "${" in value:
        raise ValueError(f"{name}: cannot hold line breaks, nor ${{, which stands for another setting")
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def write_private(file: Path, text: str) -> bool:
    """Write the text into the file, completely or not at all, so that only its owner can read it. Returns
    whether anything changed. Raises OSError."""
    return _write(file.resolve(), text, FOR_ITS_OWNER)


def write_whole(file: Path, text: str) -> bool:
    """The same, but whoever could read the file before still can."""
    file = file.resolve()
    return _write(file, text, file.stat().st_mode & 0o777 if file.exists() else FOR_ITS_OWNER)


def _write(file: Path, text: str, mode: int) -> bool:
    """Write the file. ``file`` is resolved first, so that a link stays a link."""
    if file.is_file() and file.read_text("utf-8") == text:
        if file.stat().st_mode & 0o777 == mode:
            return False
        file.chmod(mode)
        return True
    draft = file.with_name(f"{file.name}.draft")  # what a killed program left of it is written anew
    draft.unlink(missing_ok=True)
    try:
        with open(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER), "w", encoding="utf-8"
        ) as new:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
        if file.exists():
            with suppress(PermissionError):  # another's file becomes ours, with the same text
                os.chown(draft, file.stat().st_uid, file.stat().st_gid)
        draft.chmod(mode)
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return True
