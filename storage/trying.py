"""Tries whether a store works, by writing to it. Leaves nothing behind."""

import asyncio

from config.store_settings import StoreSettings
from storage.sqlite.trying import try_sqlite
from tickets.ports.store import StoreUnavailable


async def try_store(settings: StoreSettings) -> bool:
    """Write to the store that the settings name, also while programs work with it. Returns whether there is
    a store of this program's version. Creates no store, and changes no older one. Raises StoreUnavailable,
    of which StoreIsNewer is one kind."""
    if settings.mongo_uri is None or settings.db_name is None:
        return await asyncio.to_thread(try_sqlite, settings.data_dir)
    from storage.mongo.trying import cure_of, try_mongo  # the driver takes a while to load

    try:
        return await try_mongo(settings.mongo_uri.get_secret_value(), settings.db_name)
    except StoreUnavailable as problem:
        if problem.__cause__ is None:
            raise
        cure = cure_of(problem.__cause__)
        raise StoreUnavailable(f"{problem}. {cure}") from problem
