"""Files of attachments in GridFS."""

from bson import ObjectId
from gridfs.errors import FileExists, NoFile
from motor.motor_asyncio import AsyncIOMotorGridFSBucket

from storage.mongo.connection import Database, may_be_away
from storage.mongo.schema import FILES
from storage.records import attachment_from_record, attachment_record
from tickets.model import Attachment, FileId


class GridFiles:
    """The port ``Files``.

    Each upload has an id of its own, and the file's id is a unique name: a file is there, whole, from the
    insert of its name on, and of two uploads at the same time one stays."""

    def __init__(self, database: Database) -> None:
        self._bucket = AsyncIOMotorGridFSBucket(database, FILES)
        self._files = database[f"{FILES}.files"]
        self._chunks = database[f"{FILES}.chunks"]

    @may_be_away
    async def put(self, file: Attachment, content: bytes) -> None:
        if await self._upload_of(file.id) is not None:
            return
        upload = ObjectId()
        try:
            await self._bucket.upload_from_stream_with_id(
                upload, file.id, content, metadata=attachment_record(file)
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
            return attachment_from_record(dict(stream.metadata or {})), await stream.read()
        except NoFile:  # deleted meanwhile
            return None

    @may_be_away
    async def delete(self, file_id: FileId) -> None:
        upload = await self._upload_of(file_id)
        if upload is None:
            return
        try:
            await self._bucket.delete(upload)
        except NoFile:
            return

    async def _upload_of(self, file_id: FileId) -> ObjectId | None:
        found = await self._files.find_one({"filename": file_id}, {"_id": 1})
        return None if found is None else found["_id"]
