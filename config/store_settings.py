"""The settings that say where the store is: commands that work on it alone need no others."""

from pathlib import Path
from typing import Any, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TO_THE_LETTER = frozenset({"jwt_secret_key", "note_prefix"})
"""Settings in which a space at an end may be meant."""


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
        """Nobody means them, but in what is taken to the letter."""
        trimmed = {
            name: value.strip() if isinstance(value, str) and name not in TO_THE_LETTER else value
            for name, value in given.items()
        }
        return {name: value for name, value in trimmed.items() if value != ""}

    mongo_uri: SecretStr | None = None
    db_name: str | None = None
    data_dir: Path = Path("var")

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        if faults := faults_of_store(self):
            raise ValueError("\n".join(faults))
        return self


def faults_of_store(settings: StoreSettings) -> list[str]:
    if settings.db_name and not settings.mongo_uri:
        return ["DB_NAME: is set without MONGO_URI; set both for MongoDB, or neither for the embedded store"]
    if settings.mongo_uri and not settings.db_name:
        return ["DB_NAME: is missing; MONGO_URI needs the name of a database"]
    return []
