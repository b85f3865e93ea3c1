"""Claims: one works, the others learn what came of it."""

import asyncio

from tests.contract.places import NOON, Hands
from tickets.claims import KEPT, Claim
from tickets.ports import Store

ANSWER = (201, '{"id": "é"}')


async def claim(store: Store, now: int = NOON, digest: str = "d", key: str = "k") -> Claim:
    return await store.claims.claim(key, digest, now=now, until=now + 10)


async def test_of_many_at_once_one_works(store: Store, second_store: Store) -> None:
    claims = await asyncio.gather(*(claim(it) for it in (store, second_store) * 10))

    assert sum(it.is_mine for it in claims) == 1
    assert len({it.seed for it in claims}) == 1
    assert (await claim(store, key="another")).is_mine


async def test_the_first_answer_stays(store: Store, second_store: Store) -> None:
    mine = await claim(store)

    await store.claims.settle("k", mine.seed, ANSWER)
    await second_store.claims.settle("k", mine.seed, (500, ""))

    assert await claim(second_store, NOON + 1000) == Claim("d", mine.seed, ANSWER)
    assert await claim(second_store, digest="other") == Claim("d", mine.seed, ANSWER)


async def test_what_was_abandoned_goes_to_the_next_with_the_same_seed(
    store: Store, second_store: Store
) -> None:
    mine = await claim(store)

    early = await claim(second_store, NOON + 9)
    of_another_body = await claim(second_store, NOON + 10, digest="other")
    late = await asyncio.gather(*(claim(it, NOON + 10) for it in (store, second_store) * 5))

    assert not early.is_mine
    assert not of_another_body.is_mine
    assert sum(it.is_mine for it in late) == 1
    assert {it.seed for it in late} == {mine.seed}


async def test_what_was_given_back_goes_to_the_next_at_once(store: Store) -> None:
    mine = await claim(store)

    await store.claims.release("k", mine.seed)

    assert await claim(store) == Claim("d", mine.seed, is_mine=True)


async def test_a_claim_is_forgotten_after_a_day(store: Store, clock: Hands) -> None:
    mine = await claim(store)
    await store.claims.settle("k", mine.seed, ANSWER)

    kept = await claim(store, NOON + KEPT - 1)
    anew = await claim(store, NOON + KEPT, digest="other")

    assert kept.answer == ANSWER
    assert anew.is_mine
    assert anew.seed != mine.seed
