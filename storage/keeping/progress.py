"""The progress of long commands."""

from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""Is called with what is being done, how much of it is done, and how much there is in all. It may raise, to
end the work."""


def nobody(_what: str, _done: int, _total: int) -> None:
    """Ignores progress."""
