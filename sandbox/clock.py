"""Real time for the backend, held still while one request is carried out."""

from datetime import UTC, datetime

from simcord._clock import Clock


class WallClock(Clock):
    """Tells real time, or the moment at which it is held.

    A request sees one single moment, so that a request carried out again at its
    recorded moment makes the same identifiers and timestamps (see `state`).
    """

    def __init__(self) -> None:
        super().__init__()
        self.held: datetime | None = None

    def now(self) -> datetime:
        """The moment held, else the time of day in UTC."""
        return self.held if self.held is not None else datetime.now(UTC)
