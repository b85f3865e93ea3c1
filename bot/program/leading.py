"""One process leads, and works in Discord. The others follow, and one of them leads once the leader is gone.

No clocks are compared. The leader's right ends some time before a follower, by its own clock, may take it
for gone. So a leader that stood still finds out before it does anything."""

import asyncio
import logging
import os
import re
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.connection.inspecting import MustNotLead
from tickets.ports.lease import Lease, NotLeader, Term
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between two looks of a follower."""
PATIENCE = 10.0
"""Seconds without a beat after which a follower takes the leader for gone."""
BEAT = 2.0
"""Seconds between two beats of the leader."""
TRUST = 6.0
"""Seconds after its last beat for which a leader may work."""
UNFIT = 15.0
"""Seconds until one that must not lead looks again whether it may."""
GIVE_BACK = 2.0
"""Seconds that giving the lease back may take."""

Seconds = Callable[[], float]


def waits(away: StoreUnavailable) -> None:
    """What a follower does about a store that is away: it tries again."""
    log.warning("the store is away, it cannot be seen who leads: %s", away)


def uptime() -> float:
    """A clock in seconds that also runs while the process stands still or the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def name_of_this_process() -> str:
    """A name that shows machine and process, and differs from every other's."""
    return re.sub(r"[^\w.-]", "_", f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")


class Mandate:
    """The right to lead in one term. It ends by itself, unless it is renewed in time."""

    def __init__(self, term: Term, began_at: float, clock: Seconds) -> None:
        self.term = term
        self._renewed_at = began_at
        self._clock = clock

    @property
    def seconds_left(self) -> float:
        return self._renewed_at + TRUST - self._clock()

    def renewed(self, asked_at: float) -> None:
        """The lease has accepted a beat that was sent at this time."""
        self._renewed_at = asked_at

    def must_hold(self) -> None:
        """Raises NotLeader once the right has ended. Call it before everything that others can see."""
        if self.seconds_left <= 0:
            raise NotLeader(f"term {self.term.epoch} was not renewed for {TRUST:.0f} s")


class Watch:
    """How long a leader has given no sign of life, as a follower saw it."""

    def __init__(self, me: str, clock: Seconds) -> None:
        self._me = me
        self._clock = clock
        self._seen: Term | None = None
        self._looked_at = 0.0
        self._silent_for = 0.0

    def may_lead(self, seen: Term) -> bool:
        """Whether nobody leads, by this reading of the lease and earlier ones."""
        now = self._clock()
        if seen.holder is None or seen.holder == self._me:
            return True
        if seen == self._seen:
            # Time without readings does not count: the leader may have stood still as well.
            self._silent_for += min(now - self._looked_at, 2 * LOOK)
        else:
            self._seen, self._silent_for = seen, 0.0
        self._looked_at = now
        return self._silent_for >= PATIENCE

    def forget(self) -> None:
        """Begin again, after a time in which the lease could not be read."""
        self._seen = None


class Leading:
    """Follows until nobody leads, then leads until another does, and so on.

    ``work`` is what a leader does; it is called once a term, and cancelled when the term ends. ``away`` is
    called when the store is away while nobody leads here; what it raises ends all."""

    def __init__(
        self,
        lease: Lease,
        me: str,
        work: Callable[[Mandate], Awaitable[None]],
        clock: Seconds = uptime,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        away: Callable[[StoreUnavailable], None] = waits,
    ) -> None:
        self._lease = lease
        self._me = me
        self._work = work
        self._clock = clock
        self._sleep = sleep
        self._away = away
        self.leads = False

    async def run(self) -> None:
        """Run until cancelled, or until the work fails."""
        while True:
            if not await _as_a_whole(self._lead(await self._follow())):
                await self._sleep(UNFIT)

    async def _follow(self) -> Mandate:
        watch = Watch(self._me, self._clock)
        followed = None
        while True:
            try:
                seen = await self._lease.observe()
                if seen.holder not in (None, self._me, followed):
                    followed = seen.holder
                    log.info("following %s", followed)
                if watch.may_lead(seen):
                    began_at = self._clock()
                    term = await self._lease.acquire(self._me, seen)
                    if term is not None:
                        return Mandate(term, began_at, self._clock)
            except StoreUnavailable as error:
                self._away(error)
                watch.forget()
            await self._sleep(LOOK)

    async def _lead(self, mandate: Mandate) -> bool:
        """Lead for one term. Returns whether this process may lead again at once."""
        log.info("leading, as %s in term %d", self._me, mandate.term.epoch)
        self.leads, is_fit = True, True
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep(mandate), name="lease")
                tasks.create_task(_run(self._work, mandate), name="leader")
        except* MustNotLead as danger:
            log.info("leading no more, it would be dangerous: %s", first_of(danger))
            is_fit = False
        except* NotLeader as over:
            log.warning("leading no more: %s", first_of(over))
        finally:
            self.leads = False
            await self._give_back(mandate.term)
        return is_fit

    async def _keep(self, mandate: Mandate) -> None:
        """Renew the mandate; raises NotLeader when it ends."""
        pause = BEAT
        while True:
            await self._sleep(pause)
            mandate.must_hold()
            asked_at = self._clock()
            try:
                async with asyncio.timeout(mandate.seconds_left):
                    await self._lease.renew(mandate.term)
                mandate.renewed(asked_at)
                pause = BEAT
            except (StoreUnavailable, TimeoutError) as error:
                log.warning("the lease could not be renewed: %s", str(error) or "no answer")
                pause = LOOK

    async def _give_back(self, term: Term) -> None:
        """Give the lease back once all work has ended, so that nobody has to wait."""
        try:
            # Not asyncio.timeout: before Python 3.11.3 it takes the end of the task group for a cancellation.
            await asyncio.wait_for(self._lease.release(term), GIVE_BACK)
        except (StoreUnavailable, TimeoutError) as error:
            log.info("the lease could not be given back, others wait for it to end: %s", error)


async def _as_a_whole(work: Coroutine[Any, Any, bool]) -> bool:
    """Await it in a task of its own, so that no cancellation gets lost in it.

    Up to Python 3.12 a task group that ends with an error takes a cancellation that comes meanwhile. In 3.11
    not even the task's count of cancellations tells of it."""
    task = asyncio.create_task(work, name="term")
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            is_cancelled = True
            task.cancel()
    result = task.result()
    if is_cancelled:
        raise asyncio.CancelledError
    return result


async def _run(work: Callable[[Mandate], Awaitable[None]], mandate: Mandate) -> None:
    await work(mandate)


def first_of(error: BaseException) -> BaseException:
    """The first error of a group, or of groups in it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
