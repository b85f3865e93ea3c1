"""Opens the store that the settings name."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from config.store_settings import StoreSettings
from storage.sqlite.store import open_sqlite
from tickets.ports.sinks import Listening
from tickets.ports.store import Clock, Store


@asynccontextmanager
async def open_store(
    settings: StoreSettings, clock: Clock, sinks: Sequence[Listening]
) -> AsyncIterator[Store]:
    """The store that the settings name: MongoDB where MONGO_URI is set, the embedded one otherwise.

    ``sinks`` are the configured sinks: the store keeps what each of them still has to show.

    Raises StoreIsNewer if a newer program has written the store, and StoreUnavailable if it does not
    answer."""
    if settings.mongo_uri is None or settings.db_name is None:
        async with open_sqlite(settings.data_dir, clock, sinks=sinks) as store:
            yield store
        return
    from storage.mongo.store import open_mongo  # the driver takes a while to load

    uri = settings.mongo_uri.get_secret_value()
    async with open_mongo(uri, settings.db_name, clock, sinks=sinks) as store:
        yield store
