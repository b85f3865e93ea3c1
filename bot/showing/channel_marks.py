"""The mark in the topic of a ticket's channel, by which the channel is recognized. Pure."""

import re

from tickets.model import TicketId

_LETTERS = str.maketrans("0123456789abcdef", "ghijkmnpqrstvwxz")
_DIGITS = str.maketrans("ghijkmnpqrstvwxz", "0123456789abcdef")
"""Ids are hexadecimal. Written in these letters, they have no number that may be on a list of forbidden
words."""


class Marks:
    """The marks of one deployment: others may have channels in the same guild."""

    def __init__(self, deployment: str) -> None:
        self._begin = f"guildesk:{deployment}:"
        self._spelled = f"guildesk~{deployment.translate(_LETTERS)}~"

    def topics(self, number: int, ticket_id: TicketId) -> list[str | None]:
        """Topics for the ticket's channel, the preferred one first, then shorter ones. Without a topic, a
        channel that was made but not recorded is not found again."""
        mark = f"{self._begin}{ticket_id}"
        spelled = f"{self._spelled}{ticket_id.translate(_LETTERS)}"
        return [f"Ticket {number} · {mark}", mark, spelled, None]

    def ticket_in(self, topic: str | None) -> TicketId | None:
        """The ticket that a channel with this topic was made for."""
        found = re.search(rf"{re.escape(self._begin)}(\w+)", topic or "")
        if found:
            return TicketId(found[1])
        found = re.search(rf"{re.escape(self._spelled)}([g-z]+)", topic or "")
        return TicketId(found[1].translate(_DIGITS)) if found else None
