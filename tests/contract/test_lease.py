"""One process leads, and nobody writes for the sinks once another does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, fed_until, open_ticket, post
from tests.contract.places import Place, leading
from tests.waiting import until
from tickets.events import Event, MessagePosted, TicketChanged
from tickets.model import Delivery, MessageId, Ticket
from tickets.ports.channels import Channel, Link
from tickets.ports.lease import NotLeader, Term
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind

DISCORD, REMOVAL = SinkName.DISCORD, TimerKind.REMOVAL


@pytest.fixture
async def one(place: Place, clock: Hands) -> AsyncIterator[Store]:
    """A process that may lead."""
    async with place.open(clock) as store:
        yield store


@pytest.fixture
async def two(place: Place, clock: Hands, one: Store) -> AsyncIterator[Store]:
    async with place.open(clock) as store:
        yield store


async def acquired(store: Store, holder: str) -> Term:
    term = await store.lease.acquire(holder, await store.lease.observe())
    assert term is not None
    return term


async def test_before_the_first_term_nobody_leads(one: Store) -> None:
    assert await one.lease.observe() == Term(epoch=0, holder=None)


async def test_everybody_sees_who_leads(one: Store, two: Store) -> None:
    term = await acquired(one, "one")

    assert term == Term(epoch=1, holder="one")
    assert await one.lease.observe() == await two.lease.observe() == term


async def test_each_term_has_an_epoch_of_its_own(one: Store, two: Store) -> None:
    terms = [await acquired(one, "one"), await acquired(two, "two"), await acquired(one, "one")]

    assert [term.epoch for term in terms] == [1, 2, 3]
    assert (await two.lease.observe()).holder == "one"


async def test_a_beat_is_a_sign_of_life(one: Store, two: Store) -> None:
    term = await acquired(one, "one")
    before = await two.lease.observe()

    await one.lease.renew(term)

    after = await two.lease.observe()
    assert (after.epoch, after.holder) == (before.epoch, before.holder)
    assert after.beat != before.beat


async def test_whoever_has_beaten_since_the_look_keeps_the_lease(one: Store, two: Store) -> None:
    term = await acquired(one, "one")
    seen = await two.lease.observe()
    await one.lease.renew(term)

    assert await two.lease.acquire("two", seen) is None

    await one.lease.renew(term)
    assert (await two.lease.observe()).holder == "one"


async def test_of_many_that_want_to_lead_one_does(one: Store, two: Store) -> None:
    for _ in range(5):
        seen = await one.lease.observe()
        wanted = [(store, f"{name}{n}") for n in range(4) for name, store in (("one", one), ("two", two))]

        terms = await asyncio.gather(*(store.lease.acquire(name, seen) for store, name in wanted))

        (term,) = [it for it in terms if it is not None]
        assert await two.lease.observe() == term


async def test_a_term_that_is_over_is_not_renewed(one: Store, two: Store) -> None:
    term = await acquired(one, "one")
    await acquired(two, "two")

    with pytest.raises(NotLeader, match="two"):
        await one.lease.renew(term)

    assert (await two.lease.observe()).beat == 0


async def test_a_term_that_is_given_back_is_nobodys(one: Store, two: Store) -> None:
    term = await acquired(one, "one")

    await one.lease.release(term)

    assert (await two.lease.observe()).holder is None
    assert (await acquired(two, "two")).epoch == 2


async def test_a_term_that_is_over_cannot_be_given_back(one: Store, two: Store) -> None:
    term = await acquired(one, "one")
    await acquired(two, "two")

    await one.lease.release(term)

    assert (await one.lease.observe()).holder == "two"


async def test_who_led_is_still_known_after_a_restart(place: Place, clock: Hands) -> None:
    async with place.open(clock) as store:
        await acquired(store, "one")

    async with place.open(clock) as store:
        assert (await store.lease.observe()).epoch == 1
        assert (await acquired(store, "two")).epoch == 2


async def test_a_leader_writes_as_anybody_would(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)
    writes = _writes(store, ticket, posted)

    for write in writes.values():
        await write()

    assert await store.channels.at(11) is not None
    assert len(await store.channels.links(ticket.id, MessageId(posted.id))) == 1


WRITES = (
    *("shown", "put_off", "failed", "replay", "hasten"),
    *("set a timer", "put a timer off", "timer done", "timer failed", "hasten timers"),
    *("save", "save another", "change", "seen", "link", "link again"),
)


def _writes(store: Store, ticket: Ticket, posted: Event) -> dict[str, Callable[[], Awaitable[object]]]:
    """Everything that a sink writes."""
    backlog, timers, channels = store.backlog, store.timers, store.channels
    timer = Timer(ticket.id, REMOVAL, 1, NOON + 60_000)
    channel = Channel(ticket_id=ticket.id, channel_id=10)
    link = Link(
        ticket_id=ticket.id, message_id=MessageId(posted.id), part=1, parts=1, channel_id=10, discord_id=500
    )
    return {
        "shown": lambda: backlog.done(DISCORD, posted),
        "put_off": lambda: backlog.put_off(DISCORD, posted, NOON + 60_000),
        "failed": lambda: backlog.failed(DISCORD, posted, "no"),
        "replay": lambda: backlog.replay(DISCORD, ticket.id),
        "hasten": lambda: backlog.hasten(DISCORD, [ticket.id]),
        "set a timer": lambda: timers.set(replace(timer, set_at_seq=2)),
        "put a timer off": lambda: timers.put_off(REMOVAL, timer, NOON + 90_000),
        "timer done": lambda: timers.done(REMOVAL, timer),
        "timer failed": lambda: timers.failed(REMOVAL, timer, "no"),
        "hasten timers": lambda: timers.hasten(REMOVAL, [ticket.id]),
        "save": lambda: channels.save(replace(channel, card_id=99)),
        "save another": lambda: channels.save(replace(channel, channel_id=11)),
        "change": lambda: channels.change(channel, card_id=98),
        "seen": lambda: channels.seen(10, 77),
        "link": lambda: channels.link(link),
        "link again": lambda: channels.link(replace(link, discord_id=501)),
    }


async def everything(store: Store, ticket: Ticket, posted: Event) -> object:
    """All that sinks' writes can change."""
    later = NOON + 10**9
    message = await store.views.message(MessageId(posted.id), ticket.id)
    return (
        message,
        await store.backlog.next_due(DISCORD, ticket.id, later),
        await store.backlog.earliest(DISCORD),
        await store.timers.earliest(REMOVAL),
        await store.timers.next_due(REMOVAL, ticket.id, later),
        await store.channels.of_ticket(ticket.id),
        await store.channels.links(ticket.id, MessageId(posted.id)),
    )


@pytest.mark.parametrize("write", WRITES)
async def test_a_leader_whose_term_is_over_changes_nothing(one: Store, two: Store, write: str) -> None:
    ticket = await open_ticket(one)
    posted = await post(one, ticket)
    async with leading(one, "one") as stale:
        await stale.channels.save(Channel(ticket_id=ticket.id, channel_id=10))
        await stale.timers.set(Timer(ticket.id, REMOVAL, 1, NOON + 60_000))
        await stale.timers.put_off(REMOVAL, Timer(ticket.id, REMOVAL, 1, NOON), NOON + 60_000)
        before = await everything(two, ticket, posted)
        await acquired(two, "two")

        with pytest.raises(NotLeader):
            await _writes(stale, ticket, posted)[write]()

    assert await everything(two, ticket, posted) == before


async def test_what_a_new_leader_has_written_stays(one: Store, two: Store) -> None:
    ticket = await open_ticket(one)
    posted = await post(one, ticket)
    async with leading(one, "one") as stale, leading(two, "two") as led:
        for name in ("save", "link", "shown"):
            await _writes(led, ticket, posted)[name]()
        written = await everything(led, ticket, posted)

        for write in _writes(stale, ticket, posted).values():
            with pytest.raises(NotLeader):
                await write()

        assert await everything(led, ticket, posted) == written
        message = await two.views.message(MessageId(posted.id), ticket.id)
        assert message is not None
        assert message.delivery is Delivery.DELIVERED


async def test_everybody_may_append_whoever_leads(one: Store, two: Store) -> None:
    async with leading(one, "one"):
        ticket = await open_ticket(two)
        await append(two, ticket.id, MessagePosted("Hello"))
        await append(one, ticket.id, TicketChanged(()))

    assert [event.seq for event in await two.log.events(ticket.id)] == [1, 2, 3]


async def test_the_bell_rings_in_each_process_for_what_the_other_appends(one: Store, two: Store) -> None:
    rung: dict[str, list[Event]] = {"one": [], "two": []}
    one.bell.listen(lambda event, _: rung["one"].append(event))
    two.bell.listen(lambda event, _: rung["two"].append(event))

    async with leading(one, "one"):
        ticket = await open_ticket(two)
        for n in range(6):
            await post((one, two)[n % 2], ticket)
        log = {event.id for event in await one.log.events(ticket.id)}
        await until(lambda: all(log <= {event.id for event in heard} for heard in rung.values()))

    for heard in rung.values():
        assert {event.id for event in heard} == log


async def test_a_process_that_is_alone_hears_each_of_its_events_once(store: Store) -> None:
    rung: list[Event] = []
    store.bell.listen(lambda event, _: rung.append(event))

    ticket = await open_ticket(store)
    for number in range(2, 22):
        await post(store, ticket)
        await fed_until(store, number)
    last = await post(store, ticket)
    await until(lambda: rung[-1] == last)

    assert rung == await store.log.events(ticket.id)


async def test_the_feed_goes_on_under_the_next_leader(one: Store, two: Store) -> None:
    async with leading(one, "one"):
        ticket = await open_ticket(two)
        await fed_until(two, 1)
    await post(one, ticket)

    async with leading(two, "two"):
        await post(one, ticket)
        fed = await fed_until(one, 3)

    assert [(it.pos, it.event.seq) for it in fed] == [(1, 1), (2, 2), (3, 3)]
