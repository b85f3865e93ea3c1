"""How soon requesters are to be helped."""

from dataclasses import dataclass

from tickets.model import Millis


@dataclass(frozen=True, slots=True)
class Target:
    """The longest times that the first answer and the end of a ticket may take; None for any."""

    first_response: Millis | None = None
    resolution: Millis | None = None
