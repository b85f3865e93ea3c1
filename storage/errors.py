"""Why a store does not start."""

from tickets.ports.store import StoreUnavailable


class StoreIsNewer(StoreUnavailable):
    """A newer program has written this store; the older one might lose what it does not know."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            f"The store has schema version {found}, but this program knows only version {known}: "
            "start the program that wrote it, or a newer one."
        )
