"""File descriptors for connections: raises the limit of the process, and logs seldom once there are no
more."""

import logging
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

log = logging.getLogger(__name__)

RESERVED: Final = 256
"""Descriptors for the store, Discord, and connections that have just come."""
OF_EACH: Final = 2
"""Descriptors of a connection: its own, and one for the file that it uploads or downloads."""
FEWEST: Final = 16
TELL_EVERY: Final = 60.0
REFUSED: Final = "socket.accept() out of system resource"
"""The beginning of asyncio's line in the log, which comes a hundred times a second."""


def room_for(connections: int) -> int:
    """For how many of these connections there are descriptors. The process asks the system for enough of
    them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = OF_EACH * connections + RESERVED
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return connections
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    except (OSError, ValueError) as error:
        log.info("no more than %d open files: %s", soft, error)
    room = max(min(connections, (soft - RESERVED) // OF_EACH), FEWEST)
    if room < connections:
        log.warning(
            "MAX_CONNECTIONS is %d, but the system allows %d open files, which are enough for %d",
            *(connections, soft, room),
        )
    return room


@contextmanager
def told_seldom() -> Iterator[None]:
    """While the block runs, asyncio's line about connections that it cannot accept is logged once a
    minute."""
    seldom, logger = _Seldom(), logging.getLogger("asyncio")
    logger.addFilter(seldom)
    try:
        yield
    finally:
        logger.removeFilter(seldom)


class _Seldom(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self._told_at = -TELL_EVERY
        self._untold = 0

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(REFUSED):
            return True
        now = monotonic()
        if now - self._told_at < TELL_EVERY:
            self._untold += 1
            return False
        record.msg, record.args, record.exc_info = _WORDS, (self._untold,), None
        self._told_at, self._untold = now, 0
        return True


_WORDS: Final = (
    "connections cannot be accepted: the process has as many open files as the system allows "
    "(%d more such lines were left out); raise its limit, or lower MAX_CONNECTIONS"
)
