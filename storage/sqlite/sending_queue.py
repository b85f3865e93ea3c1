"""The notifications that are still to be sent, in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence
from typing import Final

from storage.notifications import LOOKS, parcel_of
from storage.sqlite.lease import SinksWriter
from storage.sqlite.notifications import NOTIFICATION, made
from storage.sqlite.reader import Reader
from tickets.model import Millis, TicketId
from tickets.notifications import NotificationChannel, NotificationId
from tickets.ports.notifications import Parcel
from tickets.ports.sinks import Due
from tickets.ports.store import Clock

_WAITS: Final = "due_at IS NOT NULL"
_HASTEN_ALL: Final = "UPDATE notifications SET due_at = 0 WHERE channel = ? AND due_at > ?"
LANES_DUE: Final = (
    f"SELECT lane FROM notifications WHERE channel = ? AND {_WAITS} AND due_at <= ? ORDER BY due_at LIMIT ?"
)
IN_LANE: Final = (
    f"SELECT {NOTIFICATION} FROM notifications WHERE channel = ? AND lane = ? AND {_WAITS}"
    " ORDER BY created_at, id"
)
EARLIEST: Final = f"SELECT due_at FROM notifications WHERE channel = ? AND {_WAITS} ORDER BY due_at LIMIT 1"


class SqliteSendingQueue:
    """The port ``SendingQueue``."""

    def __init__(self, reader: Reader, writer: SinksWriter, clock: Clock) -> None:
        self._reader = reader
        self._writer = writer
        self._clock = clock

    async def tickets_due(self, channel: NotificationChannel, now: Millis, limit: int) -> list[TicketId]:
        rows = await self._reader.few(LANES_DUE, (channel, now, limit * LOOKS))
        return [TicketId(lane) for lane in dict.fromkeys(lane for (lane,) in rows)][:limit]

    async def next_due(self, channel: NotificationChannel, lane: TicketId, now: Millis) -> Due[Parcel] | None:
        found = [made(row) for row in await self._reader.few(IN_LANE, (channel, lane))]
        if not found or min(it.due_at or 0 for it in found) > now:
            return None
        parcel = parcel_of(found)
        return Due(parcel, max(it.tries for it in parcel.items))

    async def earliest(self, channel: NotificationChannel) -> Millis | None:
        row = await self._reader.one(EARLIEST, (channel,))
        return None if row is None else row[0]

    async def begin(self, parcel: Parcel) -> None:
        await self._of(parcel, "parcel = ?, begun = begun + 1", parcel.id)

    async def tried(self, parcel: Parcel, why: str, *, may_have_arrived: bool) -> None:
        again = "" if may_have_arrived else ", begun = 0, parcel = NULL"
        await self._of(parcel, f"error = ?{again}", why)

    async def suppress(self, ids: Sequence[NotificationId]) -> None:
        await self._writer.execute_many(
            f"UPDATE notifications SET status = 'suppressed', due_at = NULL WHERE id = ? AND {_WAITS}",
            ((it,) for it in ids),
        )

    async def done(self, channel: NotificationChannel, parcel: Parcel) -> None:
        sent = "status = 'sent', due_at = NULL, parcel = NULL, begun = 0, error = NULL, letter = NULL"
        await self._of(parcel, f"sent_at = ?, {sent}", self._clock())

    async def put_off(self, channel: NotificationChannel, parcel: Parcel, until: Millis) -> None:
        def work(connection: sqlite3.Connection) -> None:
            _each(connection, parcel, "tries = tries + ?", 1)
            connection.execute(
                "UPDATE notifications SET due_at = max(due_at, ?) WHERE channel = ? AND lane = ?"
                f" AND {_WAITS}",
                (until, channel, parcel.lane),
            )

        await self._writer.write(work)

    async def failed(self, channel: NotificationChannel, parcel: Parcel, reason: str) -> None:
        await self._of(
            parcel, "error = ?, status = 'failed', due_at = NULL, parcel = NULL, tries = tries + 1", reason
        )

    async def hasten(
        self, channel: NotificationChannel, lanes: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        if lanes is None:
            await self._writer.execute(_HASTEN_ALL, (channel, beyond))
        else:
            of_lanes = f"{_HASTEN_ALL} AND lane = ? AND tries > 0"
            await self._writer.execute_many(of_lanes, ((channel, beyond, lane) for lane in lanes))

    async def _of(self, parcel: Parcel, change: str, value: object) -> None:
        await self._writer.write(lambda connection: _each(connection, parcel, change, value))


def _each(connection: sqlite3.Connection, parcel: Parcel, change: str, value: object) -> None:
    """Change the notifications of the parcel that are still pending."""
    connection.executemany(
        f"UPDATE notifications SET {change} WHERE id = ? AND {_WAITS}",
        [(value, it.id) for it in parcel.items],
    )
