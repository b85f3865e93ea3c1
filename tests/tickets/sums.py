"""Sums of figures, counted one by one."""

from collections.abc import Iterable

from tickets.figures import By, Counted, Sums, Tally
from tickets.model import Ticket


def sums_of(tickets: Iterable[Ticket | Counted]) -> dict[By, Sums]:
    """The cells of all these tickets, with all seconds one by one."""
    tally = Tally()
    tally.add([*tickets])
    return tally.sums(exact=True)
