"""The tickets that wait for staff, in SQLite: a walk along their index."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Sequence
from itertools import chain

from storage.codec import TICKET
from storage.sqlite.reader import Reader
from storage.sqlite.schema import TO_ANSWER
from tickets.model import Status, Ticket, UserKey
from tickets.ports.queue import Place

_PAGE = f"""
SELECT body FROM tickets INDEXED BY tickets_to_answer WHERE {TO_ANSWER} AND {{}}
ORDER BY urgency DESC, waiting_since, number LIMIT ?"""
FIRST_PAGE = _PAGE.format("urgency >= 0")
SAME_URGENCY = _PAGE.format("urgency = ? AND (waiting_since, number) > (?, ?)")
ASSIGNED = """
SELECT body, number FROM tickets WHERE assignee = ? AND status = ? AND number < ?"""
LESS_URGENT = _PAGE.format("urgency < ?")


class SqliteWaiting:
    """The port ``Waiting``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(self, after: Place | None, limit: int) -> list[Ticket]:
        if after is None:
            rows = await self._reader.all(FIRST_PAGE, (limit,))
        else:
            place = (after.urgency, after.waiting_since, after.number)
            rows = await self._reader.all(SAME_URGENCY, (*place, limit))
            if len(rows) < limit:
                rows += await self._reader.all(LESS_URGENT, (after.urgency, limit - len(rows)))
        return [TICKET.from_text(body) for (body,) in rows]

    async def assigned(self, keys: Sequence[UserKey], before_number: int | None, limit: int) -> list[Ticket]:
        walks = [(str(key), status, before_number) for key in keys for status in Status]
        statement = " UNION ALL ".join([ASSIGNED] * len(walks)) + " ORDER BY number DESC LIMIT ?"
        rows = await self._reader.all(statement, [*chain.from_iterable(walks), limit])
        return [TICKET.from_text(body) for body, _ in rows]
