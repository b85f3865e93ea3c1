"""The canned answers: each name once, whoever comes at once."""

import asyncio
from dataclasses import replace

from tickets.canned import CannedAnswer
from tickets.ports.canned import Kept
from tickets.ports.store import Store

HELLO = CannedAnswer(
    name="hello", content='Hello {name}, \0 "quotes" $x \U0001f600', created_at=5, updated_at=5
)
BYE = CannedAnswer(name="bye", content="Bye", created_at=6, updated_at=6)


async def test_they_are_kept_changed_and_removed(store: Store) -> None:
    for it in (HELLO, BYE):
        assert await store.canned.add(it, 9) is Kept.DONE

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
    await store.canned.add(BYE, 9)
    added = await asyncio.gather(*(store.canned.add(HELLO, 9) for _ in range(5)))

    assert sorted(added, key=lambda it: it.name) == [Kept.DONE, *[Kept.TAKEN] * 4]
    assert await store.canned.change("bye", "hello", "Bye", 9) is Kept.TAKEN
    assert await store.canned.all() == [BYE, HELLO]


async def test_a_new_name_and_new_words_that_come_at_once_are_both_kept(store: Store) -> None:
    await store.canned.add(HELLO, 9)

    await store.canned.change("hello", None, "Hi", 8)
    await store.canned.change("hello", "hi", None, 9)

    assert await store.canned.all() == [CannedAnswer(name="hi", content="Hi", created_at=5, updated_at=9)]


async def test_there_are_no_more_than_there_may_be_whoever_comes_at_once(store: Store) -> None:
    await store.canned.add(BYE, 9)
    new = [replace(HELLO, name=str(it)) for it in range(5)]

    added = await asyncio.gather(*(store.canned.add(it, 3) for it in new))

    assert Kept.FULL in added
    assert added.count(Kept.DONE) == len(await store.canned.all()) - 1 <= 2
    assert await store.canned.add(BYE, 1) is Kept.TAKEN


async def test_its_uses_are_counted_and_outlive_a_change(store: Store) -> None:
    await store.canned.add(HELLO, 9)
    await asyncio.gather(*(store.canned.count("hello") for _ in range(5)))
    await store.canned.change("hello", "hi", "Hi", 9)
    await store.canned.count("hi")

    found = await store.canned.get("hi")
    assert found is not None
    assert found.used == 6
