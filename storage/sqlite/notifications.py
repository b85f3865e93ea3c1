"""Notifications in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from storage.notifications import (
    COLUMNS,
    notification_from,
    values_of,
    wishes_from,
    wishes_text,
)
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Millis, TicketId, UserKey
from tickets.notifications import Notification, NotificationId, Wishes
from tickets.ports.lists import Cursor, Page
from tickets.ports.notifications import REPLIES_FOR, ReplyAddress, place_of

NOTIFICATION: Final = ", ".join(COLUMNS)
_GET: Final = f"SELECT {NOTIFICATION} FROM notifications WHERE id = ?"
_VALUES: Final = ", ".join("?" * len(COLUMNS))
_ADD: Final = f"INSERT INTO notifications ({NOTIFICATION}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING"
_BEFORE: Final = "(created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?"
IS_UNREAD: Final = "channel = 'in_app' AND read_at IS NULL"
IS_LEFT: Final = "status IN ('pending', 'failed')"
OF_USER: Final = (
    f"SELECT {NOTIFICATION} FROM notifications WHERE user_key = ? AND kind <> 'account' AND {_BEFORE}"
)
UNREAD: Final = f"SELECT {NOTIFICATION} FROM notifications WHERE user_key = ? AND {IS_UNREAD} AND {_BEFORE}"
LEFT: Final = f"SELECT {NOTIFICATION} FROM notifications WHERE {IS_LEFT} AND {_BEFORE}"
_READ: Final = f"UPDATE notifications SET read_at = ? WHERE id = ? AND user_key = ? AND {IS_UNREAD}"
READ_UPTO: Final = (
    f"UPDATE notifications SET read_at = ? WHERE user_key = ? AND {IS_UNREAD} AND (created_at, id) <= (?, ?)"
)
_RETRY: Final = (
    "UPDATE notifications SET status = 'pending', due_at = ?, begun = 0, parcel = NULL"
    " WHERE id = ? AND status = 'failed'"
)
BOUNCED: Final = (
    "UPDATE notifications SET status = 'failed', error = ? WHERE user_key = ?"
    " AND channel = 'email' AND lane = ? AND sent_at = ? AND status = 'sent'"
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
        return None if row is None else made(row)

    async def of_user(
        self, user: UserKey, *, unread: bool = False, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        rows = await self._reader.few(UNREAD if unread else OF_USER, (str(user), *_place(after), limit + 1))
        return Page.of([made(row) for row in rows], limit, place_of)

    async def left(self, after: Cursor | None, limit: int) -> Page[Notification]:
        rows = await self._reader.few(LEFT, (*_place(after), limit + 1))
        return Page.of([made(row) for row in rows], limit, place_of)

    async def read(self, user: UserKey, notification_id: NotificationId, at: Millis) -> Notification | None:
        def work(connection: sqlite3.Connection) -> Notification | None:
            connection.execute(_READ, (at, notification_id, str(user)))
            row = connection.execute(_GET, (notification_id,)).fetchone()
            return None if row is None else made(row)

        found = await self._writer.write(work)
        return found if found is not None and found.user == user else None

    async def read_upto(self, user: UserKey, last: Notification, at: Millis) -> int:
        return await self._writer.execute(READ_UPTO, (at, str(user), last.created_at, last.id))

    async def retry(self, notification_id: NotificationId, at: Millis) -> Notification | None:
        def work(connection: sqlite3.Connection) -> Notification | None:
            if not connection.execute(_RETRY, (at, notification_id)).rowcount:
                return None
            return made(connection.execute(_GET, (notification_id,)).fetchone())

        return await self._writer.write(work)

    async def bounced(self, sent: Notification, why: str) -> int:
        if sent.sent_at is None:
            return 0
        row = (why, str(sent.user), sent.lane, sent.sent_at)
        return await self._writer.write(lambda connection: connection.execute(BOUNCED, row).rowcount)

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


def _reply_address(row: Sequence[Any]) -> ReplyAddress:
    token, ticket_id, user, expires_at = row
    return ReplyAddress(token, TicketId(ticket_id), UserKey.parse(user), expires_at)


def _place(after: Cursor | None) -> tuple[int, str]:
    return (FAR, "") if after is None else (after.numbers[0], after.text)


def made(row: Sequence[Any]) -> Notification:
    return notification_from(dict(zip(COLUMNS, row, strict=True)))
