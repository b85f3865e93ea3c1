"""Endpoints of webhooks, and what is sent to them: kept once, in order for each ticket, found at once."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.acts import open_ticket, post
from tests.people import ANN, BEN, EVE
from tests.waiting import until
from tickets.model import TicketId
from tickets.ports.store import Store
from tickets.ports.webhooks import Answer, Delivery, DeliveryStatus, new_delivery
from tickets.webhooks import DAY, About, Endpoint, EndpointId, WebhookType

SHOP = Endpoint(
    id=EndpointId("wh_1"),
    url="https://shop.example.com/hooks",
    events=("ticket.*", "*"),
    issuers=("shop",),
    secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    created_at=1,
    updated_at=2,
    description="Ünï \U0001f600",
)
BOOKS = replace(SHOP, id=EndpointId("wh_2"), issuers=("*",), is_listed=True)
LAMP, BULB = TicketId("a" * 32), TicketId("b" * 32)
FAR = 2**52
REFUSED = Answer(7, 500, "no ünï", None)


def told(seq: int, ticket: TicketId = LAMP, endpoint: Endpoint = SHOP, now: int = 10) -> Delivery:
    return new_delivery(endpoint, ticket, seq, WebhookType.MESSAGE_POSTED, ANN.key, now)


async def due(store: Store, now: int, ticket: TicketId = LAMP, endpoint: Endpoint = SHOP) -> int | None:
    """The seq of the next one."""
    found = await store.webhooks.next_due(endpoint.id, ticket, now)
    return None if found is None else found.item.seq


async def test_endpoints_are_kept_changed_and_removed(store: Store, second_store: Store) -> None:
    for it in (BOOKS, SHOP, replace(SHOP, url="https://other.example.com")):
        await store.webhooks.add(it)
    changed = await second_store.webhooks.change(SHOP.id, lambda it: replace(it, failing_since=5))

    assert changed == replace(SHOP, failing_since=5)
    assert await store.webhooks.endpoints() == [changed, BOOKS]
    assert await store.webhooks.endpoint(SHOP.id) == changed
    assert await store.webhooks.remove(SHOP.id)
    assert not await store.webhooks.remove(SHOP.id)
    assert await store.webhooks.endpoint(SHOP.id) is None
    assert await store.webhooks.change(SHOP.id, lambda it: it) is None


async def test_no_change_of_an_endpoint_is_lost(store: Store, second_store: Store) -> None:
    await store.webhooks.add(SHOP)

    def one_more(it: Endpoint) -> Endpoint:
        return replace(it, updated_at=it.updated_at + 1)

    stores = (store, second_store) * 5
    await asyncio.gather(*(it.webhooks.change(SHOP.id, one_more) for it in stores))

    found = await store.webhooks.endpoint(SHOP.id)
    assert found is not None
    assert found.updated_at == SHOP.updated_at + 10


async def test_what_is_sent_is_kept_once_and_as_it_was(store: Store) -> None:
    first = replace(told(1), about=About(ANN.key, EVE.key))
    await store.webhooks.deliver([first, told(2)])
    await store.webhooks.settle(first, DeliveryStatus.DELIVERED, Answer(9, 204))
    await store.webhooks.deliver([first, told(2)])
    await store.webhooks.deliver([])

    page = await store.webhooks.deliveries(SHOP.id, None, None, 10)
    taken = replace(first, status=DeliveryStatus.DELIVERED, due_at=None, answer=Answer(9, 204))
    assert sorted(page.items, key=lambda it: it.seq) == [taken, told(2)]
    assert await store.webhooks.delivery(SHOP.id, first.id) == taken
    assert await store.webhooks.delivery(BOOKS.id, first.id) is None
    assert await store.webhooks.waiting(SHOP.id) == 1


async def test_a_ticket_goes_in_order_and_holds_up_no_other(store: Store) -> None:
    await store.webhooks.deliver([told(3), told(1), told(2), told(9, BULB, now=11), told(1, endpoint=BOOKS)])

    assert await store.webhooks.tickets_due(SHOP.id, 20, 5) == [LAMP, BULB]
    assert await due(store, 20) == 1
    await store.webhooks.put_off(told(1), 100, REFUSED, passes=False)
    await store.webhooks.deliver([told(4, now=30)])

    assert await due(store, 99) is None
    assert await store.webhooks.tickets_due(SHOP.id, 99, 5) == [BULB]
    assert await due(store, 99, endpoint=BOOKS) == 1
    await store.webhooks.settle(told(9, BULB, now=11), DeliveryStatus.DELIVERED, None)
    assert await store.webhooks.earliest(SHOP.id) == 100
    assert await store.webhooks.tickets_due(SHOP.id, 99, 5) == []
    assert await store.webhooks.tickets_due(SHOP.id, 100, 5) == [LAMP]
    found = await store.webhooks.next_due(SHOP.id, LAMP, 100)
    assert found is not None
    assert (found.attempts, found.item.seq, found.item.answer) == (1, 1, REFUSED)
    await store.webhooks.settle(found.item, DeliveryStatus.DELIVERED, None)
    assert await due(store, 100) == 2


async def test_one_that_passes_lets_the_later_ones_go(store: Store) -> None:
    await store.webhooks.deliver([told(1), told(2), told(3)])
    await store.webhooks.put_off(told(1), 100, REFUSED, passes=False)
    await store.webhooks.put_off(told(1), 900, REFUSED, passes=True)

    assert await due(store, 99) is None
    assert await due(store, 100) == 2
    assert await store.webhooks.earliest(SHOP.id) == 100
    assert await store.webhooks.tickets_due(SHOP.id, 100, 5) == [LAMP]
    await store.webhooks.put_off(told(2), 500, REFUSED, passes=False)
    assert await due(store, 499) is None
    assert await due(store, 900) == 1
    found = await store.webhooks.next_due(SHOP.id, LAMP, 900)
    assert found is not None
    await store.webhooks.settle(found.item, DeliveryStatus.FAILED, REFUSED)
    assert await due(store, 900) == 2
    failed = await store.webhooks.delivery(SHOP.id, told(1).id)
    assert failed is not None
    assert (failed.status, failed.attempts, failed.due_at) == (DeliveryStatus.FAILED, 3, None)


async def test_what_was_put_off_can_be_hastened(store: Store) -> None:
    await store.webhooks.deliver([told(1), told(2), told(1, BULB)])
    for ticket in (LAMP, BULB):
        await store.webhooks.put_off(told(1, ticket), 900, REFUSED, passes=False)
    await store.webhooks.hasten(SHOP.id, [LAMP])

    assert await store.webhooks.tickets_due(SHOP.id, 20, 5) == [LAMP]
    assert await due(store, 20) == 1
    await store.webhooks.hasten(BOOKS.id, None)
    await store.webhooks.hasten(SHOP.id, None, beyond=900)
    assert await store.webhooks.tickets_due(SHOP.id, 20, 5) == [LAMP]
    await store.webhooks.hasten(SHOP.id, None, beyond=899)
    assert await store.webhooks.tickets_due(SHOP.id, 0, 5) == [LAMP, BULB]


async def test_an_endpoint_can_be_stopped_and_something_sent_again(store: Store) -> None:
    await store.webhooks.add(SHOP)
    await store.webhooks.deliver([told(1), told(2), told(1, endpoint=BOOKS)])
    await store.webhooks.put_off(told(1), 30, REFUSED, passes=False)
    await store.webhooks.stop(SHOP.id, Answer(40, fault="disabled"))

    assert await store.webhooks.earliest(SHOP.id) is None
    assert await due(store, FAR) is None
    assert await due(store, FAR, endpoint=BOOKS) == 1
    assert await store.webhooks.redeliver(SHOP.id, told(2).id, 50)
    assert not await store.webhooks.redeliver(BOOKS.id, told(2).id, 50)
    found = await store.webhooks.next_due(SHOP.id, LAMP, 50)
    assert found is not None
    assert (found.item.seq, found.attempts, found.item.begun_at) == (2, 0, 50)
    statuses = {
        status: [it.seq for it in (await store.webhooks.deliveries(SHOP.id, status, None, 5)).items]
        for status in DeliveryStatus
    }
    assert statuses == {"pending": [2], "failed": [1], "delivered": []}


@pytest.mark.parametrize("outcome", [DeliveryStatus.DELIVERED, DeliveryStatus.FAILED])
async def test_what_was_answered_counts_once_also_if_it_was_stopped_meanwhile(
    store: Store, outcome: DeliveryStatus
) -> None:
    await store.webhooks.add(SHOP)
    await store.webhooks.deliver([told(1), told(2)])
    await store.webhooks.put_off(told(1), 30, REFUSED, passes=False)
    tried = await store.webhooks.delivery(SHOP.id, told(1).id)
    assert tried is not None
    await store.webhooks.stop(SHOP.id, Answer(40, fault="disabled"))
    for _ in range(2):
        await store.webhooks.settle(tried, outcome, Answer(41, 299))
        await store.webhooks.settle(tried, DeliveryStatus.FAILED, Answer(42, 410))

    said = await store.webhooks.delivery(SHOP.id, tried.id)
    assert said is not None
    assert (said.status, said.answer) == (outcome, Answer(41, 299))
    assert said.attempts == (2 if outcome is DeliveryStatus.FAILED else 1)
    other = await store.webhooks.delivery(SHOP.id, told(2).id)
    assert other is not None
    assert other.answer == Answer(40, fault="disabled")

    assert await store.webhooks.redeliver(SHOP.id, tried.id, 50)
    await store.webhooks.settle(tried, DeliveryStatus.DELIVERED, Answer(51, 200))
    assert await due(store, 50) == 1


async def test_pages_hold_each_once_the_newest_first(store: Store) -> None:
    made = [told(seq, now=seq // 2) for seq in range(1, 8)]
    await store.webhooks.deliver([*made, told(1, endpoint=BOOKS)])

    for status in (None, DeliveryStatus.PENDING):
        seen, after = [], None
        while True:
            page = await store.webhooks.deliveries(SHOP.id, status, after, 3)
            seen += page.items
            if (after := page.next) is None:
                break
        assert sorted(it.seq for it in seen) == [1, 2, 3, 4, 5, 6, 7]
        assert [it.created_at for it in seen] == sorted((it.created_at for it in made), reverse=True)


async def test_what_is_over_is_kept_for_a_while(store: Store) -> None:
    await store.webhooks.add(SHOP)
    await store.webhooks.deliver([told(1), told(2), told(3, now=DAY)])
    for it in (told(1), told(3, now=DAY)):
        await store.webhooks.settle(it, DeliveryStatus.DELIVERED, None)

    assert await store.webhooks.sweep(DAY) == 1
    page = await store.webhooks.deliveries(SHOP.id, None, None, 9)
    assert [it.seq for it in page.items] == [3, 2]
    await store.webhooks.remove(SHOP.id)
    assert (await store.webhooks.deliveries(SHOP.id, None, None, 9)).items == []


async def test_users_are_forgotten_or_become_others(store: Store) -> None:
    of_ben = replace(told(2, BULB), user=BEN.key)
    await store.webhooks.deliver([told(1), told(2), of_ben])
    await store.webhooks.move_user(BEN.key, EVE.key)
    await store.webhooks.forget_user(BEN.key)
    await store.webhooks.forget_user(ANN.key)

    page = await store.webhooks.deliveries(SHOP.id, None, None, 9)
    assert page.items == [replace(of_ben, user=EVE.key)]
    await store.webhooks.forget_user(EVE.key)
    assert (await store.webhooks.deliveries(SHOP.id, None, None, 9)).items == []


async def test_an_event_is_found_in_the_feed_by_its_ticket_and_seq(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket, "Hello")
    await until(lambda: store.feed.entry(ticket.id, posted.seq))

    entry = await store.feed.entry(ticket.id, posted.seq)
    assert entry is not None
    assert (entry.event, entry.requester) == (posted, ticket.requester)
    assert await store.feed.event_at(entry.pos) == posted.id
    assert await store.feed.entry(ticket.id, 99) is None
    assert await store.feed.entry(LAMP, 1) is None


class Lane:
    """What the port promises, told by a plain list."""

    def __init__(self) -> None:
        self.due_at: dict[int, int] = {}
        self.passing: set[int] = set()

    def next_due(self, now: int) -> int | None:
        for seq in sorted(self.due_at):
            if self.due_at[seq] <= now:
                return seq
            if seq not in self.passing:
                return None
        return None


ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "put off", "pass", "settle"]), st.integers(1, 6)), max_size=14
)


@pytest.mark.parametrize("kind", ["sqlite"])
@given(ACTS)
async def test_whatever_happens_none_overtakes_one_that_holds_it_up(
    store: Store, acts: list[tuple[str, int]]
) -> None:
    for it in (await store.webhooks.deliveries(SHOP.id, None, None, 99)).items:
        assert it.user is not None
        await store.webhooks.forget_user(it.user)
    lane, now = Lane(), 0
    for act, seq in acts:
        now += 10
        if act == "add" and seq not in lane.due_at:
            await store.webhooks.deliver([told(seq, now=now)])
            kept = await store.webhooks.delivery(SHOP.id, told(seq).id)
            if kept is not None and kept.due_at is not None:
                lane.due_at[seq] = now
        elif (front := lane.next_due(now)) is not None:
            if act == "settle":
                tried = await store.webhooks.delivery(SHOP.id, told(front).id)
                assert tried is not None
                await store.webhooks.settle(tried, DeliveryStatus.DELIVERED, None)
                del lane.due_at[front]
                lane.passing.discard(front)
            elif act in ("put off", "pass"):
                await store.webhooks.put_off(told(front), now + 15, None, passes=act == "pass")
                lane.due_at[front] = now + 15
                (lane.passing.add if act == "pass" else lane.passing.discard)(front)
        found = await due(store, FAR)
        assert found == lane.next_due(FAR)
        assert (await due(store, now) is None) or (await due(store, now) == lane.next_due(now))
