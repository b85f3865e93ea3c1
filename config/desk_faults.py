"""Faults in a desk file, one line each: the line in the file, the key, and what would be right."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.toml_lines import TomlLines

Where = Sequence[str | int]

MOST: Final = 50
"""Faults that are reported at once."""

SAID: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be a text in quotation marks",
    "tuple_type": "must be a list, as [1, 2]",
    "model_type": "must be a section with keys of its own",
    "dict_type": "must be a section with keys of its own",
    "date_type": "must be a date, as 2026-12-25",
    "date_parsing": "must be a date, as 2026-12-25",
    "date_from_datetime_parsing": "must be a date, as 2026-12-25",
    "date_from_datetime_inexact": "must be a date without a time, as 2026-12-25",
}
"""Words for types of pydantic's errors whose own texts are about programs."""


def lines_of(error: ValidationError, text: str, model: type[BaseModel]) -> list[str]:
    """The faults of a file with this text, which is valid TOML, in the order of its lines."""
    file, lines = tomllib.loads(text), TomlLines(text)
    found = {
        (lines.of(where) or 0, f"{_named(file, where)}: {what}")
        for fault in _worth_telling(error)
        for where, what in _faults(fault, model)
    }
    told = [f"line {number}: {what}" if number else what for number, what in sorted(found)]
    left = len(told) - MOST
    return told if left <= 0 else [*told[:MOST], f"and {left} more faults of this kind or others"]


def _worth_telling(error: ValidationError) -> list[ErrorDetails]:
    """The faults without those of lists that seem too short only because their items are wrong."""
    faults = error.errors(include_url=False, include_input=False)
    return [
        it
        for it in faults
        if it["type"] != "too_short" or not any(it["loc"] == other["loc"][:-1] for other in faults)
    ]


def _faults(fault: ErrorDetails, model: type[BaseModel]) -> Iterator[tuple[Where, str]]:
    """A section whose keys do not fit together says for each fault which key it is about."""
    where = tuple(it for it in fault["loc"] if it != "[key]")
    if fault["type"] == "value_error":
        for line in str(fault["ctx"]["error"]).splitlines():
            key, colon, what = line.partition(": ")
            yield ((*where, key), what) if colon and re.fullmatch(r"[\w-]+", key) else (where, line)
    elif fault["type"] == "extra_forbidden":
        yield where, _unknown(str(where[-1]), _section(model, where[:-1]))
    else:
        yield where, SAID.get(fault["type"]) or _reworded(fault["msg"])


def _reworded(message: str) -> str:
    message = re.sub(r"^(Input|String|Value|Tuple|List|Dictionary) should ", "must ", message)
    message = re.sub(r" after validation, not \d+$", "", message)
    return re.sub(r"'([^']*)'", r'"\1"', message)


def _unknown(key: str, section: type[BaseModel] | None) -> str:
    known = [] if section is None else [*section.model_fields]
    meant = f"is {close} meant? " if (close := closest(key, known)) else ""
    return f"there is no such key; {meant}known here: {', '.join(known)}"


def closest(word: str, known: Sequence[str]) -> str | None:
    """The known word that is most likely meant, in lower or upper case; None if none is similar."""
    by_small = {it.lower(): it for it in known}
    close = get_close_matches(word.lower(), by_small, n=1)
    return by_small[close[0]] if close else None


def _section(model: type[BaseModel] | None, where: Where) -> type[BaseModel] | None:
    """The model of the section at this place."""
    for step in where:
        if model is not None and isinstance(step, str):
            field = model.model_fields.get(step)
            model = None if field is None else next(_models(field.annotation), None)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _named(there: Any, where: Where) -> str:
    """A place such as ``forms 2 (bug), questions 1 (steps), kind``: counted from 1, with names."""
    names: list[str] = []
    for step in where:
        there = _inside(there, step)
        if isinstance(step, int):
            name = there.get("slug") or there.get("id") if isinstance(there, dict) else None
            names[-1:] = [f"{names[-1]} {step + 1}" + (f" ({name})" if isinstance(name, str) else "")]
        else:
            names.append(step)
    return ", ".join(names) or "the file"


def _inside(there: Any, step: str | int) -> Any:
    try:
        return there[step]
    except (KeyError, IndexError, TypeError):
        return None
