"""How far something long has come."""

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much it is in all. It may raise, to end it."""


def nobody(_what: str, _done: int, _total: int) -> None:
    """Whom it does not interest."""
