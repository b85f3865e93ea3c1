"""The settings of the store. Commands that only work on the store need no others."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from texts.language import Language
from tickets.staff_names import StaffName

TO_THE_LETTER = frozenset({"jwt_secret_key", "note_prefix"})
"""Settings in which a space at an end may be meant."""


def _database(name: str) -> str:
    if re.fullmatch(r"[^/\\. \"$*<>:|?\x00-\x1f]{1,63}", name) is None:
        raise ValueError('must be at most 63 characters, without spaces, dots and / \\ " $ * < > : | ?')
    return name


class StoreSettings(BaseSettings):
    """A variable left empty counts as not set."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _without_spaces_around(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Spaces around a value are hardly ever meant, so they are removed, except where every character
        counts."""
        trimmed = {
            name: value.strip() if isinstance(value, str) and name not in TO_THE_LETTER else value
            for name, value in given.items()
        }
        return {name: value for name, value in trimmed.items() if value != ""}

    mongo_uri: SecretStr | None = None
    db_name: Annotated[str, AfterValidator(_database)] | None = None
    data_dir: Path = Path("var")
    backup_every: Annotated[float, Field(ge=0, le=8_784)] = 0.0
    backup_keep: Annotated[int, Field(ge=1)] = 7
    backup_dir: Path | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if faults := faults_of_store(self):
            raise ValueError("\n".join(faults))
        return self


def faults_of_store(settings: StoreSettings) -> list[str]:
    faults = []
    if settings.backup_every and settings.mongo_uri:
        faults.append("BACKUP_EVERY: is for the embedded store; back up MongoDB with its own tools")
    elif settings.backup_every and settings.backup_dir is None:
        faults.append("BACKUP_DIR: is missing; BACKUP_EVERY needs a folder, best on another disk")
    if settings.db_name and not settings.mongo_uri:
        faults.append(
            "DB_NAME: is set without MONGO_URI; set both for MongoDB, or neither for the embedded store"
        )
    if settings.mongo_uri and not settings.db_name:
        faults.append("DB_NAME: is missing; MONGO_URI needs the name of a database")
    return faults


class ExportSettings(StoreSettings):
    """The store, and the language and form of exports."""

    language: Language = Language.EN
    staff_name: StaffName = StaffName.DISPLAY
    staff_name_fixed: Annotated[str, Field(min_length=1, max_length=80)] = "Support"
