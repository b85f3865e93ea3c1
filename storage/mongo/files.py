"""Attachments in GridFS."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from bson import ObjectId
from gridfs.errors import FileExists, NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket, AsyncIOMotorGridOut

from storage.codec import ATTACHMENT
from storage.drafts import DraftOnDisk
from storage.mongo.connection import Database, away, may_be_away
from storage.mongo.schema import FILES
from tickets.model import Attachment, FileId
from tickets.ports.files import Draft, Kept


class GridFiles:
    """The port ``Files``.

    Each upload has an id of its own, and the file's id is a unique name. A file exists, whole, once its name
    is inserted; of two uploads at the same time, one stays."""

    def __init__(self, database: Database) -> None:
        self._bucket = AsyncIOMotorGridFSBucket(database, FILES)
        self._files = database[f"{FILES}.files"]
        self._chunks = database[f"{FILES}.chunks"]

    def draft(self) -> DraftOnDisk:
        return DraftOnDisk()

    @may_be_away
    async def put(self, file: Attachment, content: bytes | Draft) -> None:
        if await self._upload_of(file.id) is not None:
            return
        upload = ObjectId()
        source = content if isinstance(content, bytes) else content.stream()
        try:
            await self._bucket.upload_from_stream_with_id(
                upload, file.id, source, metadata=ATTACHMENT.record(file)
            )
        except FileExists:
            await self._chunks.delete_many({"files_id": upload})

    @may_be_away
    async def get(self, file_id: FileId) -> tuple[Attachment, bytes] | None:
        upload = await self._upload_of(file_id)
        if upload is None:
            return None
        try:
            stream = await self._bucket.open_download_stream(upload)
            return ATTACHMENT.from_record(dict(stream.metadata or {})), await stream.read()
        except NoFile:  # deleted meanwhile
            return None

    @asynccontextmanager
    async def opened(self, file_id: FileId) -> AsyncIterator[Kept | None]:
        upload = await self._found(file_id)
        try:
            with away():
                stream = None if upload is None else await self._bucket.open_download_stream(upload)
        except NoFile:
            stream = None
        if stream is None:
            yield None
        else:
            file = ATTACHMENT.from_record(dict(stream.metadata or {}))
            yield Kept(file, stream.length, partial(_pieces, stream))

    @may_be_away
    async def delete(self, file_id: FileId) -> None:
        upload = await self._upload_of(file_id)
        if upload is None:
            return
        try:
            await self._bucket.delete(upload)
        except NoFile:
            return

    @may_be_away
    async def _found(self, file_id: FileId) -> ObjectId | None:
        return await self._upload_of(file_id)

    async def _upload_of(self, file_id: FileId) -> ObjectId | None:
        found = await self._files.find_one({"filename": file_id}, {"_id": 1})
        return None if found is None else found["_id"]


async def _pieces(stream: AsyncIOMotorGridOut, first: int, count: int) -> AsyncIterator[bytes]:
    stream.seek(first)
    while count:
        with away():
            piece = (await stream.readchunk())[:count]
        if not piece:
            return
        count -= len(piece)
        yield piece
