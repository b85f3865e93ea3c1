"""Timers go off at their time, once for each event that set them, and survive whatever happens meanwhile."""

from dataclasses import replace

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import open_ticket
from tests.contract.places import Place
from tickets.model import TicketId
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind

REMOVAL = TimerKind.REMOVAL
MINUTE = 60_000


def timer(ticket: str = "t", seq: int = 3, due_at: int = NOON + MINUTE) -> Timer:
    return Timer(TicketId(ticket), REMOVAL, seq, due_at)


async def test_a_timer_is_due_at_its_time_and_not_before(store: Store) -> None:
    assert await store.timers.earliest(REMOVAL) is None

    await store.timers.set(timer())

    assert await store.timers.earliest(REMOVAL) == NOON + MINUTE
    assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE - 1, 10) == []
    assert await store.timers.next_due(REMOVAL, TicketId("t"), NOON + MINUTE - 1) is None
    assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE, 10) == ["t"]
    due = await store.timers.next_due(REMOVAL, TicketId("t"), NOON + MINUTE)
    assert due is not None
    assert (due.item, due.attempts) == (timer(), 0)
    assert due.item.id == "t:removal:3"


async def test_the_one_that_has_waited_longest_goes_first(store: Store) -> None:
    for number in (2, 0, 1):
        await store.timers.set(timer(f"t{number}", due_at=NOON + number))

    assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE, 10) == ["t0", "t1", "t2"]
    assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE, 2) == ["t0", "t1"]
    assert await store.timers.earliest(REMOVAL) == NOON


@pytest.mark.parametrize("has_gone_off", [False, True])
async def test_a_timer_is_set_once_for_each_event(store: Store, has_gone_off: bool) -> None:
    await store.timers.set(timer())
    if has_gone_off:
        await store.timers.done(REMOVAL, timer())

    await store.timers.set(timer(due_at=NOON))
    await store.timers.set(timer(seq=2, due_at=NOON))

    assert await store.timers.earliest(REMOVAL) == (None if has_gone_off else NOON + MINUTE)


async def test_a_later_event_sets_it_anew_and_what_was_done_for_the_earlier_one_leaves_it(
    store: Store,
) -> None:
    await store.timers.set(timer())
    await store.timers.put_off(REMOVAL, timer(), NOON + 5)
    later = timer(seq=4, due_at=NOON + 2 * MINUTE)

    await store.timers.set(later)
    await store.timers.done(REMOVAL, timer())
    await store.timers.put_off(REMOVAL, timer(), NOON)
    await store.timers.failed(REMOVAL, timer(), "no")

    due = await store.timers.next_due(REMOVAL, TicketId("t"), NOON + 2 * MINUTE)
    assert due is not None
    assert (due.item, due.attempts) == (later, 0)


async def test_what_is_put_off_counts_its_attempts(store: Store) -> None:
    await store.timers.set(timer())
    for number in (1, 2):
        await store.timers.put_off(REMOVAL, timer(), NOON + number)

    due = await store.timers.next_due(REMOVAL, TicketId("t"), NOON + 2)
    assert due is not None
    assert (due.item, due.attempts) == (replace(timer(), due_at=NOON + 2), 2)


@pytest.mark.parametrize("end", ["done", "failed"])
async def test_a_timer_that_has_ended_does_not_go_off(store: Store, end: str) -> None:
    await store.timers.set(timer())
    await store.timers.set(timer("other"))

    if end == "done":
        await store.timers.done(REMOVAL, timer())
    else:
        await store.timers.failed(REMOVAL, timer(), "Discord says no")
    await store.timers.put_off(REMOVAL, timer(), NOON)

    assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE, 10) == ["other"]
    assert await store.timers.next_due(REMOVAL, TicketId("t"), NOON + MINUTE) is None


async def test_only_what_was_put_off_can_be_hastened(store: Store) -> None:
    await store.timers.set(timer("failing"))
    await store.timers.put_off(REMOVAL, timer("failing"), NOON + 9 * MINUTE)
    await store.timers.set(timer("calm"))

    await store.timers.hasten(REMOVAL, [TicketId("failing"), TicketId("calm")])

    assert await store.timers.tickets_due(REMOVAL, NOON, 10) == ["failing"]
    await store.timers.put_off(REMOVAL, timer("failing"), NOON + 9 * MINUTE)
    await store.timers.hasten(REMOVAL, None, beyond=NOON + 9 * MINUTE)
    assert await store.timers.tickets_due(REMOVAL, NOON, 10) == []
    await store.timers.hasten(REMOVAL, None, beyond=NOON + 8 * MINUTE)
    assert await store.timers.tickets_due(REMOVAL, NOON, 10) == ["failing"]


async def test_a_timer_makes_no_event_due(store: Store) -> None:
    ticket = await open_ticket(store)
    (opened,) = await store.log.events(ticket.id)
    before = await store.depths.backlog()

    await store.timers.set(timer(ticket.id, seq=opened.seq))

    assert (await store.depths.backlog())["discord"] == before["discord"]


async def test_timers_are_there_after_a_restart(place: Place, clock: Hands) -> None:
    async with place.open(clock) as store:
        await store.timers.set(timer())

    async with place.open(clock) as store:
        assert await store.timers.tickets_due(REMOVAL, NOON + MINUTE, 10) == ["t"]
