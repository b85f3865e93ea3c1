"""Settings make a store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.settings import Settings
from storage.sqlite.store import open_sqlite
from tickets.ports.store import Clock, Store


@asynccontextmanager
async def open_store(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    """The store that the settings name: MongoDB where MONGO_URI is set, the embedded one otherwise.

    Raises StoreIsNewer for one that a newer program has written, and StoreUnavailable for one that
    does not answer."""
    if settings.mongo_uri is None or settings.db_name is None:
        async with open_sqlite(settings.data_dir, clock) as store:
            yield store
        return
    from storage.mongo.store import open_mongo  # the driver takes a while to load

    async with open_mongo(settings.mongo_uri.get_secret_value(), settings.db_name, clock) as store:
        yield store
