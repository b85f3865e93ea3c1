"""The clock of the program and its commands."""

import time

from tickets.model import Millis


def now() -> Millis:
    return time.time_ns() // 1_000_000
