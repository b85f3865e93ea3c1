"""IdempotencyKeys: one works, the others learn what came of it."""

import asyncio

from tests.clocks import NOON, Hands
from tickets.ports.idempotency import KEPT, Reservation
from tickets.ports.store import Store

ANSWER = (201, '{"id": "é"}')


async def reserve(store: Store, now: int = NOON, digest: str = "d", key: str = "k") -> Reservation:
    return await store.idempotency_keys.reserve(key, digest, now=now, until=now + 10)


async def test_of_many_at_once_one_works(store: Store, second_store: Store) -> None:
    reservations = await asyncio.gather(*(reserve(it) for it in (store, second_store) * 10))

    assert sum(it.is_mine for it in reservations) == 1
    assert len({it.seed for it in reservations}) == 1
    assert (await reserve(store, key="another")).is_mine


async def test_the_first_answer_stays(store: Store, second_store: Store) -> None:
    mine = await reserve(store)

    await store.idempotency_keys.settle("k", mine.seed, ANSWER)
    await second_store.idempotency_keys.settle("k", mine.seed, (500, ""))

    assert await reserve(second_store, NOON + 1000) == Reservation("d", mine.seed, ANSWER)
    assert await reserve(second_store, digest="other") == Reservation("d", mine.seed, ANSWER)


async def test_what_was_abandoned_goes_to_the_next_with_the_same_seed(
    store: Store, second_store: Store
) -> None:
    mine = await reserve(store)

    early = await reserve(second_store, NOON + 9)
    of_another_body = await reserve(second_store, NOON + 10, digest="other")
    late = await asyncio.gather(*(reserve(it, NOON + 10) for it in (store, second_store) * 5))

    assert not early.is_mine
    assert not of_another_body.is_mine
    assert sum(it.is_mine for it in late) == 1
    assert {it.seed for it in late} == {mine.seed}


async def test_what_was_given_back_goes_to_the_next_at_once(store: Store) -> None:
    mine = await reserve(store)

    await store.idempotency_keys.release("k", mine.seed)

    assert await reserve(store) == Reservation("d", mine.seed, is_mine=True)


async def test_a_claim_is_forgotten_after_a_day(store: Store, clock: Hands) -> None:
    mine = await reserve(store)
    await store.idempotency_keys.settle("k", mine.seed, ANSWER)

    kept = await reserve(store, NOON + KEPT - 1)
    anew = await reserve(store, NOON + KEPT, digest="other")

    assert kept.answer == ANSWER
    assert anew.is_mine
    assert anew.seed != mine.seed
