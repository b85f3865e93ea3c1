"""The two stores of a move: the source, which the settings name, and the target, which a URI names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.store_settings import StoreSettings
from storage.keeping.problems import CannotBeDone
from storage.keeping.rows import End, Target
from storage.sqlite import rows as sqlite

SQLITE: Final = "sqlite://"
MONGO: Final = ("mongodb://", "mongodb+srv://")


@asynccontextmanager
async def source_of(settings: StoreSettings) -> AsyncIterator[End]:
    """The store that the settings name, while no Guildesk uses it. Raises CannotBeDone and
    StoreUnavailable."""
    if settings.mongo_uri is None or settings.db_name is None:
        with sqlite.source(settings.data_dir) as embedded:
            yield embedded
        return
    from storage.mongo import rows as mongo  # the driver takes a while to load

    async with mongo.source(settings.mongo_uri.get_secret_value(), settings.db_name) as database:
        yield database


def must_name_a_store(uri: str) -> None:
    """Raises CannotBeDone unless the URI names a folder or a database."""
    if not _name_in(uri):
        raise CannotBeDone(
            "--to names no store; give it sqlite:///srv/guildesk, with the path of a folder, "
            "or mongodb://host/guildesk, with the name of a database"
        )


def _name_in(uri: str) -> str:
    """The path of the folder, or the name of the database; empty if the URI names neither."""
    if uri.startswith(SQLITE):
        return uri.removeprefix(SQLITE)
    try:
        return urlsplit(uri).path.strip("/") if uri.startswith(MONGO) else ""
    except ValueError:  # half an address
        return ""


def settings_of(uri: str, settings: StoreSettings) -> StoreSettings:
    """The settings under which Guildesk uses the store at the URI of a target."""
    if uri.startswith(SQLITE):
        return settings.model_copy(
            update={"data_dir": Path(_name_in(uri)), "mongo_uri": None, "db_name": None}
        )
    return settings.model_copy(update={"mongo_uri": SecretStr(uri), "db_name": _name_in(uri)})


@asynccontextmanager
async def target_of(uri: str, source: End) -> AsyncIterator[Target]:
    """A new store, or an unfinished one that was begun from the same source. Raises CannotBeDone and
    StoreUnavailable."""
    must_name_a_store(uri)
    if uri.startswith(SQLITE):
        with sqlite.target(Path(_name_in(uri)), source.deployment) as embedded:
            yield embedded
        return
    from storage.mongo import rows as mongo

    async with mongo.target(uri, _name_in(uri), source.deployment) as database:
        yield database
