"""Uploads in MongoDB."""

from pymongo import ASCENDING

from storage.codec import ATTACHMENT, Record
from storage.mongo.connection import Database, may_be_away, upsert
from tickets.model import EventId, FileId, Millis, TicketId, UserKey
from tickets.ports.uploads import Unused, Upload, Use


class MongoUploads:
    """The port ``Uploads``."""

    def __init__(self, database: Database) -> None:
        self._uploads = database.uploads

    @may_be_away
    async def add(self, upload: Upload) -> bool:
        """Of uploads added at the same time, each sees the others or is seen by them. So all of them may be
        refused, but never is one too many kept."""
        record: Record = {
            "file": ATTACHMENT.record(upload.file),
            "uploader": str(upload.uploader),
            "at": upload.at,
            "use": None,
            "settled": False,
        }
        if await self._uploads.find_one({"_id": upload.file.id}) is not None:
            return True
        await upsert(self._uploads, {"_id": upload.file.id}, {"$setOnInsert": record})
        if (await self._unused_beside(upload)).leaves_room_for(upload.file):
            return True
        await self._uploads.delete_one({"_id": upload.file.id, "use": None})
        return False

    async def _unused_beside(self, upload: Upload) -> Unused:
        others = {"uploader": str(upload.uploader), "use": None, "_id": {"$ne": upload.file.id}}
        found = await self._uploads.find(others, {"file.size": 1}).to_list(None)
        return Unused(len(found), sum(it["file"]["size"] for it in found))

    @may_be_away
    async def get(self, file_id: FileId) -> Upload | None:
        found = await self._uploads.find_one({"_id": file_id})
        return None if found is None else _upload(found)

    @may_be_away
    async def bind(self, file_id: FileId, uploader: UserKey, use: Use, since: Millis) -> Upload | None:
        used = [use.ticket_id, use.event_id]
        mine: Record = {"_id": file_id, "uploader": str(uploader)}
        await self._uploads.update_one({**mine, "at": {"$gte": since}, "use": None}, {"$set": {"use": used}})
        found = await self._uploads.find_one(mine)
        return _upload(found) if found is not None and found["use"] == used else None

    @may_be_away
    async def unbind(self, use: Use) -> None:
        await self._uploads.update_many({"use": [use.ticket_id, use.event_id]}, {"$set": {"use": None}})

    @may_be_away
    async def unsettled(self, before: Millis, limit: int) -> list[Upload]:
        cursor = self._uploads.find(
            {"settled": False, "at": {"$lt": before}}, sort=[("at", ASCENDING)], limit=limit
        )
        return [_upload(record) for record in await cursor.to_list(None)]

    @may_be_away
    async def settle(self, file_id: FileId) -> None:
        await self._uploads.update_one({"_id": file_id}, {"$set": {"settled": True}})

    @may_be_away
    async def remove(self, file_id: FileId) -> None:
        await self._uploads.delete_one({"_id": file_id})

    @may_be_away
    async def hand_over(self, uploader: UserKey, to: UserKey) -> None:
        await self._uploads.update_many({"uploader": str(uploader)}, {"$set": {"uploader": str(to)}})


def _upload(record: Record) -> Upload:
    use = record["use"]
    return Upload(
        file=ATTACHMENT.from_record(record["file"]),
        uploader=UserKey.parse(record["uploader"]),
        at=record["at"],
        use=None if use is None else Use(TicketId(use[0]), EventId(use[1])),
    )
