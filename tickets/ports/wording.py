"""Words that the desk itself says to requesters."""

from typing import Protocol

from tickets.model import Millis


class Wording(Protocol):
    """In words that fit a ticket's ``locale``."""

    def reminder(self, locale: str | None, silent_for: Millis, closes_in: Millis | None) -> str:
        """That nothing was heard for so long, and when the ticket is closed for that."""
        ...

    def silence(self, locale: str | None, silent_for: Millis) -> str:
        """Why a ticket is closed whose requester did not answer for so long."""
        ...
