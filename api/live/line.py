"""One client's connection, as the sockets know it."""

import asyncio
from typing import Any

from api.live.packets import Pace
from api.live.reader import Reader
from tickets.model import Caller


class Line:
    """One client, from its first request to the end of its transport."""

    __slots__ = (
        "address",
        "caller",
        "eio_sid",
        "is_blocked",
        "pace",
        "query",
        "reader",
        "sid",
        "timer",
        "token",
    )

    def __init__(self, eio_sid: str, query: dict[str, Any], address: str) -> None:
        self.eio_sid = eio_sid
        self.address = address
        self.query = query
        self.pace = Pace()
        self.sid: str | None = None
        self.token = ""
        """With it the caller was authorized."""
        self.caller: Caller | None = None
        self.reader: Reader | None = None
        self.is_blocked = False
        """What its user was last told about it."""
        self.timer: asyncio.TimerHandle | None = None
        """Ends the client if it is unauthorized for too long, or once its token has expired."""

    def hang_up_at(self, timer: asyncio.TimerHandle | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer
