"""Who leads, and for how long, by clocks that the tests move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest

from bot.program.leading import (
    BEAT,
    LOOK,
    PATIENCE,
    TRUST,
    Leading,
    Mandate,
    Watch,
    name_of_this_process,
    uptime,
)
from tickets.ports.lease import NotLeader, Term
from tickets.ports.store import StoreUnavailable


@dataclass
class Clockwork:
    """A clock, and a sleep that lets all sleepers sleep until the test lets time pass."""

    now: float = 1000.0
    _sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.now + seconds, woken))
        await woken.wait()

    async def pass_time(self, seconds: float, step: float = 0.1) -> None:
        """In steps, after each of which everybody does what there is to do."""
        for _ in range(round(seconds / step)):
            await self.jump(step)

    async def jump(self, seconds: float) -> None:
        """At once, as for somebody who stood still."""
        await settle()
        self.now += seconds
        for sleeper in [it for it in self._sleepers if it[0] <= self.now + 1e-6]:
            self._sleepers.remove(sleeper)
            sleeper[1].set()
        await settle()


async def settle() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


@dataclass
class MemoryLease:
    """The port in memory; ``away`` makes it unreachable."""

    term: Term = field(default_factory=Term)
    away: bool = False

    async def observe(self) -> Term:
        await self._answer()
        return self.term

    async def acquire(self, holder: str, after: Term) -> Term | None:
        await self._answer()
        if (self.term.epoch, self.term.beat) != (after.epoch, after.beat):
            return None
        self.term = Term(self.term.epoch + 1, holder)
        return self.term

    async def renew(self, term: Term) -> None:
        await self._answer()
        if self.term.epoch != term.epoch:
            raise NotLeader("another leads")
        self.term = replace(self.term, beat=self.term.beat + 1)

    async def release(self, term: Term) -> None:
        await self._answer()
        if self.term.epoch == term.epoch:
            self.term = replace(self.term, holder=None)

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("away")


@dataclass
class Process:
    """What one process does; ``clock`` is its own."""

    name: str
    lease: MemoryLease
    clock: Clockwork
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    trouble: Exception | None = None
    ends_in: float = 0.0
    mandate: Mandate | None = None

    async def work(self, mandate: Mandate) -> None:
        self.mandate = mandate
        self.begun.append(mandate.term.epoch)
        try:
            while True:
                await self.clock.sleep(0.1)
                if self.trouble:
                    raise self.trouble
        finally:
            if self.ends_in:
                await self.clock.sleep(self.ends_in)
            self.ended.append(mandate.term.epoch)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Leading]:
        leading = Leading(self.lease, self.name, self.work, self.clock, self.clock.sleep)
        task = asyncio.create_task(leading.run())
        await settle()
        try:
            yield leading
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def leads(self) -> bool:
        return len(self.begun) > len(self.ended)


@pytest.fixture
def lease() -> MemoryLease:
    return MemoryLease()


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def one(lease: MemoryLease, clock: Clockwork) -> Process:
    return Process("one", lease, clock)


@pytest.fixture
def two(lease: MemoryLease, clock: Clockwork) -> Process:
    return Process("two", lease, clock)


async def test_one_that_is_alone_leads_at_once_and_goes_on(one: Process, clock: Clockwork) -> None:
    async with one.running():
        assert one.leads
        await clock.pass_time(60)
        assert one.begun == [1]
        assert one.leads


async def test_the_second_one_follows_as_long_as_the_first_one_lives(
    one: Process, two: Process, clock: Clockwork
) -> None:
    async with one.running(), two.running():
        await clock.pass_time(60)

        assert (one.begun, two.begun) == ([1], [])


async def test_after_a_clean_stop_the_follower_leads_at_its_next_look(
    one: Process, two: Process, clock: Clockwork
) -> None:
    async with AsyncExitStack() as stack:
        async with one.running():
            await stack.enter_async_context(two.running())
        assert (one.ended, two.begun) == ([1], [])

        await clock.pass_time(LOOK)

        assert two.begun == [2]


async def test_a_leader_without_a_beat_is_waited_for_by_the_followers_clock(
    lease: MemoryLease, two: Process, clock: Clockwork
) -> None:
    lease.term = Term(7, "one", beat=3)
    async with two.running():
        await clock.pass_time(PATIENCE - LOOK)
        before = list(two.begun)
        await clock.pass_time(2 * LOOK)

        assert (before, two.begun) == ([], [8])


async def test_a_beat_begins_the_wait_anew(lease: MemoryLease, two: Process, clock: Clockwork) -> None:
    lease.term = Term(7, "one", beat=3)
    async with two.running():
        await clock.pass_time(PATIENCE - LOOK)
        lease.term = replace(lease.term, beat=4)
        await clock.pass_time(PATIENCE - LOOK)

        assert two.begun == []


async def test_a_leader_that_cannot_renew_stops_before_a_follower_may_begin(
    one: Process, two: Process, lease: MemoryLease, clock: Clockwork
) -> None:
    async with one.running(), two.running():
        await clock.pass_time(5)
        lease.away = True

        await clock.pass_time(TRUST + LOOK)

        assert (one.leads, two.begun) == (False, [])
        lease.away = False
        await clock.pass_time(1)
        assert one.leads
        assert one.begun == [1, 2]


async def test_a_short_absence_of_the_store_ends_no_term(
    one: Process, lease: MemoryLease, clock: Clockwork
) -> None:
    async with one.running():
        for _ in range(3):
            lease.away = True
            await clock.pass_time(TRUST - BEAT - 2 * LOOK)
            lease.away = False
            await clock.pass_time(BEAT)

        assert one.begun == [1]
        assert one.leads


async def test_one_that_stood_still_may_do_nothing_from_its_first_moment_on(
    one: Process, two: Process, lease: MemoryLease, clock: Clockwork
) -> None:
    """The two have clocks of their own: only the second one's goes on for its tasks."""
    two.clock = Clockwork()
    async with one.running(), two.running():
        await clock.pass_time(4)
        assert one.mandate is not None
        one.mandate.must_hold()

        await two.clock.pass_time(20)
        one.clock.now += 20

        assert two.leads
        with pytest.raises(NotLeader):
            one.mandate.must_hold()
        await clock.jump(0.1)
        assert not one.leads
        await clock.pass_time(5)
        assert (one.begun, two.begun) == ([1], [2])


async def test_a_term_ends_when_its_work_hears_that_another_leads(
    one: Process, lease: MemoryLease, clock: Clockwork
) -> None:
    async with one.running():
        lease.term = Term(2, "two")
        one.trouble = NotLeader("the store says so")

        await clock.pass_time(0.2)

        assert not one.leads
        assert lease.term == Term(2, "two")


@pytest.mark.parametrize("steps", range(0, 60, 3))
@pytest.mark.parametrize("ends_in", [0.0, 0.3])
async def test_a_stop_at_whatever_moment_of_a_terms_end_is_heeded(
    one: Process, lease: MemoryLease, clock: Clockwork, ends_in: float, steps: int
) -> None:
    one.ends_in = ends_in
    running = asyncio.create_task(Leading(lease, "one", one.work, clock, clock.sleep).run())
    await clock.pass_time(BEAT - 0.1)
    lease.term = Term(2, "two")
    passing = asyncio.create_task(clock.pass_time(1))

    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    await passing
    await clock.pass_time(1)

    has_ended, begun = running.cancelled(), list(one.begun)
    one.ends_in = 0
    running.cancel()
    await settle()
    assert has_ended
    assert begun == one.ended == [1]


async def test_what_was_lost_is_noticed_at_the_next_beat(
    one: Process, lease: MemoryLease, clock: Clockwork
) -> None:
    async with one.running():
        lease.term = Term(2, "two")

        await clock.pass_time(BEAT)

        assert not one.leads


async def test_other_faults_of_the_work_end_the_program(one: Process, lease: MemoryLease) -> None:
    one.trouble = LookupError("a bug")
    task = asyncio.create_task(Leading(lease, "one", one.work, one.clock, one.clock.sleep).run())

    await settle()
    await one.clock.pass_time(0.2)

    with pytest.raises(ExceptionGroup) as ended:
        await task
    assert ended.group_contains(LookupError)
    assert lease.term.holder is None


async def test_a_lease_taken_in_our_name_is_ours(one: Process, lease: MemoryLease) -> None:
    """Its answer was lost; nobody else has the name."""
    lease.term = Term(3, "one")

    async with one.running():
        assert one.begun == [4]


def test_time_in_which_a_follower_stood_still_is_no_silence_of_the_leader() -> None:
    clock = Clockwork()
    watch = Watch("two", clock)
    seen = Term(1, "one", beat=5)
    assert not watch.may_lead(seen)

    clock.now += 3600

    assert not watch.may_lead(seen)
    for _ in range(round(PATIENCE / LOOK)):
        clock.now += LOOK
        may = watch.may_lead(seen)
    assert may


def test_a_mandate_counts_from_when_the_beat_was_asked_for() -> None:
    clock = Clockwork()
    mandate = Mandate(Term(1, "one"), clock(), clock)
    asked_at = clock()
    clock.now += 4
    mandate.renewed(asked_at)

    clock.now += TRUST - 4 - 0.1
    mandate.must_hold()

    clock.now += 0.2
    with pytest.raises(NotLeader):
        mandate.must_hold()


def test_the_leader_stops_long_before_a_follower_begins() -> None:
    assert BEAT + LOOK < TRUST
    assert TRUST + 2 * LOOK < PATIENCE


def test_every_process_has_a_name_of_its_own() -> None:
    assert name_of_this_process() != name_of_this_process()


def test_uptime_goes_on() -> None:
    assert 0 < uptime() <= uptime()
