"""``guildesk verify`` and ``guildesk rebuild``, for the store that the settings name."""

from collections.abc import AsyncIterator

from config.store_settings import StoreSettings
from storage.keeping.differences import Difference
from storage.keeping.progress import Tell
from storage.sqlite import rebuilding, verifying


async def differences(settings: StoreSettings, tell: Tell) -> AsyncIterator[Difference]:
    """Every difference between the log and the tables derived from it. Raises CannotBeDone and
    StoreUnavailable."""
    if settings.mongo_uri is None or settings.db_name is None:
        for it in verifying.verify(settings.data_dir, tell):
            yield it
        return
    from storage.mongo.verifying import verify  # the driver takes a while to load

    async for difference in verify(settings.mongo_uri.get_secret_value(), settings.db_name, tell):
        yield difference


async def rebuild(settings: StoreSettings, tell: Tell) -> int:
    """Rebuild the derived tables. Returns the number of tickets rebuilt. Raises CannotBeDone and
    StoreUnavailable."""
    if settings.mongo_uri is None or settings.db_name is None:
        return rebuilding.rebuild(settings.data_dir, tell)
    from storage.mongo.rebuilding import rebuild as rebuild_mongo

    return await rebuild_mongo(settings.mongo_uri.get_secret_value(), settings.db_name, tell)


async def rebuild_stats(settings: StoreSettings) -> int:
    """Have the statistics counted again. Returns the number of days. Raises CannotBeDone and
    StoreUnavailable."""
    if settings.mongo_uri is None or settings.db_name is None:
        return rebuilding.rebuild_stats(settings.data_dir)
    from storage.mongo.rebuilding import rebuild_stats as rebuild_mongo_stats

    return await rebuild_mongo_stats(settings.mongo_uri.get_secret_value(), settings.db_name)
