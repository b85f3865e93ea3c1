"""What is kept for so many days after a ticket was closed, and then goes.

A sweep looks at when tickets were closed, and remembers up to when it has swept. So a changed setting counts
for all tickets at once, also for those from before there was one, and nothing is set at each closing."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tickets.blanking import Blanking
from tickets.desks.in_thread import aside
from tickets.erasing import files_in, requesters_in, transcripts_in
from tickets.model import Millis, Ticket, TicketId, UserKey
from tickets.ports.lease import NotLeader
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Clock, Store, StoreUnavailable

log = logging.getLogger(__name__)

PAGE: Final = 100
LOOK: Final = 3600.0
"""Seconds between two sweeps."""
AGAIN_AFTER: Final = 60.0
"""Seconds until one that could not be finished is tried again."""

RemovePosts = Callable[[TicketId], Awaitable[None]]
"""Removes the posts with a ticket's transcripts. Raises NotNow and Never."""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """How long after the closing; None for ever."""

    tickets: Millis | None = None
    files: Millis | None = None
    transcripts: Millis | None = None
    looks: Millis | None = None
    """After somebody has looked."""


class Retention:
    """Sweeps for as long as this process leads."""

    def __init__(self, store: Store, clock: Clock, kept_for: KeptFor, remove_posts: RemovePosts) -> None:
        self._store = store
        self._clock = clock
        self._kept_for = kept_for
        self._remove_posts = remove_posts
        self._blanking = Blanking(store)

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            pause = LOOK
            try:
                await self.sweep()
            except (StoreUnavailable, NotNow, Never) as error:
                log.info("what is kept for long enough waits: %s", error)
                pause = AGAIN_AFTER
            await asyncio.sleep(pause)

    async def sweep(self) -> None:
        """Let go of what has been kept for long enough. Raises StoreUnavailable, NotNow and Never."""
        kept = self._kept_for
        if await self._swept("tickets", kept.tickets, self._erase):
            await self._store.erasures.scrub()
        await self._swept("files", kept.files, self._drop_files)
        await self._swept("transcripts", kept.transcripts, self._drop_transcripts)
        if kept.looks is not None:
            await self._store.looks.forget_before(self._clock() - kept.looks)

    async def _swept(
        self, what: str, kept_for: Millis | None, drop: Callable[[Ticket], Awaitable[None]]
    ) -> int:
        """Sweep once, and return how many tickets lost something."""
        since = await self._store.erasures.swept_until(what) if kept_for is not None else 0
        if kept_for is None or (until := self._clock() - kept_for) <= since:
            return 0
        which, after, count, failed = TicketFilter(closed_from=since, closed_until=until), None, 0, False
        while page := await self._store.views.tickets(
            which, order=TicketOrder.OLDEST, after=after, limit=PAGE
        ):
            for ticket in page:
                try:
                    await drop(ticket)
                    count += 1
                except (StoreUnavailable, NotNow, Never, NotLeader):
                    raise
                except Exception:
                    failed = True
                    log.exception("ticket %d: its %s stay, and are tried again", ticket.number, what)
            after = TicketOrder.OLDEST.place(page[-1])
        if not failed:
            await self._store.erasures.swept(what, until)
        if count:
            log.info("%s of %d tickets are gone: they were kept for long enough", what, count)
        return count

    async def _erase(self, ticket: Ticket) -> None:
        events = await self._store.log.events(ticket.id)
        to = UserKey(UserKey.ERASED, f"erased-{secrets.token_hex(6)}")
        if ticket.erased_at is not None:  # by a sweep that was killed, or with its requester
            to = ticket.requester
        await self._blanking.erase(ticket.id, to, await aside(requesters_in, events), None)
        await self._store.erasures.forget(to, [ticket.id])
        await self._store.notifications.forget_ticket(ticket.id)
        await self._store.looks.forget_ticket(ticket.id)

    async def _drop_files(self, ticket: Ticket) -> None:
        """They are named where they were, and cannot be had any more."""
        for file_id in await aside(files_in, await self._store.log.events(ticket.id)):
            await self._store.files.delete(file_id)

    async def _drop_transcripts(self, ticket: Ticket) -> None:
        await self._remove_posts(ticket.id)
        for file_id in await aside(transcripts_in, await self._store.log.events(ticket.id)):
            await self._store.files.delete(file_id)
