"""The present settings, for admins: every name and value. Secrets only show whether they are set."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.settings import Settings


@dataclass(frozen=True, slots=True)
class ToldSetting:
    """``value`` is None for settings that are not set, and for secrets."""

    name: str
    value: str | None
    is_set: bool
    is_secret: bool
    is_default: bool


def told_settings(settings: Settings) -> tuple[ToldSetting, ...]:
    """All settings, in the order of their names."""
    found = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        is_secret = "SecretStr" in str(field.annotation) or isinstance(value, SecretStr)
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        found.append(
            ToldSetting(
                name=name.upper(),
                value=None if value is None or is_secret else _written(value),
                is_set=value is not None,
                is_secret=is_secret,
                is_default=value == default,
            )
        )
    return tuple(sorted(found, key=lambda it: it.name))


def _written(value: Any) -> str:
    if isinstance(value, tuple | list | frozenset | set):
        return ", ".join(map(_written, value))
    if isinstance(value, Enum):
        return str(value.value)
    return _without_password(str(value))


def _without_password(text: str) -> str:
    """An address without the password in it."""
    try:
        parts = urlsplit(text)
        if parts.password is None:
            return text
    except ValueError:
        return text
    return text.replace(f":{parts.password}@", ":…@", 1)
