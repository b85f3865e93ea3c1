"""Read marks in SQLite: up to where each side has seen a ticket."""

from collections.abc import Mapping, Sequence

from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import TicketId
from tickets.ports.readings import Reading

_MOVE = """
INSERT INTO readings (ticket_id, {side}) VALUES (?, ?)
ON CONFLICT (ticket_id) DO UPDATE SET {side} = excluded.{side} WHERE excluded.{side} > {side}"""
_REQUESTER = _MOVE.format(side="requester_seq")
_STAFF = _MOVE.format(side="staff_seq")
OF_TICKETS = """
SELECT readings.ticket_id, requester_seq, staff_seq
FROM asked CROSS JOIN readings ON readings.ticket_id = column1"""


class SqliteReadings:
    """The port ``Readings``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer

    async def requester_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        return await self._move(_REQUESTER, ticket_id, seq)

    async def staff_has_seen(self, ticket_id: TicketId, seq: int) -> bool:
        return await self._move(_STAFF, ticket_id, seq)

    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Reading]:
        rows = await self._reader.matching(OF_TICKETS, [(it,) for it in ticket_ids])
        return {TicketId(ticket_id): Reading(requester, staff) for ticket_id, requester, staff in rows}

    async def _move(self, statement: str, ticket_id: TicketId, seq: int) -> bool:
        return await self._writer.execute(statement, (ticket_id, seq)) > 0
