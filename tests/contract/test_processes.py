"""The registry of processes."""

from dataclasses import replace

from tickets.ports.processes import KEPT, ProcessSeen
from tickets.ports.store import Store

ONE = ProcessSeen(
    name="desk-1",
    role="leader",
    host="desk",
    pid=1,
    version="1.2.3",
    started_at=1_000,
    seen_at=5_000,
    store="SQLite",
    discord="ok",
    faults=("a line, of which \0 is no part", "another"),
)
OTHER = replace(ONE, name="desk-0", started_at=2_000, role="follower", discord=None, faults=())


async def test_each_is_known_as_it_was_seen_last_the_oldest_first(store: Store) -> None:
    for it in (OTHER, ONE, replace(ONE, seen_at=9_000, faults=())):
        await store.processes.seen(it)

    assert await store.processes.all() == [replace(ONE, seen_at=9_000, faults=()), OTHER]


async def test_what_was_said_comes_back_as_it_was(store: Store) -> None:
    await store.processes.seen(ONE)

    assert await store.processes.all() == [ONE]


async def test_one_that_has_ended_is_gone_and_one_that_was_killed_is_forgotten_later(store: Store) -> None:
    await store.processes.seen(ONE)
    await store.processes.seen(OTHER)
    await store.processes.gone(OTHER.name)
    await store.processes.gone("nobody")
    assert await store.processes.all() == [ONE]

    later = replace(OTHER, seen_at=ONE.seen_at + KEPT)
    await store.processes.seen(later)
    assert await store.processes.all() == [ONE, later]
    await store.processes.seen(replace(later, seen_at=later.seen_at + 1))

    assert [it.name for it in await store.processes.all()] == [OTHER.name]
