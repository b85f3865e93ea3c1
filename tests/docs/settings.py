"""Settings as operators write them."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.loading import load
from config.settings import Settings

NAMES = {name.upper(): field for name, field in Settings.model_fields.items()}
REQUIRED = {name for name, field in NAMES.items() if field.is_required()}
FILLED_IN = {
    **{
        name: f"{number}23456789012345678"
        for number, name in enumerate(sorted(REQUIRED), 1)
        if name.endswith("_ID")
    },
    "DISCORD_BOT_TOKEN": "a token",
    "JWT_SECRET_KEY": secrets.token_urlsafe(48),
    "PUBLIC_URL": "https://support.example.com",
}
"""What an operator gives at least."""


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing is set yet."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def loaded(bare: pytest.MonkeyPatch, values: Mapping[str, str], env_file: Path | None = None) -> Settings:
    """The settings with these values in the environment; a value left empty is not set."""
    for name, value in values.items():
        bare.setenv(name, value)
    return load(env_file)
