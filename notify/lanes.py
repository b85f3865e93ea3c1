"""The sending queue as a relay works through it. It looks every second, because no bell announces a mail."""

import random
from typing import Final

from tickets.model import Millis
from tickets.notifications import NotificationChannel
from tickets.ports.notifications import SendingQueue
from tickets.ports.store import Clock

LOOK_EVERY: Final[Millis] = 1_000
FIRST_PAUSE: Final = 30.0
LONGEST_PAUSE: Final = 3_600.0


def pause(attempts: int) -> float:
    """Seconds to wait after so many earlier attempts."""
    longest = min(FIRST_PAUSE * 2.0 ** min(attempts, 16), LONGEST_PAUSE)
    return longest * random.uniform(0.7, 1.0)  # noqa: S311  jitter, not a secret


class Lanes:
    """The sending queue. It is read every second at least, so that what others add is found in time."""

    def __init__(self, queue: SendingQueue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock
        self.tickets_due = queue.tickets_due
        self.next_due = queue.next_due
        self.done = queue.done
        self.put_off = queue.put_off
        self.failed = queue.failed
        self.hasten = queue.hasten

    async def earliest(self, channel: NotificationChannel) -> Millis:
        soon = self._clock() + LOOK_EVERY
        found = await self._queue.earliest(channel)
        return soon if found is None else min(found, soon)
