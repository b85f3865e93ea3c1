"""Tickets that were seen lately, by the address under which they were asked for."""

from collections import OrderedDict

from tickets.model import Ticket

MOST = 1_000
"""Twice as many as a guild has channels."""


class Seen:
    """Spares a read before each append. A ticket here may be of yesterday: nothing is decided by it."""

    def __init__(self) -> None:
        self._tickets: OrderedDict[str, Ticket] = OrderedDict()

    def at(self, address: str) -> Ticket | None:
        return self._tickets.get(address)

    def keep(self, address: str, ticket: Ticket) -> None:
        self._tickets[address] = ticket
        if len(self._tickets) > MOST:
            self._tickets.popitem(last=False)

    def forget(self, address: str) -> None:
        self._tickets.pop(address, None)
