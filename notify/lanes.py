"""The outbox as a relay works through it. No bell announces a mail, so the relay looks every second."""

import random
from typing import Final

from tickets.model import Millis
from tickets.notifications import NotificationChannel
from tickets.ports.notifications import Outbox
from tickets.ports.store import Clock

LOOK_EVERY: Final[Millis] = 1_000
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 3_600.0


def pause(attempts: int) -> float:
    """Seconds to wait after so many earlier attempts."""
    longest = min(FIRST_PAUSE * 2.0 ** min(attempts, 16), LONGEST_PAUSE)
    return longest * random.uniform(0.7, 1.0)  # noqa: S311  jitter, not a secret


class Lanes:
    """The outbox. It is looked at every second at least, so what other processes put in is found in time."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self.tickets_due = outbox.tickets_due
        self.next_due = outbox.next_due
        self.done = outbox.done
        self.put_off = outbox.put_off
        self.failed = outbox.failed
        self.hasten = outbox.hasten

    async def earliest(self, channel: NotificationChannel) -> Millis:
        soon = self._clock() + LOOK_EVERY
        found = await self._outbox.earliest(channel)
        return soon if found is None else min(found, soon)
