"""The relay: from the log to one sink, or from the timers of one kind to what they were set for, forever.
Cancelling it is the only way to stop it.

A ticket's lowest due event goes next and tickets go in parallel; an event is done only after
it was shown, so whatever was in hand at a stop is shown again by the next relay."""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from tickets.events import Event
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.bell import Bell
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import LONGEST_PUT_OFF, Away, Due, Never, NotNow, Sink, Work
from tickets.ports.store import Clock, FilesUnavailable, StoreUnavailable

log = logging.getLogger(__name__)

FIRST_DELAY = 0.5
"""Seconds before the second attempt; doubled after each."""
LONGEST_DELAY = 60.0
SHORTEST_PAUSE = 0.05
"""Seconds between two looks at the backlog, where nothing new wakes the relay earlier."""
LONGEST_PAUSE = 60.0
"""The longest pause while something waits for its time. The clock may be set, and what measures pauses stands
still while the machine sleeps."""
SET_BACK = 5_000
"""Milliseconds before the last look: a clock that shows an earlier time was set back."""
TURN = 5
"""Events of one ticket in a row, before the most urgent of those that wait goes on."""
MANY = 3
"""Tickets that fail, with nothing shown in between, before it is taken for the sink's fault."""
PATIENCE = 8
"""How many unexpected exceptions one event may cause before it is FAILED. NotNow is none of them, however
often the sink said it before; a new relay begins at 0."""


Name = TypeVar("Name", bound=str)


class HasTicket(Protocol):
    """An event or a timer."""

    @property
    def id(self) -> str: ...

    @property
    def ticket_id(self) -> TicketId: ...


Item = TypeVar("Item", bound=HasTicket)


def delay(attempts: int) -> float:
    """Seconds to wait after so many earlier attempts: exponential, with jitter of up to a half."""
    longest = min(FIRST_DELAY * 2.0 ** min(attempts, 16), LONGEST_DELAY)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  jitter, not a secret


class Relay(Generic[Name, Item]):
    """Shows what is due at ``sink``, at most ``parallel`` tickets at once.

    ``delay`` tells how many seconds to wait after so many earlier attempts. What is put off to later than
    ``longest`` milliseconds from a start on was so before the clock was set back, and is tried at once."""

    def __init__(
        self,
        sink: Sink[Name, Item],
        work: Work[Name, Item],
        bell: Bell,
        clock: Clock,
        parallel: int = 16,
        delay: Callable[[int], float] = delay,
        longest: Millis = LONGEST_PUT_OFF,
    ) -> None:
        self._sink = sink
        self._work = work
        self._bell = bell
        self._clock = clock
        self._parallel = parallel
        self._delay = delay
        self._longest = longest
        self._in_hand: set[TicketId] = set()
        self._surprises: Counter[TicketId] = Counter()
        """How many unexpected exceptions the event in front of a ticket has caused."""
        self._wake = asyncio.Event()
        self._nobody_waits = False
        """Whether everything that was due at the last look is in hand."""
        self._away_for = 0.0
        """Seconds for which the sink has asked to be left alone."""
        self._is_away = False
        """Whether it has been away since it last showed something. That is logged once."""
        self._looked_at: Millis | None = None
        self._in_vain: set[TicketId] = set()
        """Tickets for which an attempt failed since the sink last showed something."""

    async def run(self) -> None:
        """Work until cancelled; raises NotLeader once another process leads.

        It waits for a store or a sink that is away."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            stop_listening = self._bell.listen(self._heard, self._sink.name)
            try:
                while True:
                    self._wake.clear()
                    try:
                        pause = await self._start_what_is_due()
                    except StoreUnavailable as error:
                        log.warning("the store is away, %s waits: %s", self._sink.name, error)
                        pause = self._delay(0)
                    await self._sleep(pause)
                    await self._rest()
            finally:
                stop_listening()

    def wake(self) -> None:
        """Look again now: there may be something due of which no bell told."""
        self._nobody_waits = False
        self._wake.set()

    def _heard(self, event: Event, _: UserKey) -> None:
        """What is new goes at once where there is room for it and nobody waits; the backlog knows of it in
        any case, and who of those who wait is next."""
        if event.ticket_id in self._in_hand:
            return  # one in hand is looked at again anyway
        if self._nobody_waits and len(self._in_hand) < self._parallel and not self._away_for:
            self._take(event.ticket_id)
        else:
            self._nobody_waits = False
            self._wake.set()

    def _take(self, ticket_id: TicketId) -> None:
        self._in_hand.add(ticket_id)
        self._tasks.create_task(self._drain(ticket_id), name=f"{self._sink.name} {ticket_id}")

    async def _start_what_is_due(self) -> float | None:
        """Returns the seconds until something further may be due; None if only a ring can tell."""
        free = self._parallel - len(self._in_hand)
        if free <= 0:
            return None
        await self._hasten_if_the_clock_was_set_back()
        earliest = await self._work.earliest(self._sink.name)
        if earliest is None:
            self._nobody_waits = not self._wake.is_set()
            return None
        due = await self._work.tickets_due(self._sink.name, self._clock(), self._parallel)
        for ticket_id in due:
            if free and ticket_id not in self._in_hand:
                self._take(ticket_id)
                free -= 1
        is_all = len(due) < self._parallel and self._in_hand.issuperset(due)
        self._nobody_waits = is_all and not self._wake.is_set()
        if len(self._in_hand) >= self._parallel:
            return None
        return min(max((earliest - self._clock()) / 1000, SHORTEST_PAUSE), LONGEST_PAUSE)

    async def _hasten_if_the_clock_was_set_back(self) -> None:
        """What was put off by the clock as it was would wait for as much longer as that was set back."""
        now = self._clock()
        if self._looked_at is None:  # the clock may have been set back before this program was started
            await self._work.hasten(self._sink.name, None, now + self._longest)
        elif now < self._looked_at - SET_BACK:
            log.info("%s: the clock was set back, what was put off is tried now", self._sink.name)
            await self._work.hasten(self._sink.name, None)
        self._looked_at = now

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _rest(self) -> None:
        if self._away_for:
            await asyncio.sleep(self._away_for)
            self._away_for = 0.0

    async def _drain(self, ticket_id: TicketId) -> None:
        """Show the ticket's events, lowest first, until none is due, one must wait, or it is another ticket's
        turn."""
        try:
            for _ in range(TURN):
                due = await self._work.next_due(self._sink.name, ticket_id, self._clock())
                if due is None or not await self._show(due):
                    return
        except StoreUnavailable as error:
            log.warning("the store is away, %s waits: %s", self._sink.name, error)
            await asyncio.sleep(self._delay(0))  # in hand meanwhile, or it would be tried again at once
        finally:
            self._in_hand.discard(ticket_id)
            self._wake.set()

    async def _show(self, due: Due[Item]) -> bool:
        """Whether the ticket can go on with its next event."""
        item, name = due.item, self._sink.name
        try:
            await self._sink.show(item)
        except FilesUnavailable as error:
            log.warning("%s: %s of ticket %s waits: %s", name, item.id, item.ticket_id, error)
            await self._put_off(due, self._delay(due.attempts))
            return False
        except (StoreUnavailable, NotLeader):
            raise
        except Away as away:
            if not self._is_away:
                log.info("%s is away, all tickets wait: %s", name, away)
            self._is_away = True
            self._away_for = max(self._delay(0) if away.seconds is None else away.seconds, SHORTEST_PAUSE)
            return False
        except NotNow as later:
            log.info("%s: %s of ticket %s waits: %s", name, item.id, item.ticket_id, later)
            await self._put_off(due, self._pause_after(due, later))
            return False
        except Never as never:
            log.error("%s: %s of ticket %s can never be done: %s", name, item.id, item.ticket_id, never)
            await self._failed(item, str(never))
            return True
        except Exception as error:
            log.exception("%s: %s of ticket %s failed", name, item.id, item.ticket_id)
            self._surprises[item.ticket_id] += 1
            if self._surprises[item.ticket_id] >= PATIENCE:
                await self._failed(item, f"{type(error).__name__}: {error}")
                return True
            await self._put_off(due, self._delay(due.attempts))
            return False
        await self._work.done(name, item)
        self._surprises.pop(item.ticket_id, None)
        await self._is_back()
        return True

    async def _failed(self, item: Item, reason: str) -> None:
        await self._work.failed(self._sink.name, item, reason)
        self._surprises.pop(item.ticket_id, None)
        try:
            await self._sink.give_up(item, reason)
        except Exception as error:
            log.warning("%s: nobody could be told that %s failed: %s", self._sink.name, item.id, error)

    async def _is_back(self) -> None:
        """The sink shows something again. If it failed for many tickets, those need not wait any longer."""
        self._is_away = False
        if len(self._in_vain) >= MANY:
            await self._work.hasten(self._sink.name, [*self._in_vain])
            self._wake.set()
        self._in_vain.clear()

    def _pause_after(self, due: Due[Item], later: NotNow) -> float:
        if later.seconds is not None and not later.grows:
            return later.seconds
        self._in_vain.add(due.item.ticket_id)
        return max(later.seconds or 0.0, self._delay(due.attempts))

    async def _put_off(self, due: Due[Item], seconds: float) -> None:
        until = self._clock() + int(seconds * 1000)
        await self._work.put_off(self._sink.name, due.item, until)
