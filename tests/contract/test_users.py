"""Users of apps: who has opened the most tickets, and who is blocked."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.clocks import Hands
from tests.contract.acts import append, open_ticket
from tests.people import ANN, BEN, SAM, SAM_ANSWERS
from tickets.events import Change, TicketChanged
from tickets.model import Person, UserKey, UserRole
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store
from tickets.ports.users import Block, User, UserFilter
from tickets.words import asked_begins

EVE = Person(UserKey("other", "eve"), "Eve", UserRole.TEMP_USER, "eve@example.org")
KIM = Person(UserKey("shop", "kim"), "Kim", UserRole.AGENT)


async def peopled(store: Store) -> None:
    """Ben has two tickets, Ann one, Eve none; Kim is staff of a backend, Sam is in Discord."""
    for person in (ANN, BEN, SAM, EVE, KIM):
        await store.people.remember(person)
    for key in (BEN.key, ANN.key, BEN.key):
        await open_ticket(store, key)


async def in_pages(
    store: Store, size: int, meanwhile: Callable[[], Awaitable[None]] | None = None
) -> list[User]:
    """All users, page by page, with something happening between two of them."""
    page = await store.users.page(None, size)
    together = page.items
    while page.next is not None:
        if meanwhile is not None:
            await meanwhile()
        page = await store.users.page(page.next, size)
        together += page.items
    return together


async def test_whoever_has_opened_the_most_tickets_goes_first(store: Store) -> None:
    await peopled(store)

    users = await store.users.page(None, 10)

    assert [(it.person, it.ticket_count) for it in users.items] == [(BEN, 2), (ANN, 1), (EVE, 0), (KIM, 0)]


async def test_pages_of_users_make_the_whole(store: Store) -> None:
    await peopled(store)
    whole = await store.users.page(None, 10)

    assert whole.next is None
    for size in (1, 2, 3):
        assert await in_pages(store, size) == whole.items


@pytest.mark.parametrize("riser", [0, 3, 5])
async def test_whoever_rises_meanwhile_is_neither_left_out_nor_comes_twice(store: Store, riser: int) -> None:
    """Also whoever rises from the last page to before the first, and a newcomer does no harm."""
    people = [Person(UserKey("shop", f"p{n}"), f"P{n}", UserRole.CUSTOMER) for n in range(6)]
    for n, person in enumerate(people):
        await store.people.remember(person)
        for _ in range(n // 2):
            await open_ticket(store, person.key)

    async def rise() -> None:
        for _ in range(2):
            await open_ticket(store, people[riser].key)
        await store.people.remember(ANN)
        await open_ticket(store, ANN.key)

    listed = [it.person.key.id for it in await in_pages(store, 1, rise) if it.person != ANN]

    assert listed == ["p4", "p5", "p2", "p3", "p0", "p1"]
    again = await store.users.page(None, 1)
    assert again.items[0].ticket_count > 2, "the next time it shows"


async def test_marks_are_kept_and_heard_of(store: Store, second_store: Store) -> None:
    await peopled(store)
    assert not await store.users.is_blocked(ANN.key)

    await store.users.block(ANN.key, Block(reason="Loud"))
    await store.users.note(ANN.key, "Shouts")

    ann = await second_store.users.user(ANN.key)
    assert ann is not None
    assert (ann.person, ann.ticket_count, ann.block, ann.note) == (ANN, 1, Block(None, "Loud"), "Shouts")
    assert await store.users.is_blocked(ANN.key)
    assert await second_store.users.is_blocked(ANN.key)
    assert not await store.users.is_blocked(BEN.key)
    await store.users.block(ANN.key, None)
    assert not await store.users.is_blocked(ANN.key)


async def test_a_block_that_has_run_out_is_none(store: Store, second_store: Store, clock: Hands) -> None:
    await peopled(store)
    await store.users.block(ANN.key, Block(clock.now + 1_000, "Cool down"))
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
    assert [it.block for it in (await store.users.page(None, 10)).items] == [None] * 4


async def test_marks_may_come_before_the_person(store: Store) -> None:
    await store.users.note(ANN.key, "Not them again")
    await store.users.block(ANN.key, Block())
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


async def test_whoever_notes_and_whoever_blocks_do_not_undo_each_other(
    store: Store, second_store: Store
) -> None:
    await store.users.block(ANN.key, Block(reason="Loud"))
    await second_store.users.note(ANN.key, "Shouts")
    await store.people.remember(ANN)

    ann = await second_store.users.user(ANN.key)

    assert ann is not None
    assert (ann.block, ann.note) == (Block(reason="Loud"), "Shouts")


async def found(store: Store, size: int = 10, *, email: str | None = None, q: str | None = None) -> list[str]:
    """The names of those who are found, page by page."""
    which = UserFilter(email=email, begins=None if q is None else asked_begins(q))
    page = await store.users.page(None, size, which)
    together = page.items
    while page.next is not None:
        page = await store.users.page(page.next, size, which)
        together += page.items
    return [it.person.name for it in together]


async def test_users_are_found_by_words_of_name_id_and_address(store: Store, second_store: Store) -> None:
    anna = Person(UserKey("shop", "u-17"), "Anna O'Neill", UserRole.CUSTOMER, "Anna.Neill@Example.org")
    zoe = Person(UserKey("shop", "u-18"), "Zo\u00eb Ann Annan", UserRole.CUSTOMER, "zoe@example.org")
    for person in (zoe, anna, SAM):
        await store.people.remember(person)

    for each in (store, second_store):
        assert await found(each, q="ann") == ["Zo\u00eb Ann Annan", "Anna O'Neill"]
        assert await found(each, 1, q="AN") == ["Zo\u00eb Ann Annan", "Anna O'Neill"]
        assert await found(each, q="zoe ann") == ["Zo\u00eb Ann Annan"]
        assert await found(each, q="u-1") == ["Anna O'Neill", "Zo\u00eb Ann Annan"]
        assert await found(each, q="anna.neill@ex") == await found(each, q="o'ne") == ["Anna O'Neill"]
        assert await found(each, q="neil") == ["Anna O'Neill"]
        assert await found(each, email="ANNA.neill@example.org") == ["Anna O'Neill"]
        assert await found(each, email="zoe@example.org", q="ann") == ["Zo\u00eb Ann Annan"]
        assert await found(each, email="zoe@example.org", q="neill") == []
        assert await found(each, email="zoe@example.or") == await found(each, q="  ") == []
        assert await found(each, q="sam") == await found(each, q="nn") == []


async def test_whoever_changes_their_name_is_found_by_the_new_one_alone(store: Store) -> None:
    await store.people.remember(ANN)
    await store.people.remember(replace(ANN, name="Joan", email=None))

    assert await found(store, q="joa") == ["Joan"]
    assert await found(store, q="ann") == ["Joan"], "by the id"
    assert await found(store, email=ANN.email) == await found(store, q="ann@") == []


async def test_whoever_is_forgotten_is_neither_found_nor_listed(store: Store) -> None:
    await store.people.remember(ANN)
    await store.erasures.forget(ANN.key, [])

    assert await found(store, q="ann") == await found(store, email=ANN.email) == []
    assert (await store.users.page(None, 10)).items == []


async def test_counts_follow_a_ticket_that_is_handed_over(store: Store, second_store: Store) -> None:
    await peopled(store)
    ticket = (await store.views.tickets(TicketFilter(requester=BEN.key)))[0]
    change = TicketChanged((Change("requester", str(BEN.key), str(EVE.key)),))
    await append(store, ticket.id, change, SAM_ANSWERS)

    for each in (store, second_store):
        users = await each.users.page(None, 10)
        assert [(it.person.name, it.ticket_count) for it in users.items[:3]] == [
            ("Eve", 1),
            ("Ann", 1),
            ("Ben", 1),
        ]
