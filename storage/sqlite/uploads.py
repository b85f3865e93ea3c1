"""Uploads in SQLite."""

import sqlite3

from storage.codec import ATTACHMENT
from storage.sqlite.reader import Reader, Row
from storage.sqlite.writer import Writer
from tickets.model import EventId, FileId, Millis, TicketId, UserKey
from tickets.ports.uploads import Unused, Upload, Use

_ADD = "INSERT INTO uploads (file_id, uploader, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
UNUSED = """
SELECT count(*), coalesce(sum(json_extract(body, '$.size')), 0) FROM uploads
WHERE uploader = ? AND event_id IS NULL"""
_GET = "SELECT body, uploader, at, ticket_id, event_id FROM uploads WHERE file_id = ?"
_BIND = """
UPDATE uploads SET ticket_id = :ticket_id, event_id = :event_id
WHERE file_id = :file_id AND uploader = :uploader AND at >= :since
AND (event_id IS NULL OR (ticket_id = :ticket_id AND event_id = :event_id))"""
_UNBIND = """
UPDATE uploads SET ticket_id = NULL, event_id = NULL WHERE ticket_id = ? AND event_id = ?"""
_HAND_OVER = "UPDATE uploads SET uploader = ? WHERE uploader = ?"
UNSETTLED = """
SELECT body, uploader, at, ticket_id, event_id FROM uploads
WHERE NOT settled AND at < ? ORDER BY at LIMIT ?"""


class SqliteUploads:
    """The port ``Uploads``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def add(self, upload: Upload) -> bool:
        row = (upload.file.id, str(upload.uploader), upload.at, ATTACHMENT.text(upload.file))

        def work(connection: sqlite3.Connection) -> bool:
            if connection.execute(_GET, (upload.file.id,)).fetchone() is not None:
                return True
            unused = Unused(*connection.execute(UNUSED, (str(upload.uploader),)).fetchone())
            if not unused.leaves_room_for(upload.file):
                return False
            connection.execute(_ADD, row)
            return True

        return await self._writer.write(work)

    async def get(self, file_id: FileId) -> Upload | None:
        row = await self._reader.one(_GET, (file_id,))
        return None if row is None else _upload(row)

    async def bind(self, file_id: FileId, uploader: UserKey, use: Use, since: Millis) -> Upload | None:
        values = {
            "file_id": file_id,
            "uploader": str(uploader),
            "since": since,
            "ticket_id": use.ticket_id,
            "event_id": use.event_id,
        }
        await self._writer.execute(_BIND, values)
        upload = await self.get(file_id)
        return upload if upload and upload.use == use and upload.uploader == uploader else None

    async def unbind(self, use: Use) -> None:
        await self._writer.execute(_UNBIND, (use.ticket_id, use.event_id))

    async def unsettled(self, before: Millis, limit: int) -> list[Upload]:
        return [_upload(row) for row in await self._reader.all(UNSETTLED, (before, limit))]

    async def settle(self, file_id: FileId) -> None:
        await self._writer.execute("UPDATE uploads SET settled = 1 WHERE file_id = ?", (file_id,))

    async def remove(self, file_id: FileId) -> None:
        await self._writer.execute("DELETE FROM uploads WHERE file_id = ?", (file_id,))

    async def hand_over(self, uploader: UserKey, to: UserKey) -> None:
        await self._writer.execute(_HAND_OVER, (str(to), str(uploader)))


def _upload(row: Row) -> Upload:
    body, uploader, at, ticket_id, event_id = row
    use = None if event_id is None else Use(TicketId(ticket_id), EventId(event_id))
    return Upload(file=ATTACHMENT.from_text(body), uploader=UserKey.parse(uploader), at=at, use=use)
