"""Records which members of staff look at a record or a person. A failure to record never prevents the
reading.

A look is stored before the answer is given. If the store does not take it within a second, the answer is not
delayed any further: the look waits in memory, is logged, and is stored as soon as the store takes it."""

import asyncio
import logging
from collections import deque
from typing import Final

from tickets.model import Caller, Ticket, UserKey
from tickets.ports.looks import Look, LookKind, Looks, look_of
from tickets.ports.store import Clock, People, StoreUnavailable

log = logging.getLogger(__name__)

PATIENCE: Final = 1.0
"""Seconds by which recording may delay an answer."""
AGAIN_AFTER: Final = 5.0
"""Seconds until waiting looks are tried again."""
MOST_WAITING: Final = 10_000
"""Looks that may wait. If there are more, the oldest are only in the log."""
AT_ONCE: Final = 100
MOST_KEPT: Final = 5_000
"""Looks that this process knows to be stored, so that a page that stays open need not write them again."""


class Looking:
    """Records looks, and remembers the recent ones of this process."""

    def __init__(self, looks: Looks, people: People, clock: Clock, patience: float = PATIENCE) -> None:
        """``people`` stores the names of those who have looked."""
        self._looks = looks
        self._people = people
        self._clock = clock
        self._patience = patience
        self._waiting: deque[Look] = deque(maxlen=MOST_WAITING)
        self._kept: dict[str, None] = {}

    async def at_ticket(self, caller: Caller, ticket: Ticket, kind: LookKind = LookKind.TRANSCRIPT) -> None:
        """The caller looks at the whole record of this ticket, or reads its conversation."""
        if caller.is_staff and caller.key != ticket.requester:
            about = ticket.id, ticket.number
            await self._keep(caller, look_of(caller.key, kind, ticket.requester, self._clock(), about))

    async def at_user(self, caller: Caller, user: UserKey, kind: LookKind = LookKind.USER) -> None:
        """The caller looks at this user."""
        if caller.is_staff and caller.key != user:
            await self._keep(caller, look_of(caller.key, kind, user, self._clock()))

    async def _keep(self, caller: Caller, look: Look) -> None:
        if look.id in self._kept:
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._people.remember(caller.person)
                await self._looks.add([look])
            self._kept[look.id] = None
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        except (StoreUnavailable, TimeoutError) as error:
            self._waiting.append(look)
            log.warning(
                "a look waits to be kept (%s): %s looked at %s of %s",
                type(error).__name__,
                look.by,
                look.kind if look.ticket_number is None else f"{look.kind} {look.ticket_number}",
                look.user,
            )

    async def keep_waiting_forever(self) -> None:
        """Store waiting looks as soon as the store takes them, until cancelled."""
        while True:
            try:
                await self.keep_waiting()
            except StoreUnavailable:
                log.debug("%d looks wait for the store", len(self._waiting))
            await asyncio.sleep(AGAIN_AFTER)

    async def keep_waiting(self) -> None:
        """Store waiting looks. Raises StoreUnavailable."""
        while self._waiting:
            first = [self._waiting[it] for it in range(min(AT_ONCE, len(self._waiting)))]
            await self._looks.add(first)
            for _ in first:
                self._waiting.popleft()
