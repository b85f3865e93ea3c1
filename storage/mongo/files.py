"""Attachments in GridFS."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import IO, Final

from bson import Binary, ObjectId
from gridfs.errors import NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket, AsyncIOMotorGridOut
from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import ATTACHMENT
from storage.drafts import DraftOnDisk
from storage.mongo.connection import Database, away, may_be_away, upsert
from storage.mongo.deadlines import Lines, in_time
from tickets.model import Attachment, FileId
from tickets.ports.files import Draft, Kept
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

FILES: Final = "files"
"""The bucket of the attachments."""
CHUNK: Final = 255 * 1024
"""Bytes of a chunk, as GridFS makes them everywhere."""
CHUNKS: Final = 4
"""Chunks that are sent in one call."""
UNDER_WAY_FOR: Final = timedelta(hours=1)
"""Longer than any upload takes. If one began earlier and has not ended, its process was killed."""
AT_ONCE: Final = 100


class GridFiles:
    """The port ``Files``.

    Each upload has an id of its own, and the file's id is a unique name. A file exists, complete, once its
    name is inserted. Of two uploads at the same time, one stays. An upload is recorded before it begins, so
    that the pieces that a killed process leaves can be removed."""

    def __init__(self, database: Database, lines: Lines) -> None:
        self._bucket = AsyncIOMotorGridFSBucket(database, FILES)
        self._lines = lines
        asked = in_time(database, lines)
        self._under_way = asked.uploads_under_way
        self._files = asked[f"{FILES}.files"]
        self._chunks = asked[f"{FILES}.chunks"]

    def draft(self) -> DraftOnDisk:
        return DraftOnDisk()

    @may_be_away
    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        if await self._upload_of(file.id) is not None:
            return
        upload = ObjectId()
        await self._under_way.insert_one({"_id": upload})
        try:
            source = BytesIO(content) if isinstance(content, bytes) else content.stream()
            await self._send(upload, file, source)
        except DuplicateKeyError:  # somebody else was faster
            await self._chunks.delete_many({"files_id": upload})
        await self._under_way.delete_one({"_id": upload})

    async def _send(self, upload: ObjectId, file: Attachment, source: IO[bytes]) -> None:
        """Send the content as the GridFS specification says, with a deadline for each piece and not for the
        whole."""
        length = 0
        while piece := await asyncio.to_thread(source.read, CHUNKS * CHUNK):
            first = length // CHUNK
            chunks = [piece[at : at + CHUNK] for at in range(0, len(piece), CHUNK)]
            await self._chunks.insert_many(
                [{"files_id": upload, "n": n, "data": Binary(it)} for n, it in enumerate(chunks, first)]
            )
            length += len(piece)
        await self._files.insert_one(
            {
                "_id": upload,
                "filename": file.id,
                "length": length,
                "chunkSize": CHUNK,
                "uploadDate": datetime.now(UTC),
                "metadata": ATTACHMENT.record(file),
            }
        )

    @may_be_away
    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        async with self.opened(file_id) as kept:
            if kept is None:
                return None
            try:
                return kept.file, b"".join([piece async for piece in kept.read(0, kept.size)])
            except NoFile:  # deleted meanwhile
                return None

    @asynccontextmanager
    async def opened(self, file_id: FileId) -> AsyncIterator[Kept | None]:
        upload = await self._found(file_id)
        try:
            with away():
                stream = None if upload is None else await self._open(upload)
        except NoFile:
            stream = None
        if stream is None:
            yield None
        else:
            file = ATTACHMENT.from_record(dict(stream.metadata or {}))
            yield Kept(file, stream.length, partial(self._pieces, stream))

    @may_be_away
    async def delete(self, file_id: FileId) -> None:
        upload = await self._upload_of(file_id)
        if upload is not None:
            await upsert(self._under_way, {"_id": upload}, {"$set": {"is_deleted": True}})
            await self._files.delete_one({"_id": upload})
            await self._chunks.delete_many({"files_id": upload})
            await self._under_way.delete_one({"_id": upload})

    async def sweep_forever(self) -> None:
        """Remove the pieces of uploads by killed processes from time to time, until cancelled."""
        while True:
            try:
                await self.sweep(datetime.now(UTC))
            except StoreUnavailable as error:
                log.info("pieces of unfinished uploads cannot be removed now: %s", error)
            await asyncio.sleep(UNDER_WAY_FOR.total_seconds())

    @may_be_away
    async def sweep(self, now: datetime) -> None:
        """Remove the pieces of uploads that began long ago and never came to an end."""
        began = {"_id": {"$lt": ObjectId.from_datetime(now - UNDER_WAY_FOR)}}
        found = partial(self._under_way.find, began, sort=[("_id", ASCENDING)], limit=AT_ONCE)
        while left := await found().to_list(None):
            for upload in (record["_id"] for record in left):
                if await self._files.find_one({"_id": upload}, {"_id": 1}) is None:
                    await self._chunks.delete_many({"files_id": upload})
                await self._under_way.delete_one({"_id": upload})

    @may_be_away
    async def _found(self, file_id: FileId) -> ObjectId | None:
        return await self._upload_of(file_id)

    async def _upload_of(self, file_id: FileId) -> ObjectId | None:
        found = await self._files.find_one({"filename": file_id}, {"_id": 1})
        return None if found is None else found["_id"]

    async def _open(self, upload: ObjectId) -> AsyncIOMotorGridOut:
        return await self._lines.ask(lambda: self._bucket.open_download_stream(upload))

    async def _pieces(self, stream: AsyncIOMotorGridOut, first: int, count: int) -> AsyncIterator[bytes]:
        stream.seek(first)
        while count:
            with away():
                piece = (await self._lines.ask(stream.readchunk))[:count]
            if not piece:
                return
            count -= len(piece)
            yield piece
