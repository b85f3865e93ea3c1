"""What the settings say of tokens."""

from pathlib import Path

import pytest

from bot.program.verifying import issuers_of, secrets_of
from config.settings import Settings
from tests.docs.settings import FILLED_IN, NAMES, loaded


def settings(monkeypatch: pytest.MonkeyPatch, **more: str) -> Settings:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return loaded(monkeypatch, {**FILLED_IN, **more})


def test_secrets_of_settings_and_issuers_are_all_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(
        '[[issuer]]\niss = "shop"\naud = "desk"\nalgorithms = ["HS256"]\nroles = ["CUSTOMER"]\n'
        'keys.one.secret = "a secret of the shop, long enough for HS256"\n'
    )

    those = settings(monkeypatch, ISSUERS_FILE=str(path), MONGO_URI="mongodb://u:p@db", DB_NAME="desk")

    assert set(secrets_of(those, issuers_of(those))) == {
        FILLED_IN["JWT_SECRET_KEY"],
        FILLED_IN["DISCORD_BOT_TOKEN"],
        "mongodb://u:p@db",
        "a secret of the shop, long enough for HS256",
    }


def test_without_a_file_there_are_no_issuers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert issuers_of(settings(monkeypatch)) is None
