"""Tickets at hand, so that an append need not read what the one before it has written."""

import sqlite3
from collections import OrderedDict
from collections.abc import Mapping

from tickets.model import Ticket, TicketId

MOST = 512
"""About as many as a guild has channels."""


class Recent:
    """The tickets that this process has appended to lately, as they are now.

    Whatever another connection commits may have changed them, and SQLite's ``data_version`` tells that one
    has; a connection that was dropped has taken back what was not committed."""

    def __init__(self) -> None:
        self._tickets: OrderedDict[TicketId, Ticket] = OrderedDict()
        self._as_of: tuple[sqlite3.Connection, int] | None = None

    def seen_by(self, connection: sqlite3.Connection) -> Mapping[TicketId, Ticket]:
        """Those that are sure to be as they were, within a transaction that writes."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if self._as_of != (connection, version):
            self._tickets.clear()
            self._as_of = (connection, version)
        return self._tickets

    def keep(self, ticket: Ticket) -> None:
        """The ticket as the transaction leaves it."""
        self._tickets[ticket.id] = ticket
        self._tickets.move_to_end(ticket.id)
        if len(self._tickets) > MOST:
            self._tickets.popitem(last=False)
