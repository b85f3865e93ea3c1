"""The canned answers: each name once, whoever comes at once."""

import asyncio

from tickets.canned import CannedAnswer
from tickets.ports.canned import Kept
from tickets.ports.store import Store

HELLO = CannedAnswer(
    name="hello", content='Hello {name}, \0 "quotes" $x \U0001f600', created_at=5, updated_at=5
)
BYE = CannedAnswer(name="bye", content="Bye", created_at=6, updated_at=6)


async def test_they_are_kept_changed_and_removed(store: Store) -> None:
    for it in (HELLO, BYE):
        assert await store.canned.add(it) is Kept.DONE

    assert await store.canned.all() == [BYE, HELLO]
    assert await store.canned.get("hello") == HELLO
    assert await store.canned.change("hello", "hi", "Hi", 9) is Kept.DONE
    assert await store.canned.get("hello") is None
    assert await store.canned.get("hi") == CannedAnswer(name="hi", content="Hi", created_at=5, updated_at=9)
    assert await store.canned.remove("bye") is Kept.DONE
    assert [it.name for it in await store.canned.all()] == ["hi"]


async def test_what_is_not_there_is_neither_changed_nor_removed(store: Store) -> None:
    assert await store.canned.change("hello", "hello", "Hi", 9) is Kept.MISSING
    assert await store.canned.remove("hello") is Kept.MISSING
    await store.canned.count("hello")

    assert await store.canned.all() == []


async def test_a_name_is_given_once(store: Store) -> None:
    await store.canned.add(BYE)
    added = await asyncio.gather(*(store.canned.add(HELLO) for _ in range(5)))

    assert sorted(added, key=lambda it: it.name) == [Kept.DONE, *[Kept.TAKEN] * 4]
    assert await store.canned.change("bye", "hello", "Bye", 9) is Kept.TAKEN
    assert await store.canned.all() == [BYE, HELLO]


async def test_its_uses_are_counted_and_outlive_a_change(store: Store) -> None:
    await store.canned.add(HELLO)
    await asyncio.gather(*(store.canned.count("hello") for _ in range(5)))
    await store.canned.change("hello", "hi", "Hi", 9)
    await store.canned.count("hi")

    found = await store.canned.get("hi")
    assert found is not None
    assert found.used == 6
