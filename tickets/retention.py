"""What is kept for so many days after a ticket was closed, and then goes.

A sweep looks at when tickets were closed, and remembers up to when it has swept. So a changed setting counts
for all tickets at once, also for those from before there was one, and nothing is set at each closing."""

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickets.blanking import Blanking
from tickets.desks.in_thread import aside
from tickets.erasing import files_in, requesters_in, transcripts_in
from tickets.events import Event
from tickets.merging import absorbed_logs
from tickets.model import Millis, Ticket, TicketId, UserKey
from tickets.ports.lease import NotLeader
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.sinks import Away, Never, NotNow, SinkName
from tickets.ports.store import Clock, Store, StoreUnavailable

log = logging.getLogger(__name__)

PAGE: Final = 100
LOOK: Final = 3600.0
"""Seconds between two sweeps."""
AGAIN_AFTER: Final = 60.0
"""Seconds until one that could not be finished is tried again."""

RemovePosts = Callable[[TicketId], Awaitable[None]]
"""Removes the posts with a ticket's transcripts. Raises NotNow and Never."""
StaysFor = Mapping[int, str]
"""Why something of tickets stays that was kept for long enough, by their numbers."""


async def _to_nobody(_: StaysFor) -> None:
    """Where the log is enough."""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """How long after the closing; None for ever."""

    tickets: Millis | None = None
    files: Millis | None = None
    transcripts: Millis | None = None
    looks: Millis | None = None
    """After somebody has looked."""


class Retention:
    """Sweeps for as long as this process leads. What was merged into a ticket is kept as long as that ticket.
    ``told`` hears after each sweep of all tickets that could not lose what they should."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        kept_for: KeptFor,
        remove_posts: RemovePosts,
        told: Callable[[StaysFor], Awaitable[None]] = _to_nobody,
    ) -> None:
        self._store = store
        self._clock = clock
        self._kept_for = kept_for
        self._remove_posts = remove_posts
        self._blanking = Blanking(store)
        self._told = told
        self._dropped: defaultdict[str, set[tuple[TicketId, int | None]]] = defaultdict(set)
        """Closings that are done since the last whole sweep: one that fails does not bring them up again."""

    async def run(self) -> None:
        """Run until cancelled."""
        while True:
            pause = LOOK
            try:
                await self.sweep()
            except (StoreUnavailable, Away) as error:
                log.info("what is kept for long enough waits: %s", error)
                pause = AGAIN_AFTER
            await asyncio.sleep(pause)

    async def sweep(self) -> None:
        """Let go of what has been kept for long enough. Raises StoreUnavailable and Away."""
        kept, stays = self._kept_for, dict[int, str]()
        if await self._swept("tickets", kept.tickets, self._erase, stays):
            await self._store.erasures.scrub()
        await self._swept("files", kept.files, self._drop_files, stays)
        if kept.looks is not None:
            await self._store.looks.forget_before(self._clock() - kept.looks)
        await self._swept("transcripts", kept.transcripts, self._drop_transcripts, stays)
        await self._told(stays)

    async def _swept(
        self,
        what: str,
        kept_for: Millis | None,
        drop: Callable[[Ticket, Millis], Awaitable[None]],
        stays: dict[int, str],
    ) -> int:
        """Sweep once, and return how many tickets lost something. Those that could not are in ``stays``."""
        since = await self._store.erasures.swept_until(what) if kept_for is not None else 0
        if kept_for is None or (until := self._clock() - kept_for) <= since:
            return 0
        which, after, count, failed = TicketFilter(closed_from=since, closed_until=until), None, 0, False
        dropped = self._dropped[what]
        while page := await self._store.views.tickets(
            which, order=TicketOrder.OLDEST, after=after, limit=PAGE
        ):
            for ticket in page:
                closing = ticket.id, ticket.closed_seq
                if closing in dropped or ticket.merged_into is not None:
                    continue
                why = await self._why_it_stays(ticket, what, drop(ticket, until))
                if why is None:
                    count += 1
                    dropped.add(closing)
                else:
                    failed, stays[ticket.number] = True, why
            after = TicketOrder.OLDEST.place(page[-1])
        if not failed:
            await self._store.erasures.swept(what, until)
            dropped.clear()
        if count:
            log.info("%s of %d tickets are gone: they were kept for long enough", what, count)
        return count

    async def _why_it_stays(self, ticket: Ticket, what: str, dropping: Awaitable[None]) -> str | None:
        """Why this ticket could not lose it; None if it could. Raises what concerns all tickets."""
        try:
            await dropping
        except (StoreUnavailable, Away, NotLeader):
            raise
        except (NotNow, Never) as refusal:
            log.warning("ticket %d: its %s stay for now: %s", ticket.number, what, refusal)
            return str(refusal)
        except Exception as error:
            log.exception("ticket %d: its %s stay, and are tried again", ticket.number, what)
            return f"it fails, with {type(error).__name__}"
        return None

    async def _erase(self, ticket: Ticket, until: Millis) -> None:
        to = UserKey(UserKey.ERASED, f"erased-{secrets.token_hex(6)}")
        if ticket.erased_at is not None:  # by a sweep that was killed, or with its requester
            to = ticket.requester
        events = await self._store.log.events(ticket.id)
        absorbed = await absorbed_logs(self._store.log, events)
        people = await aside(requesters_in, events)
        counts = await self._blanking.erase(
            ticket.id, to, people, None, lambda now: now.closed_at is not None and now.closed_at < until
        )
        if not counts:  # it was opened again meanwhile
            return
        for other in {ticket.id, *absorbed}:
            if other != ticket.id:
                await self._blanking.erase(other, to, people, None)
            await self._store.erasures.forget(to, [other])
            await self._store.notifications.forget_ticket(other)
            await self._store.looks.forget_ticket(other)

    async def _drop_files(self, ticket: Ticket, until: Millis) -> None:
        """They are named where they were, and cannot be had any more."""
        for events in await self._logs_of(ticket, until):
            for file_id in await aside(files_in, events):
                await self._store.files.delete(file_id)

    async def _drop_transcripts(self, ticket: Ticket, until: Millis) -> None:
        for events in await self._logs_of(ticket, until):
            ticket_id = events[0].ticket_id
            is_filed = not await self._store.backlog.pending(SinkName.DISCORD, ticket_id)
            await self._remove_posts(ticket_id)
            for file_id in await aside(transcripts_in, events):
                await self._store.files.delete(file_id)
            if not is_filed:  # as after a time without Discord: it goes once it is there
                raise NotNow("Discord does not show all of it yet, perhaps its transcript neither")

    async def _logs_of(self, ticket: Ticket, until: Millis) -> list[Sequence[Event]]:
        """The logs of it and of what was merged into it; none if it was opened again meanwhile."""
        now = await self._store.views.ticket(ticket.id)
        if now is None or now.closed_at is None or now.closed_at >= until:
            return []
        events = await self._store.log.events(ticket.id)
        return [events, *(await absorbed_logs(self._store.log, events)).values()]
