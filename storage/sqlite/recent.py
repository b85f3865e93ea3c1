"""Recent tickets in memory, so that an append need not read what the append before it has written."""

import sqlite3
from collections import OrderedDict

from tickets.model import Ticket, TicketId, number_in

MOST = 512
"""So many tickets are kept, about as many as a guild has channels."""


class Recent:
    """The tickets that this process has appended to lately, in their present state.

    A commit by another connection may have changed them. SQLite's ``data_version`` shows that there was one.
    If a connection was dropped, its uncommitted changes are gone."""

    def __init__(self) -> None:
        self._tickets: OrderedDict[TicketId, Ticket] = OrderedDict()
        self._ids: dict[int, TicketId] = {}
        """The same tickets, by number."""
        self._as_of: tuple[sqlite3.Connection, int] | None = None

    def check(self, connection: sqlite3.Connection) -> None:
        """Forget all tickets if another connection may have changed them. Call it within a write
        transaction."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if self._as_of != (connection, version):
            self._tickets.clear()
            self._ids.clear()
            self._as_of = (connection, version)

    def at(self, address: str) -> Ticket | None:
        """The ticket with this id or number, if it is at hand."""
        number = number_in(address)
        ticket_id = TicketId(address) if number is None else self._ids.get(number)
        return None if ticket_id is None else self._tickets.get(ticket_id)

    def keep(self, ticket: Ticket) -> None:
        """Keep the ticket as the transaction leaves it."""
        self._tickets[ticket.id] = ticket
        self._tickets.move_to_end(ticket.id)
        self._ids[ticket.number] = ticket.id
        if len(self._tickets) > MOST:
            _, oldest = self._tickets.popitem(last=False)
            del self._ids[oldest.number]
