"""What all ways of sending a parcel share: they give up after some time, and send each parcel at most
twice."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from notify.already_seen import AlreadySeen
from tickets.model import Millis
from tickets.notifications import Notification
from tickets.ports.notifications import Parcel, SendingQueue
from tickets.ports.sinks import Away, Never, NotNow
from tickets.ports.store import Clock, Store

GIVE_UP_AFTER: Final[Millis] = 3 * 24 * 3_600_000
"""Milliseconds for which a parcel is tried."""
MOST_UNKNOWN: Final = 2
"""How often a parcel may be sent without an answer about its outcome."""
LONGEST_ABSENCE: Final = 300.0
"""Seconds between two attempts to reach a server that is away."""
SENT_TWICE: Final = "it was sent twice, and nobody heard what became of it; it may have arrived"


class Refused(Exception):
    """The server refuses this for good."""


class AddressRefused(Refused):
    """The server refuses this for good, because nobody is at the address."""


class Delayed(Exception):
    """The server refuses this for now; it was not sent."""


class ServerAway(Delayed):
    """The server accepts nothing at all for now."""


class OutcomeUnknown(Exception):
    """It was handed over, and what became of it is unknown."""


HandingOver = Callable[[], Awaitable[None]]
"""Must be awaited right before something is handed over. Until then nothing can have arrived."""


class Sending:
    """Sends the parcels of one channel. ``send`` raises one of the exceptions above, or Never."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._queue: SendingQueue = store.sending_queue
        self._clock = clock
        self._seen = AlreadySeen(store)
        self._absences = 0

    async def left_of(self, parcel: Parcel) -> Parcel | None:
        """The part of the parcel that still has to be sent; None if there is none. Raises Never once it is
        given up."""
        if max(it.begun for it in parcel.items) >= MOST_UNKNOWN:
            raise Never(SENT_TWICE)
        if self._clock() - parcel.items[0].created_at > GIVE_UP_AFTER and parcel.items[-1].tries:
            raise Never(parcel.items[-1].error or "the server did not take it for 3 days")
        left = await self._not_seen(parcel)
        return replace(parcel, items=left) if left else None

    async def send(self, parcel: Parcel, send: Callable[[HandingOver], Awaitable[None]]) -> None:
        """Send the parcel, and store the outcome."""
        try:
            await send(partial(self._queue.begin, parcel))
        except Refused as refused:
            raise Never(str(refused)) from refused
        except ServerAway as away:
            await self._queue.tried(parcel, str(away), may_have_arrived=False)
            self._absences += 1
            raise Away(str(away), min(2.0**self._absences, LONGEST_ABSENCE)) from away
        except Delayed as later:
            await self._queue.tried(parcel, str(later), may_have_arrived=False)
            raise NotNow(str(later)) from later
        except OutcomeUnknown as unknown:
            await self._queue.tried(parcel, str(unknown), may_have_arrived=True)
            raise NotNow(str(unknown)) from unknown
        self._absences = 0

    async def _not_seen(self, parcel: Parcel) -> tuple[Notification, ...]:
        """The items that are not seen yet. A parcel whose sending has begun keeps all its items."""
        if parcel.items[0].begun:
            return parcel.items
        seen = [it.id for it in parcel.items if await self._seen.has_been(it)]
        if seen:
            await self._queue.suppress(seen)
        return tuple(it for it in parcel.items if it.id not in seen)
