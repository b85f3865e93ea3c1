"""Notifications in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from storage.notifications import (
    COLUMNS,
    LOOKS,
    notification_from,
    parcel_of,
    values_of,
    wishes_from,
    wishes_text,
)
from storage.sqlite.lease import SinksWriter
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Millis, TicketId, UserKey
from tickets.notifications import Notification, NotificationChannel, NotificationId, Wishes
from tickets.ports.lists import Cursor, Page
from tickets.ports.notifications import REPLIES_FOR, Parcel, ReplyAddress, place_of
from tickets.ports.sinks import Due
from tickets.ports.store import Clock

_COLUMNS: Final = ", ".join(COLUMNS)
_GET: Final = f"SELECT {_COLUMNS} FROM notifications WHERE id = ?"
_ADD: Final = (
    f"INSERT INTO notifications ({_COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT DO NOTHING"
)
_BEFORE: Final = "(created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?"
IS_UNREAD: Final = "channel = 'in_app' AND read_at IS NULL"
IS_LEFT: Final = "status IN ('pending', 'failed')"
OF_USER: Final = (
    f"SELECT {_COLUMNS} FROM notifications WHERE user_key = ? AND kind <> 'account' AND {_BEFORE}"
)
UNREAD: Final = f"SELECT {_COLUMNS} FROM notifications WHERE user_key = ? AND {IS_UNREAD} AND {_BEFORE}"
LEFT: Final = f"SELECT {_COLUMNS} FROM notifications WHERE {IS_LEFT} AND {_BEFORE}"
_READ: Final = f"UPDATE notifications SET read_at = ? WHERE id = ? AND user_key = ? AND {IS_UNREAD}"
READ_UPTO: Final = (
    f"UPDATE notifications SET read_at = ? WHERE user_key = ? AND {IS_UNREAD} AND (created_at, id) <= (?, ?)"
)
_RETRY: Final = (
    "UPDATE notifications SET status = 'pending', due_at = ?, begun = 0, parcel = NULL"
    " WHERE id = ? AND status = 'failed'"
)
_SHOWN: Final = (
    "INSERT INTO notifications_shown (user_key, ticket_id, seq) VALUES (?, ?, ?)"
    " ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq"
)
_LANE_OF: Final = "iif(ticket_id IS NULL, id, ticket_id || ' ' || ?)"
_REPLIES: Final = "token, ticket_id, user_key, expires_at"
_REPLY_ADDRESS: Final = f"INSERT INTO reply_addresses ({_REPLIES}) VALUES (?, ?, ?, ?)"
FAR: Final = 2**62


class SqliteNotifications:
    """The port ``Notifications``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def add(self, new: Sequence[Notification]) -> list[Notification]:
        rows = [tuple(values_of(it).values()) for it in new]

        def work(connection: sqlite3.Connection) -> list[Notification]:
            return [it for it, row in zip(new, rows, strict=True) if connection.execute(_ADD, row).rowcount]

        return await self._writer.write(work)

    async def get(self, notification_id: NotificationId) -> Notification | None:
        row = await self._reader.one(_GET, (notification_id,))
        return None if row is None else _made(row)

    async def of_user(
        self, user: UserKey, *, unread: bool = False, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        rows = await self._reader.few(UNREAD if unread else OF_USER, (str(user), *_place(after), limit + 1))
        return Page.of([_made(row) for row in rows], limit, place_of)

    async def left(self, after: Cursor | None, limit: int) -> Page[Notification]:
        rows = await self._reader.few(LEFT, (*_place(after), limit + 1))
        return Page.of([_made(row) for row in rows], limit, place_of)

    async def read(self, user: UserKey, notification_id: NotificationId, at: Millis) -> Notification | None:
        def work(connection: sqlite3.Connection) -> Notification | None:
            connection.execute(_READ, (at, notification_id, str(user)))
            row = connection.execute(_GET, (notification_id,)).fetchone()
            return None if row is None else _made(row)

        found = await self._writer.write(work)
        return found if found is not None and found.user == user else None

    async def read_upto(self, user: UserKey, last: Notification, at: Millis) -> int:
        def work(connection: sqlite3.Connection) -> int:
            return connection.execute(READ_UPTO, (at, str(user), last.created_at, last.id)).rowcount

        return await self._writer.write(work)

    async def retry(self, notification_id: NotificationId, at: Millis) -> Notification | None:
        def work(connection: sqlite3.Connection) -> Notification | None:
            if not connection.execute(_RETRY, (at, notification_id)).rowcount:
                return None
            return _made(connection.execute(_GET, (notification_id,)).fetchone())

        return await self._writer.write(work)

    async def wishes(self, user: UserKey) -> Wishes | None:
        row = await self._reader.one(
            "SELECT wishes FROM notification_wishes WHERE user_key = ?", (str(user),)
        )
        return None if row is None else wishes_from(row[0])

    async def wish(self, user: UserKey, wishes: Wishes) -> None:
        await self._writer.execute(
            "INSERT INTO notification_wishes (user_key, wishes) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET wishes = excluded.wishes",
            (str(user), wishes_text(wishes)),
        )

    async def shown(self, user: UserKey, ticket_id: TicketId, seq: int) -> None:
        await self._writer.execute(_SHOWN, (str(user), ticket_id, seq))

    async def shown_upto(self, user: UserKey, ticket_id: TicketId) -> int:
        row = await self._reader.one(
            "SELECT seq FROM notifications_shown WHERE user_key = ? AND ticket_id = ?", (str(user), ticket_id)
        )
        return 0 if row is None else int(row[0])

    async def reply_address(self, new: ReplyAddress) -> ReplyAddress:
        row = (new.token, new.ticket_id, str(new.user), new.expires_at)

        def work(connection: sqlite3.Connection) -> ReplyAddress:
            connection.execute(_REPLY_ADDRESS, row)
            kept = connection.execute(
                f"SELECT {_REPLIES} FROM reply_addresses WHERE ticket_id = ? AND user_key = ?"
                " ORDER BY expires_at DESC LIMIT 1",
                (new.ticket_id, str(new.user)),
            ).fetchone()
            return _reply_address(kept)

        found = await self._reader.one(
            f"SELECT {_REPLIES} FROM reply_addresses"
            " WHERE ticket_id = ? AND user_key = ? AND expires_at >= ?",
            (new.ticket_id, str(new.user), new.expires_at - REPLIES_FOR // 2),
        )
        return _reply_address(found) if found is not None else await self._writer.write(work)

    async def reply_address_of(self, token: str) -> ReplyAddress | None:
        row = await self._reader.one(f"SELECT {_REPLIES} FROM reply_addresses WHERE token = ?", (token,))
        return None if row is None else _reply_address(row)

    async def forget(self, user: UserKey) -> int:
        def work(connection: sqlite3.Connection) -> int:
            for table in ("notification_wishes", "notifications_shown", "reply_addresses"):
                connection.execute(f"DELETE FROM {table} WHERE user_key = ?", (str(user),))
            return connection.execute("DELETE FROM notifications WHERE user_key = ?", (str(user),)).rowcount

        return await self._writer.write(work)

    async def forget_ticket(self, ticket_id: TicketId) -> int:
        def work(connection: sqlite3.Connection) -> int:
            for table in ("notifications_shown", "reply_addresses"):
                connection.execute(f"DELETE FROM {table} WHERE ticket_id = ?", (ticket_id,))
            return connection.execute("DELETE FROM notifications WHERE ticket_id = ?", (ticket_id,)).rowcount

        return await self._writer.write(work)

    async def move(self, user: UserKey, to: UserKey, ticket_id: TicketId | None = None) -> None:
        def work(connection: sqlite3.Connection) -> None:
            keys: tuple[Any, ...] = (str(user),) if ticket_id is None else (str(user), ticket_id)
            which = "user_key = ?" if ticket_id is None else "user_key = ? AND ticket_id = ?"
            connection.execute(
                f"UPDATE notifications SET user_key = ?, lane = {_LANE_OF} WHERE {which}",
                (str(to), str(to), *keys),
            )
            connection.execute(f"UPDATE reply_addresses SET user_key = ? WHERE {which}", (str(to), *keys))
            shown = connection.execute(
                f"SELECT ticket_id, seq FROM notifications_shown WHERE {which}", keys
            ).fetchall()
            connection.executemany(_SHOWN, [(str(to), *row) for row in shown])
            connection.execute(f"DELETE FROM notifications_shown WHERE {which}", keys)
            if ticket_id is None:
                connection.execute(
                    "UPDATE OR IGNORE notification_wishes SET user_key = ? WHERE user_key = ?",
                    (str(to), str(user)),
                )
                connection.execute("DELETE FROM notification_wishes WHERE user_key = ?", (str(user),))

        await self._writer.write(work)


_WAITS: Final = "due_at IS NOT NULL"
LANES_DUE: Final = (
    f"SELECT lane FROM notifications WHERE channel = ? AND {_WAITS} AND due_at <= ? ORDER BY due_at LIMIT ?"
)
IN_LANE: Final = (
    f"SELECT {_COLUMNS} FROM notifications WHERE channel = ? AND lane = ? AND {_WAITS}"
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
        found = [_made(row) for row in await self._reader.few(IN_LANE, (channel, lane))]
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
        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                f"UPDATE notifications SET status = 'suppressed', due_at = NULL WHERE id = ? AND {_WAITS}",
                [(it,) for it in ids],
            )

        await self._writer.write(work)

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

    async def hasten(self, channel: NotificationChannel, lanes: Sequence[TicketId]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE notifications SET due_at = 0 WHERE channel = ? AND lane = ? AND tries > 0"
                f" AND {_WAITS}",
                [(channel, lane) for lane in lanes],
            )

        await self._writer.write(work)

    async def _of(self, parcel: Parcel, change: str, value: object) -> None:
        await self._writer.write(lambda connection: _each(connection, parcel, change, value))


def _each(connection: sqlite3.Connection, parcel: Parcel, change: str, value: object) -> None:
    """Change the notifications of the parcel that are still pending."""
    connection.executemany(
        f"UPDATE notifications SET {change} WHERE id = ? AND {_WAITS}",
        [(value, it.id) for it in parcel.items],
    )


def _reply_address(row: Sequence[Any]) -> ReplyAddress:
    token, ticket_id, user, expires_at = row
    return ReplyAddress(token, TicketId(ticket_id), UserKey.parse(user), expires_at)


def _place(after: Cursor | None) -> tuple[int, str]:
    return (FAR, "") if after is None else (after.numbers[0], after.text)


def _made(row: Sequence[Any]) -> Notification:
    return notification_from(dict(zip(COLUMNS, row, strict=True)))
