"""What the settings say of tokens."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from api.door.auth import TokenRefused
from bot.program.verifying import issuers_of, secrets_of, verifier
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


async def test_an_issuer_whose_name_nobody_answers_for_takes_no_thread_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(
        '[[issuer]]\niss = "club"\naud = "desk"\nalgorithms = ["RS256"]\nroles = ["CUSTOMER"]\n'
        'jwks_url = "http://localhost:1/keys"\n'
    )
    those = settings(monkeypatch, ISSUERS_FILE=str(path), SERVER_MODE="DEVELOPMENT")
    key = rsa.generate_private_key(65537, 2048)
    bearer = jwt.encode({"iss": "club"}, key, "RS256", {"kid": "a"})
    taken: list[object] = []
    loop = asyncio.get_running_loop()
    with _Counted(taken) as threads:
        loop.set_default_executor(threads)
        async with AsyncExitStack() as stack:
            checked = await verifier(those, issuers_of(those), lambda: 0, stack)
            with pytest.raises(TokenRefused, match="cannot be read"):
                await checked.verify(bearer)

    assert taken == []


class _Counted(ThreadPoolExecutor):
    """The threads that everything shares, and what was done in them."""

    def __init__(self, taken: list[object]) -> None:
        super().__init__(1)
        self._taken = taken

    def submit(self, fn: Any, /, *args: Any, **named: Any) -> Any:
        self._taken.append(fn)
        return super().submit(fn, *args, **named)
