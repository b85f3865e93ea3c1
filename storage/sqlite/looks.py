"""The table of looks in SQLite."""

import sqlite3
from collections.abc import Sequence

from storage.looks import COLUMNS, look_from, values_of
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.looks import Look, LookFilter, place_of

_COLUMNS = ", ".join(COLUMNS)
_ADD = f"INSERT INTO looks ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
_WALKS = (
    (("ticket_number",), "looks_by_number"),
    (("user",), "looks_of_user"),
    (("by", "kind"), "looks_by_kind"),
    (("by",), "looks_by"),
    (("kind",), "looks_of_kind"),
    ((), "looks_newest"),
)
"""Which index serves which filter. A ticket or a user has few looks."""
_NEWEST = "ORDER BY at DESC, id DESC LIMIT ?"


def asked(which: LookFilter, after: Cursor | None, limit: int) -> tuple[str, list[str | int]]:
    """The statement for this page, and its values."""
    given: list[tuple[str, str | int | None]] = [
        ("by_key = ?", str(which.by) if which.by else None),
        ("user_key = ?", str(which.user) if which.user else None),
        ("kind = ?", which.kind and which.kind.value),
        ("ticket_number = ?", which.ticket_number),
        ("at >= ?", which.since),
        ("at < ?", which.until),
    ]
    index = next(index for it, index in _WALKS if all(getattr(which, name) is not None for name in it))
    conditions = [condition for condition, value in given if value is not None]
    values: list[str | int] = [value for _, value in given if value is not None]
    if after is not None:
        conditions.append("(at, id) < (?, ?)")
        values += [after.numbers[0], after.text]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    statement = f"SELECT {_COLUMNS} FROM looks INDEXED BY {index} {where} {_NEWEST}"  # noqa: S608  constants of ours
    return statement, [*values, limit]


class SqliteLooks:
    """The port ``Looks``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def add(self, looks: Sequence[Look]) -> None:
        await self._writer.execute_many(_ADD, (tuple(values_of(it).values()) for it in looks))

    async def page(self, which: LookFilter, after: Cursor | None, limit: int) -> Page[Look]:
        rows = await self._reader.all(*asked(which, after, limit + 1))
        looks = [look_from(dict(zip(COLUMNS, row, strict=True))) for row in rows]
        return Page.of(looks, limit, place_of)

    async def forget(self, user: UserKey, pseudonym: UserKey) -> int:
        def work(connection: sqlite3.Connection) -> int:
            gone = connection.execute("DELETE FROM looks WHERE user_key = ?", (str(user),)).rowcount
            connection.execute("UPDATE looks SET by_key = ? WHERE by_key = ?", (str(pseudonym), str(user)))
            return gone

        return await self._writer.write(work)

    async def forget_ticket(self, ticket_id: TicketId) -> int:
        return await self._forget("ticket_id = ?", ticket_id)

    async def forget_before(self, at: Millis) -> int:
        return await self._forget("at < ?", at)

    async def _forget(self, which: str, value: str | int) -> int:
        return await self._writer.execute(f"DELETE FROM looks WHERE {which}", (value,))  # noqa: S608
