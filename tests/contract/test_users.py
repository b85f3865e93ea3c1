"""Users of apps: who has opened the most tickets, and who is blocked."""

from tests.clocks import Hands
from tests.contract.acts import open_ticket
from tests.people import ANN, BEN, SAM
from tickets.model import Person, UserKey, UserRole
from tickets.ports.store import Store
from tickets.ports.users import Block

EVE = Person(UserKey("other", "eve"), "Eve", UserRole.TEMP_USER, "eve@example.org")
KIM = Person(UserKey("shop", "kim"), "Kim", UserRole.AGENT)


async def peopled(store: Store) -> None:
    """Ben has two tickets, Ann one, Eve none; Kim and Sam are staff."""
    for person in (ANN, BEN, SAM, EVE, KIM):
        await store.people.remember(person)
    for key in (BEN.key, ANN.key, BEN.key):
        await open_ticket(store, key)


async def test_whoever_has_opened_the_most_tickets_goes_first(store: Store) -> None:
    await peopled(store)

    users = await store.users.page(skip=0, limit=10)

    assert [(it.person, it.ticket_count) for it in users] == [(BEN, 2), (ANN, 1), (EVE, 0)]


async def test_pages_of_users_make_the_whole(store: Store) -> None:
    await peopled(store)
    whole = await store.users.page(skip=0, limit=10)

    for size in (1, 2):
        pages = [await store.users.page(skip=skip, limit=size) for skip in range(0, 4, size)]
        assert [it for page in pages for it in page] == whole


async def test_marks_are_kept_and_heard_of(store: Store, second_store: Store) -> None:
    await peopled(store)
    assert not await store.users.is_blocked(ANN.key)

    await store.users.mark(ANN.key, block=Block(reason="Loud"), note="Shouts")

    ann = await second_store.users.user(ANN.key)
    assert ann is not None
    assert (ann.person, ann.ticket_count, ann.block, ann.note) == (ANN, 1, Block(None, "Loud"), "Shouts")
    assert await store.users.is_blocked(ANN.key)
    assert await second_store.users.is_blocked(ANN.key)
    assert not await store.users.is_blocked(BEN.key)
    await store.users.mark(ANN.key, block=None, note=None)
    assert not await store.users.is_blocked(ANN.key)


async def test_a_block_that_has_run_out_is_none(store: Store, second_store: Store, clock: Hands) -> None:
    await peopled(store)
    await store.users.mark(ANN.key, block=Block(clock.now + 1_000, "Cool down"), note=None)
    before = await store.users.user(ANN.key)

    clock.now += 999
    assert await store.users.is_blocked(ANN.key)
    clock.now += 1

    assert before is not None
    assert before.block == Block(clock.now, "Cool down")
    for each in (store, second_store):
        assert not await each.users.is_blocked(ANN.key)
        after = await each.users.user(ANN.key)
        assert after is not None
        assert after.block is None
    assert [it.block for it in await store.users.page(skip=0, limit=10)] == [None] * 3


async def test_marks_may_come_before_the_person(store: Store) -> None:
    await store.users.mark(ANN.key, block=Block(), note="Not them again")
    assert await store.users.is_blocked(ANN.key)
    assert await store.users.user(ANN.key) is None

    await store.people.remember(ANN)

    ann = await store.users.user(ANN.key)
    assert ann is not None
    assert (ann.block, ann.note) == (Block(), "Not them again")


async def test_who_is_introduced_stays_who_they_were_known_as(store: Store, second_store: Store) -> None:
    another = Person(ANN.key, "Not Ann", UserRole.TEMP_USER)

    assert await store.people.introduce(ANN) == ANN
    assert await store.people.introduce(another) == ANN
    assert await second_store.people.introduce(another) == ANN

    await second_store.people.remember(another)
    assert await second_store.people.people([ANN.key]) == {ANN.key: another}


async def test_somebody_unknown_is_no_user(store: Store) -> None:
    assert await store.users.user(UserKey("shop", "nobody")) is None
