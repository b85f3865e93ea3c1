"""Endpoints of webhooks, and what is sent to them, in SQLite."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from storage.codec import ABOUT, ANSWER, ENDPOINT
from storage.deliveries import delivery_from, plain_values
from storage.sqlite import sql
from storage.sqlite.lease import SinksWriter
from storage.sqlite.reader import Reader, Row
from storage.sqlite.writer import Writer
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.sinks import Due
from tickets.ports.webhooks import Answer, Delivery, DeliveryId, DeliveryStatus, place_of
from tickets.webhooks import Endpoint, EndpointId

COLUMNS = (
    *("endpoint_id", "ticket_id", "seq", "type", "user_key", "created_at", "begun_at", "due_at"),
    *("status", "attempts", "passes", "answer", "about"),
)
_COLUMNS = ", ".join(COLUMNS)
_ROW = f"webhook_deliveries (delivery_id, {_COLUMNS})"
_SELECT = f"SELECT {_COLUMNS} FROM webhook_deliveries"

_FREE = """NOT EXISTS (
    SELECT 1 FROM webhook_deliveries AS lower WHERE lower.endpoint_id = webhook_deliveries.endpoint_id
    AND lower.ticket_id = webhook_deliveries.ticket_id AND lower.seq < webhook_deliveries.seq
    AND lower.due_at IS NOT NULL AND NOT lower.passes)"""
"""The condition that no earlier delivery of the ticket holds this one up."""
TICKETS_DUE = f"""
SELECT ticket_id FROM webhook_deliveries WHERE endpoint_id = ? AND due_at <= ? AND {_FREE}
ORDER BY due_at LIMIT ?"""
NEXT_DUE = f"""
{_SELECT} INDEXED BY webhook_deliveries_in_order
WHERE endpoint_id = ? AND ticket_id = ? AND due_at IS NOT NULL AND due_at <= ? AND {_FREE}
ORDER BY seq LIMIT 1"""
EARLIEST = f"""
SELECT due_at FROM webhook_deliveries WHERE endpoint_id = ? AND due_at IS NOT NULL AND {_FREE}
ORDER BY due_at LIMIT 1"""
WAITING = "SELECT count(*) FROM webhook_deliveries WHERE endpoint_id = ? AND due_at IS NOT NULL"

_HELD_UNTIL = """
SELECT max(due_at) FROM webhook_deliveries
WHERE endpoint_id = ? AND ticket_id = ? AND due_at IS NOT NULL AND NOT passes AND seq < ?"""
_TAKE_ALONG = """
UPDATE webhook_deliveries SET due_at = ?1
WHERE endpoint_id = ?2 AND ticket_id = ?3 AND seq > ?4 AND due_at < ?1"""
BEHIND = "AND (created_at, delivery_id) < (?, ?)"
PAGE = f"{_SELECT} WHERE endpoint_id = ? {{}} ORDER BY created_at DESC, delivery_id DESC LIMIT ?"
PAGE_OF_STATUS = PAGE.replace("endpoint_id = ?", "endpoint_id = ? AND status = ?")
_SETTLE = """
UPDATE webhook_deliveries SET status = ?, answer = ?, due_at = NULL, attempts = attempts + ?
WHERE delivery_id = ? AND begun_at = ? AND attempts = ? AND status <> 'delivered'"""
_PUT_OFF = """
UPDATE webhook_deliveries SET due_at = ?, answer = ?, passes = ?, attempts = attempts + 1
WHERE delivery_id = ? AND due_at IS NOT NULL"""
_HASTEN_ALL = "UPDATE webhook_deliveries SET due_at = 0 WHERE endpoint_id = ? AND due_at > ?"
_HASTEN = f"{_HASTEN_ALL} AND ticket_id = ?"
_STOP = """
UPDATE webhook_deliveries SET status = 'failed', answer = ?, due_at = NULL
WHERE endpoint_id = ? AND due_at IS NOT NULL"""
_REDELIVER = """
UPDATE webhook_deliveries SET status = 'pending', due_at = ?1, begun_at = ?1, attempts = 0, passes = 0
WHERE endpoint_id = ?2 AND delivery_id = ?3"""
_SWEEP = "DELETE FROM webhook_deliveries WHERE endpoint_id = ? AND created_at < ? AND due_at IS NULL"
_ENDPOINT = "SELECT body FROM webhooks WHERE endpoint_id = ?"


class SqliteWebhooks:
    """The port ``Webhooks``. Only the leader sends; every process may change endpoints."""

    def __init__(self, reader: Reader, writer: Writer, sinks: SinksWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._sinks = sinks

    async def endpoints(self) -> list[Endpoint]:
        rows = await self._reader.few("SELECT body FROM webhooks ORDER BY endpoint_id")
        return [ENDPOINT.from_text(body) for (body,) in rows]

    async def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        return ENDPOINT.in_row(await self._reader.one(_ENDPOINT, (endpoint_id,)))

    async def add(self, endpoint: Endpoint) -> None:
        statement = "INSERT INTO webhooks (endpoint_id, body) VALUES (?, ?) ON CONFLICT DO NOTHING"
        await self._writer.execute(statement, (endpoint.id, ENDPOINT.text(endpoint)))

    async def change(
        self, endpoint_id: EndpointId, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        def work(connection: sqlite3.Connection) -> Endpoint | None:
            row = connection.execute(_ENDPOINT, (endpoint_id,)).fetchone()
            if row is None:
                return None
            changed = change(ENDPOINT.from_text(row[0]))
            values = (ENDPOINT.text(changed), endpoint_id)
            connection.execute("UPDATE webhooks SET body = ? WHERE endpoint_id = ?", values)
            return changed

        return await self._writer.write(work)

    async def remove(self, endpoint_id: EndpointId) -> bool:
        def work(connection: sqlite3.Connection) -> bool:
            connection.execute("DELETE FROM webhook_deliveries WHERE endpoint_id = ?", (endpoint_id,))
            gone = connection.execute("DELETE FROM webhooks WHERE endpoint_id = ?", (endpoint_id,))
            return gone.rowcount > 0

        return await self._writer.write(work)

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            rows = []
            for it in deliveries:
                lane = (it.endpoint_id, it.ticket_id, it.seq)
                (held_until,) = connection.execute(_HELD_UNTIL, lane).fetchone()
                due_at = it.due_at if held_until is None else max(held_until, it.due_at or 0)
                rows.append(row_of(it, due_at))
            sql.insert(connection, _ROW, rows, "ON CONFLICT DO NOTHING")

        await self._sinks.write(work)

    async def tickets_due(self, endpoint_id: EndpointId, now: Millis, limit: int) -> list[TicketId]:
        rows = await self._reader.few(TICKETS_DUE, (endpoint_id, now, limit))
        return list(dict.fromkeys(TicketId(ticket_id) for (ticket_id,) in rows))

    async def next_due(
        self, endpoint_id: EndpointId, ticket_id: TicketId, now: Millis
    ) -> Due[Delivery] | None:
        row = await self._reader.one(NEXT_DUE, (endpoint_id, ticket_id, now))
        if row is None:
            return None
        delivery = delivery_of(row)
        return Due(delivery, delivery.attempts)

    async def earliest(self, endpoint_id: EndpointId) -> Millis | None:
        row = await self._reader.one(EARLIEST, (endpoint_id,))
        return None if row is None else row[0]

    async def settle(self, delivery: Delivery, status: DeliveryStatus, answer: Answer | None) -> None:
        failed_try = int(status is DeliveryStatus.FAILED)
        the_try = (delivery.id, delivery.begun_at, delivery.attempts)
        await self._sinks.execute(_SETTLE, (status, _text(answer), failed_try, *the_try))

    async def put_off(
        self, delivery: Delivery, until: Millis, answer: Answer | None, *, passes: bool
    ) -> None:
        def work(connection: sqlite3.Connection) -> None:
            waits = connection.execute(_PUT_OFF, (until, _text(answer), passes, delivery.id))
            if waits.rowcount and not passes:
                lane = (delivery.endpoint_id, delivery.ticket_id, delivery.seq)
                connection.execute(_TAKE_ALONG, (until, *lane))

        await self._sinks.write(work)

    async def hasten(
        self, endpoint_id: EndpointId, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        if ticket_ids is None:
            await self._sinks.execute(_HASTEN_ALL, (endpoint_id, beyond))
        else:
            await self._sinks.execute_many(_HASTEN, ((endpoint_id, beyond, it) for it in ticket_ids))

    async def stop(self, endpoint_id: EndpointId, why: Answer) -> None:
        await self._writer.execute(_STOP, (_text(why), endpoint_id))

    async def deliveries(
        self, endpoint_id: EndpointId, status: DeliveryStatus | None, after: Cursor | None, limit: int
    ) -> Page[Delivery]:
        which: tuple[Any, ...] = (endpoint_id,) if status is None else (endpoint_id, status)
        behind: tuple[Any, ...] = () if after is None else (after.numbers[0], after.text)
        statement = (PAGE if status is None else PAGE_OF_STATUS).format(BEHIND if behind else "")
        rows = await self._reader.few(statement, (*which, *behind, limit + 1))
        return Page.of([delivery_of(row) for row in rows], limit, place_of)

    async def delivery(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> Delivery | None:
        which = f"{_SELECT} WHERE endpoint_id = ? AND delivery_id = ?"
        row = await self._reader.one(which, (endpoint_id, delivery_id))
        return None if row is None else delivery_of(row)

    async def redeliver(self, endpoint_id: EndpointId, delivery_id: DeliveryId, now: Millis) -> bool:
        return await self._writer.execute(_REDELIVER, (now, endpoint_id, delivery_id)) > 0

    async def sweep(self, before: Millis) -> int:
        ids = [it.id for it in await self.endpoints()]

        def work(connection: sqlite3.Connection) -> int:
            return sum(connection.execute(_SWEEP, (it, before)).rowcount for it in ids)

        return await self._sinks.write(work)

    async def forget_user(self, user: UserKey) -> None:
        await self._writer.execute("DELETE FROM webhook_deliveries WHERE user_key = ?", (str(user),))

    async def move_user(self, user: UserKey, to: UserKey) -> None:
        moved = "UPDATE webhook_deliveries SET user_key = ? WHERE user_key = ?"
        await self._writer.execute(moved, (str(to), str(user)))

    async def waiting(self, endpoint_id: EndpointId) -> int:
        row = await self._reader.one(WAITING, (endpoint_id,))
        return 0 if row is None else int(row[0])


def _text(answer: Answer | None) -> str | None:
    return None if answer is None else ANSWER.text(answer)


def row_of(it: Delivery, due_at: Millis | None = None) -> Row:
    """The row of a delivery, with the id first. ``due_at`` may be later than the delivery's own."""
    values = {
        **plain_values(it),
        "due_at": it.due_at if due_at is None else due_at,
        "passes": int(it.passes),
        "answer": _text(it.answer),
        "about": None if it.about is None else ABOUT.text(it.about),
    }
    return (it.id, *(values[name] for name in COLUMNS))


def delivery_of(row: Sequence[Any]) -> Delivery:
    """The delivery from its ``COLUMNS``."""
    *_, answer, about = row
    return delivery_from(
        dict(zip(COLUMNS, row, strict=True)),
        None if answer is None else ANSWER.from_text(answer),
        None if about is None else ABOUT.from_text(about),
    )
