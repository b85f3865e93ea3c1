"""When a back-up is due by schedule, which are kept, and what is told when none can be made."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.program.backing_up import AGAIN_AFTER, LOOK, BackingUp
from config.faults import Fault
from storage.keeping.backup import MAKING, name_of
from storage.keeping.schedule import Schedule
from tests.keeping.stores import fill, now
from tests.new_stores import open_new_sqlite
from tests.waiting import until

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def made(folder: Path, *ages: float, deployment: str = "d1") -> None:
    """Back-ups that were made so many hours ago."""
    for age in ages:
        (folder / name_of(deployment, NOW - timedelta(hours=age))).touch()


@pytest.mark.parametrize(
    ("ages", "is_due"),
    [((), True), ((24,), True), ((23.9,), False), ((100, 1), False), ((30, 48), True), ((-5, 30), True)],
)
def test_one_is_due_when_the_newest_is_too_old(tmp_path: Path, ages: Sequence[float], is_due: bool) -> None:
    made(tmp_path, *ages)
    made(tmp_path, 0, deployment="another")
    (tmp_path / "guildesk-d1-20261399-120000.tar").touch()
    (tmp_path / "notes.txt").touch()

    assert Schedule(tmp_path, "d1", timedelta(hours=24), 7).is_due(NOW) is is_due


@given(ages=st.sets(st.integers(1, 500), max_size=12), keep=st.integers(1, 9))
def test_the_newest_are_kept_and_nothing_else_is_touched(
    tmp_path_factory: pytest.TempPathFactory, ages: set[int], keep: int
) -> None:
    folder = tmp_path_factory.mktemp("backups")
    made(folder, *ages)
    made(folder, 900, deployment="another")
    (folder / "guildesk-d1-mine.tar").touch()

    surplus = Schedule(folder, "d1", timedelta(hours=1), keep).surplus()

    oldest_first = sorted(ages, reverse=True)[: max(0, len(ages) - keep)]
    assert [it.name for it in surplus] == [name_of("d1", NOW - timedelta(hours=age)) for age in oldest_first]


class Desk:
    """Back-ups by schedule of a store, with a clock and pauses that the test moves."""

    def __init__(self, data_dir: Path, folder: Path, deployment: str) -> None:
        self.now = NOW
        self.told: list[list[str]] = []
        self.pauses: list[float] = []
        self._go_on = asyncio.Event()
        schedule = Schedule(folder, deployment, timedelta(hours=24), 2)
        self.backing_up = BackingUp(data_dir, schedule, self.clock, self.found, self.sleep)

    def clock(self) -> int:
        return int(self.now.timestamp() * 1000)

    async def found(self, faults: Sequence[Fault]) -> None:
        self.told.append([str(it) for it in faults])

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._go_on.clear()
        await self._go_on.wait()

    async def look(self, hours: float) -> None:
        """Let so many hours pass, and wait for the next look."""
        self.now += timedelta(hours=hours)
        looks = len(self.pauses)
        self._go_on.set()
        await until(lambda: len(self.pauses) > looks)


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    task = asyncio.create_task(desk.backing_up.run())
    await until(lambda: bool(desk.pauses))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_by_schedule_they_are_made_and_the_oldest_goes(tmp_path: Path) -> None:
    await fill(tmp_path / "store")
    async with open_new_sqlite(tmp_path / "store", now) as store:
        deployment, backups = store.deployment.id, tmp_path / "backups"
        desk = Desk(tmp_path / "store", backups, deployment)
        desk.now = datetime.now(UTC)
        backups.mkdir()
        for days in (30, 20, 10):
            (backups / name_of(deployment, desk.now - timedelta(days=days))).touch()
        before = sorted(it.name for it in backups.iterdir())

        async with running(desk):
            first = sorted(it.name for it in backups.iterdir())
            await desk.look(hours=1)
            await desk.look(hours=22)
            still = sorted(it.name for it in backups.iterdir())

    assert first[0] == before[2]
    assert first[1] not in before
    assert still == first
    assert (desk.told, desk.pauses) == ([[]], [LOOK] * 3)


async def test_a_failure_is_told_and_tried_again_until_it_is_put_right(tmp_path: Path) -> None:
    await fill(tmp_path / "store")
    (tmp_path / "backups").write_text("in the way")
    desk = Desk(tmp_path / "store", tmp_path / "backups", "d1")

    async with running(desk):
        (tmp_path / "backups").unlink()
        (tmp_path / "store").rename(tmp_path / "elsewhere")
        await desk.look(hours=0.1)
        (tmp_path / "elsewhere").rename(tmp_path / "store")
        await desk.look(hours=0.1)

    assert [len(it) for it in desk.told] == [1, 1, 0]
    assert desk.told[0][0].startswith(f"BACKUP_EVERY: no back-up could be made: {tmp_path}/backups: ")
    assert f"there is no store in {tmp_path}/store" in desk.told[1][0]
    assert desk.pauses == [AGAIN_AFTER * LOOK, AGAIN_AFTER * LOOK, LOOK]


async def test_one_that_is_under_way_is_given_up_when_the_process_stops(tmp_path: Path) -> None:
    await fill(tmp_path / "store")
    desk = Desk(tmp_path / "store", tmp_path / "backups", "d1")
    task = asyncio.create_task(desk.backing_up.run())
    await until(lambda: any((tmp_path / "backups").glob(f"{MAKING}*")) or bool(desk.pauses))

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert not any((tmp_path / "backups").glob(f"{MAKING}*"))
