"""The store locked, or without room: 503 and nothing acknowledged; then all goes on, on both sides."""

import os
import resource
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chaos.house import Customer, House, housed, until

STEP = 1 << 16


@dataclass
class Disk:
    """Where the store is. A real file system of 8 MB where this user may mount one, else files that may not
    grow."""

    folder: Path
    is_mounted: bool
    _before: tuple[int, int] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def fill(self, pid: int) -> None:
        if not self.is_mounted:
            largest = max(file.stat().st_size for file in self.folder.iterdir()) // 2
            self._before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, self._before[1]))
            return
        with (self.folder / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
            for step in (STEP, 1024):
                with suppress(OSError):
                    while ballast.write(b"x" * step):
                        pass

    def free(self, pid: int) -> None:
        if self.is_mounted:
            (self.folder / "ballast").unlink()
        else:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, self._before)


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    folder.mkdir()
    mount = [shutil.which("mount") or "", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    is_mounted = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
    try:
        yield Disk(folder, is_mounted)
    finally:
        if is_mounted:
            subprocess.run([shutil.which("umount") or "", "--lazy", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
async def on_disk(tmp_path: Path, disk: Disk) -> AsyncIterator[House]:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="1", DATA_DIR=str(disk.folder)) as house:
        yield house


async def refused(customer: Customer, method: str, path: str, body: object = None) -> None:
    """The API says that the store is away, and when to come again."""
    async with customer.house.session.request(
        method,
        f"{customer.house.api_url}/api/v1{path}",
        json=body,
        headers={"Authorization": f"Bearer {customer.token}"},
    ) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert (await answer.json())["error"] == "UNAVAILABLE"


async def test_a_locked_store_is_503_and_all_that_happened_meanwhile_is_caught_up(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket, other = await casey.open(), await casey.open()
    channel, closing_channel = await house.channel_of(ticket), await house.channel_of(other)
    await casey.post(ticket, "before")
    await house.hears(channel, ["before"])
    tpyo, slip = [await ada.write(channel, text) for text in ("tpyo", "slip")]
    await until(lambda: _has(casey, ticket, ["before", "tpyo", "slip"]))

    with closing(sqlite3.connect(house.store_file, isolation_level=None)) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        await refused(casey, "POST", "/tickets", {"topic": "T", "description": "D"})
        await refused(casey, "POST", f"/tickets/{ticket['id']}/messages", {"content": "lost?"})
        await ada.write(channel, "while it was locked")
        await ada.edit(channel, tpyo["id"], "typo")
        await ada.delete(channel, slip["id"])
        await ada.command(house.discord["guild_id"], closing_channel, "close")
        assert [it["content"] for it in await casey.messages(ticket)] == ["before", "tpyo", "slip"]
        locked.execute("ROLLBACK")

    await until(lambda: _has(casey, ticket, ["before", "typo", "", "while it was locked"]), 40)
    await until(house.is_ready)
    await casey.post(ticket, "after")
    await house.hears(channel, ["before", "after"])
    await ada.command(house.discord["guild_id"], closing_channel, "close")
    await until(lambda: house.is_removed(closing_channel))
    assert len(await _tickets(casey)) == 2


async def test_a_full_disk_is_503_and_all_that_happened_meanwhile_is_caught_up(
    on_disk: House, disk: Disk
) -> None:
    house = on_disk
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    assert house.guildesk is not None
    pid = house.guildesk.pid

    disk.fill(pid)
    acknowledged = await _post_until_refused(casey, ticket)
    await refused(casey, "POST", "/tickets", {"topic": "T", "description": "D"})
    staffs = [f"staff {number}" for number in range(3)]
    for words in staffs:
        await ada.write(channel, words)
    assert [it["content"] for it in await casey.messages(ticket)] == acknowledged
    disk.free(pid)

    await until(lambda: _has(casey, ticket, [*acknowledged, *staffs]), 40)
    await until(house.is_ready)
    await casey.post(ticket, "room again")
    await casey.open()
    await until(lambda: _shown(house, channel, [*acknowledged, "room again"]), 60)
    marked = [it for it in await ada.read(channel) if it["content"] in staffs and it.get("reactions")]
    assert len(marked) == len(staffs)


async def _post_until_refused(casey: Customer, ticket: dict[str, Any]) -> list[str]:
    """Everything that was acknowledged until there was no room."""
    acknowledged: list[str] = []
    for number in range(3000):
        words = f"{number} " + "x" * 1500
        status, answer = await casey.ask("POST", f"/tickets/{ticket['id']}/messages", {"content": words})
        if status == 503:
            assert answer["error"] == "UNAVAILABLE"
            return acknowledged
        acknowledged.append(words)
    raise AssertionError("there always was room")


async def _has(casey: Customer, ticket: dict[str, Any], words: list[str]) -> bool:
    return [it["content"] for it in await casey.messages(ticket)] == words


async def _shown(house: House, channel: str, words: list[str]) -> bool:
    said = await house.said_by_requesters(channel)
    return said == words[-len(said) :] and bool(said) and said[-1] == words[-1]


async def _tickets(casey: Customer) -> list[dict[str, Any]]:
    _, tickets = await casey.ask("GET", "/tickets")
    return list(tickets)
