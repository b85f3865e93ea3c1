"""Limits sockets that have not shown a valid token: how many there may be at once, from one address and in
all."""

from typing import Final

from api.door.errors import ApiError
from api.live.line import Line

MOST_FROM_ONE: Final = 100
"""Sockets of one address or IPv6 network. A client shows its token within moments, so few are enough."""
MOST: Final = 1_000
"""Sockets in all, which take about 30 MB."""


class TooManyFromOne(ApiError):
    status = 429
    error = "RATELIMIT"
    code = "too_many_sockets"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Only {MOST_FROM_ONE} sockets without a valid token are allowed at once from one address.",
            headers={"Retry-After": f"{seconds:.0f}"},
        )


class TooMany(ApiError):
    status = 503
    error = "UNAVAILABLE"
    code = "sockets_unavailable"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "Too many sockets without a valid token are open; try again soon.",
            headers={"Retry-After": f"{seconds:.0f}"},
        )


class Strangers:
    """The sockets without a valid token. Each may stay for ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._by_address: dict[str, set[Line]] = {}
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def must_have_room(self, address: str) -> None:
        """Raises TooManyFromOne and TooMany."""
        if len(self._by_address.get(address, ())) >= MOST_FROM_ONE:
            raise TooManyFromOne(self._seconds)
        if self._count >= MOST:
            raise TooMany(self._seconds)

    def add(self, line: Line) -> None:
        there = self._by_address.setdefault(line.address, set())
        self._count += line not in there
        there.add(line)

    def discard(self, line: Line) -> None:
        there = self._by_address.get(line.address, set())
        if line in there:
            self._count -= 1
            there.remove(line)
            if not there:
                del self._by_address[line.address]
