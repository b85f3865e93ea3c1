"""Users of apps: who has opened the most tickets, and who is blocked."""

from tests.contract.acts import ANN, BEN, SAM, open_ticket
from tickets.model import Person, UserKey, UserRole
from tickets.ports.store import Store

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

    await store.users.mark(ANN.key, blocked=True, note="Shouts")

    ann = await second_store.users.user(ANN.key)
    assert ann is not None
    assert (ann.person, ann.ticket_count, ann.blocked, ann.note) == (ANN, 1, True, "Shouts")
    assert await store.users.is_blocked(ANN.key)
    assert await second_store.users.is_blocked(ANN.key)
    assert not await store.users.is_blocked(BEN.key)
    await store.users.mark(ANN.key, blocked=False, note=None)
    assert not await store.users.is_blocked(ANN.key)


async def test_somebody_unknown_is_no_user(store: Store) -> None:
    assert await store.users.user(UserKey("shop", "nobody")) is None
