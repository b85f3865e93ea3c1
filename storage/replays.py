"""Replays that come while something of their ticket is being shown."""

from tickets.model import TicketId
from tickets.ports.sinks import SinkName


class Replays:
    """Which tickets were replayed since their next event was asked for.

    What a sink was showing then, it may have shown where it is gone by now: it stays due. Only the leader
    shows and replays, so its own memory of it is enough."""

    def __init__(self) -> None:
        self._fresh: set[tuple[SinkName, TicketId]] = set()

    def begin(self, sink: SinkName, ticket_id: TicketId) -> None:
        """The ticket's next event is asked for, to be shown."""
        self._fresh.discard((sink, ticket_id))

    def add(self, sink: SinkName, ticket_id: TicketId) -> None:
        self._fresh.add((sink, ticket_id))

    def overtook(self, sink: SinkName, ticket_id: TicketId) -> bool:
        """Whether a replay came meanwhile."""
        return (sink, ticket_id) in self._fresh
