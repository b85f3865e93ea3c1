"""Finds probable slips in a settings file although no setting is wrong. It parses the file as
pydantic-settings does."""

from collections.abc import Collection
from difflib import get_close_matches
from pathlib import Path

from dotenv.parser import Binding, parse_stream

CLOSE = 0.85
"""How similar two names must be for one to be a slip of the other. Other names may belong to other
programs."""


def oddities(env_file: Path | None, names: Collection[str]) -> list[str]:
    """A line for each line that is no setting, for each name that is similar to one of ``names``, and for
    each of ``names`` that was set to another value before."""
    if env_file is None or not env_file.is_file():
        return []
    odd, values = [], dict[str, str]()
    with env_file.open(encoding="utf-8") as stream:
        for binding in parse_stream(stream):
            if binding.error or (binding.key is not None and binding.value is None):
                odd.append(f"{env_file}: line {_line(binding)} is not NAME=value, and is not heeded")
            elif binding.key is not None and (meant := _meant(binding.key.upper(), names)):
                odd.append(f"{env_file}: {binding.key} is no setting; is {meant} meant?")
            elif binding.key is not None and binding.value is not None and binding.key.upper() in names:
                if values.get(binding.key.upper(), binding.value) != binding.value:
                    odd.append(f"{env_file}: {binding.key} is set twice; only line {_line(binding)} counts")
                values[binding.key.upper()] = binding.value
    return odd


def _line(binding: Binding) -> int:
    """The number of the line. The parser counts empty lines before a setting as part of it."""
    text = binding.original.string
    return binding.original.line + len(text) - len(text.lstrip("\r\n"))


def _meant(name: str, names: Collection[str]) -> str | None:
    close = [] if name in names else get_close_matches(name, names, n=1, cutoff=CLOSE)
    return close[0] if close else None
