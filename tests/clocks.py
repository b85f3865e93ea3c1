"""The time in tests."""

from dataclasses import dataclass

from tickets.model import Millis

NOON: Millis = 1_800_000_000_000
SECOND: Millis = 1000


@dataclass
class Hands:
    """A clock whose hands the test moves."""

    now: Millis = NOON

    def __call__(self) -> Millis:
        return self.now
