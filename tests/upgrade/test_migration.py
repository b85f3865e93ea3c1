"""Migrations: with progress, in pieces that go on after a kill, and never under an older program's hands."""

import asyncio
import logging
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient

from storage.migration import NewerProgram, Progress, Reached, StoreIsNewer
from storage.mongo.migration import TRUST, Step, VersionLooks, migrate
from tests.clocks import Hands
from tests.contract.acts import fed_until, post
from tests.contract.places import Place, SqlitePlace, leading
from tests.upgrade.newer import AT_ONCE, WHAT, looks, open_newer
from tests.upgrade.stores import unpack_folder
from tickets.model import TicketId
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store

ROOT = Path(__file__).parents[2]
EVENTS = 113
"""In the stores of a5a5475."""


def refusal(place: Place) -> str:
    """What the older program says, as a regular expression."""
    known = place.known
    return (
        f"^The store has schema version {known + 1}, but this program knows only version {known}: "
        "start the program that wrote it, or a newer one.$"
    )


async def must_refuse(place: Place, clock: Hands) -> None:
    with pytest.raises(StoreIsNewer, match=refusal(place)):
        async with place.open(clock):
            pass


async def test_every_event_is_migrated_once_and_there_is_no_way_back(
    place: Place, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "storage.migration")

    async with open_newer(place, clock):
        assert await looks(place) == [1] * EVENTS
    async with open_newer(place, clock):
        pass

    assert await looks(place) == [1] * EVENTS
    version = place.known + 1
    first, *_, last = (it for record in caplog.records if f"version {version}" in (it := record.getMessage()))
    assert first == f"the store becomes version {version} ({WHAT}); if this is stopped, it goes on later"
    assert last.startswith(f"the store is version {version}, after ")
    await must_refuse(place, clock)


async def test_what_fails_in_the_middle_goes_on_there(place: Place, clock: Hands) -> None:
    seen: list[int] = []

    def fail_once(reached: Reached) -> None:
        seen.append(reached.done)
        if seen == [0, AT_ONCE, 2 * AT_ONCE]:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        async with open_newer(place, clock, fail_once):
            pass
    await must_refuse(place, clock)
    async with open_newer(place, clock, fail_once):
        pass

    assert seen[3] == 2 * AT_ONCE
    assert await looks(place) == [1] * EVENTS


async def test_several_may_migrate_at_once(place: Place, clock: Hands) -> None:
    async with open_newer(place, clock) as one, open_newer(place, clock) as other:
        assert one.deployment == other.deployment

    assert await looks(place) == [1] * EVENTS


async def test_two_that_start_together_share_the_work(place: Place, clock: Hands) -> None:
    async def start() -> None:
        async with open_newer(place, clock):
            assert await looks(place) == [1] * EVENTS

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(start())
        tasks.create_task(start())


async def test_after_a_kill_in_the_middle_it_goes_on(tmp_path: Path, clock: Hands) -> None:
    unpack_folder(tmp_path)
    place = SqlitePlace(tmp_path)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.upgrade.migrator", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readline(), 60) == b"in the middle\n"
    child.kill()
    await child.wait()

    assert await looks(place) == [1] * 3 * AT_ONCE + [0] * (EVENTS - 3 * AT_ONCE)
    await must_refuse(place, clock)
    seen: list[int] = []
    async with open_newer(place, clock, lambda reached: seen.append(reached.done)) as store:
        assert await looks(place) == [1] * EVENTS
        assert await store.feed.last() == EVENTS
    assert seen[0] == 3 * AT_ONCE


async def test_a_stop_in_the_middle_finishes_the_piece_in_hand(tmp_path: Path, clock: Hands) -> None:
    unpack_folder(tmp_path)
    place = SqlitePlace(tmp_path)
    begun, go_on = threading.Event(), threading.Event()

    def wait(reached: Reached) -> None:
        if reached.done == AT_ONCE:
            begun.set()
            go_on.wait(10)

    opening = asyncio.create_task(open_newer(place, clock, wait).__aenter__())
    assert await asyncio.to_thread(begun.wait, 10)
    opening.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await opening

    assert await looks(place) == [1] * 2 * AT_ONCE + [0] * (EVENTS - 2 * AT_ONCE)
    async with open_newer(place, clock):
        assert await looks(place) == [1] * EVENTS


async def newest_ticket(store: Store) -> TicketId:
    (fed,) = await store.feed.after(await store.feed.last() - 1)
    return fed.event.ticket_id


async def test_an_older_process_is_told_to_end_and_writes_nothing(place: Place, clock: Hands) -> None:
    async with place.open(clock) as old, leading(old) as leader:
        await fed_until(old, EVENTS)
        ticket_id = await newest_ticket(old)
        ends = asyncio.create_task(old.until_newer())
        await post(old, ticket_id, "in time")
        assert not ends.done()

        async with open_newer(place, clock) as new:
            with pytest.raises(StoreIsNewer, match=refusal(place)):
                await asyncio.wait_for(ends, 30)
            events = await new.log.events(ticket_id)
            with pytest.raises(StoreIsNewer):
                await post(old, ticket_id, "too late")
            with pytest.raises(StoreIsNewer):
                await leader.backlog.done(SinkName.DISCORD, events[-1])

            assert await new.log.events(ticket_id) == events


async def test_who_is_late_with_a_piece_does_not_begin_a_finished_step_anew() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    await database.meta.insert_one({"_id": "schema", "version": 1})
    pieces = []

    async def quick(_: Any, __: Reached) -> None:
        pieces.append("quick")

    async def slow(database: Any, _: Reached) -> Reached:
        pieces.append("slow")
        await migrate(database, [Step(WHAT, quick)], 0)
        return Reached(done=10, total=20)

    await migrate(database, [Step(WHAT, slow)], 0)

    assert pieces == ["slow", "quick"]
    assert await database.meta.find_one({"_id": "schema"}) == {"_id": "schema", "version": 2}


async def test_a_process_that_stood_still_looks_before_it_writes() -> None:
    database: Any = AsyncMongoMockClient()["guildesk"]
    await database.meta.insert_one({"_id": "schema", "version": 1})
    uptime = 0.0
    version_looks = VersionLooks(database, NewerProgram(1), uptime=lambda: uptime)
    await version_looks.must_be_known()
    await database.meta.update_one({"_id": "schema"}, {"$set": {"version": 2}})

    uptime = TRUST - 0.1
    await version_looks.must_be_known()
    uptime = TRUST
    with pytest.raises(StoreIsNewer, match="version 2, but this program knows only version 1"):
        await version_looks.must_be_known()


def test_progress_is_told_every_five_seconds(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "storage.migration")
    at = iter((100.0, 101.0, 102.0, 105.0, 109.9, 110.0, 112.5))
    progress = Progress(lambda: next(at))

    for done in range(10, 60, 10):
        progress.begins(2, "names change")
        progress.reached(Reached(done, done, 60))
    progress.begins(2, "names change")
    progress.reached(None)

    assert [record.getMessage() for record in caplog.records] == [
        "the store becomes version 2 (names change); if this is stopped, it goes on later",
        "the store becomes version 2: 30 of 60",
        "the store becomes version 2: 50 of 60",
        "the store is version 2, after 12.5 s",
    ]
