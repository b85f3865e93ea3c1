"""Replays of a ticket that begin while a sink is showing one of its events."""

from tickets.model import TicketId
from tickets.ports.sinks import SinkName


class Replays:
    """Which tickets were replayed since a sink asked for their next event.

    The sink may have shown that event in a channel that is gone by now, so the event stays due. Only the
    leader shows and replays, so it is enough to keep this in memory."""

    def __init__(self) -> None:
        self._fresh: set[tuple[SinkName, TicketId]] = set()

    def begin(self, sink: SinkName, ticket_id: TicketId) -> None:
        """A sink asks for the ticket's next event, to show it."""
        self._fresh.discard((sink, ticket_id))

    def add(self, sink: SinkName, ticket_id: TicketId) -> None:
        self._fresh.add((sink, ticket_id))

    def overtook(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether the ticket was replayed since ``begin``."""
        return (sink, ticket_id) in self._fresh
