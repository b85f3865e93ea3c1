"""Settings choose the store."""

import re
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from storage.open import open_store
from tests.clocks import Hands
from tests.contract.acts import open_ticket
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import StoreUnavailable


def settings(**values: Any) -> Settings:
    """With no environment and no file but these values."""
    fields = Settings.model_fields
    ids = [name for name, field in fields.items() if name.endswith("_id") and field.is_required()]
    needed: dict[str, Any] = {name: number for number, name in enumerate(ids, 1)}
    return Settings(
        _env_file=None,
        server_mode="DEVELOPMENT",
        jwt_secret_key="x" * 32,
        discord_bot_token="token",
        **needed,
        **values,
    )


async def test_without_mongo_uri_the_store_is_a_file_in_data_dir(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "at start"

    async with open_store(settings(data_dir=folder), Hands(), EVERYTHING) as store:
        await open_ticket(store)

        assert store.name == f"SQLite at {folder}/guildesk.sqlite3 (embedded)"
    assert (folder / "guildesk.sqlite3").exists()


async def test_with_mongo_uri_the_store_is_that_mongodb(tmp_path: Path) -> None:
    chosen = settings(mongo_uri="mongodb+srv://ann:secret@", db_name="desk", data_dir=tmp_path / "none")

    with pytest.raises(StoreUnavailable) as refused:
        async with open_store(chosen, Hands(), EVERYTHING):
            pass

    assert re.search("MONGO_URI", str(refused.value))
    assert "secret" not in str(refused.value)
    assert not (tmp_path / "none").exists()


async def test_what_fails_inside_comes_out_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with open_store(settings(data_dir=tmp_path), Hands(), EVERYTHING):
            raise KeyError("mine")
