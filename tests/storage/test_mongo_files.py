"""Files in GridFS are read from the chunk on that is asked for."""

from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from storage.mongo.connection import Database
from storage.mongo.deadlines import Lines
from storage.mongo.files import GridFiles
from tickets.model import Attachment, FileId

CHUNK = 255 * 1024


async def test_what_comes_before_a_part_is_not_read() -> None:
    content = bytes(CHUNK) + b"x" * CHUNK + b"the end"
    with enabled_gridfs_integration():
        database: Database = AsyncMongoMockClient()["guildesk"]
        files = GridFiles(database, Lines(database))
        await files.put(Attachment(FileId("f1"), "x", "text/plain", len(content)), content)
        chunks = [name for name in await database.list_collection_names() if name.endswith(".chunks")]
        await database[chunks[0]].delete_many({"n": {"$lt": 2}})

        async with files.opened(FileId("f1")) as opened:
            assert opened is not None
            pieces = [piece async for piece in opened.read(2 * CHUNK + 4, 3)]

    assert pieces == [b"end"]
