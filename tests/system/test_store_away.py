"""The store locked, or without room: 503 and nothing acknowledged, then all goes on."""

import resource
import sqlite3
import sys

import pytest

from chaos.house import House, until


async def test_a_locked_store_is_503_and_recovers(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    locked = sqlite3.connect(house.store_file, isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")

    status, answer = await casey.ask("POST", f"/tickets/{ticket['id']}/messages", {"content": "lost?"})
    locked.execute("ROLLBACK")
    locked.close()

    assert (status, answer["error"]) == (503, "UNAVAILABLE")
    await casey.post(ticket, "kept")
    assert [it["content"] for it in await casey.messages(ticket)] == ["kept"]


@pytest.mark.skipif(sys.platform != "linux", reason="limiting another process's files needs Linux")
async def test_a_full_disk_is_503_and_recovers(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    assert house.guildesk is not None
    pid = house.guildesk.pid
    full = house.store_file.stat().st_size // 2
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))

    refused = 0
    for number in range(200):
        status, answer = await casey.ask(
            "POST", f"/tickets/{ticket['id']}/messages", {"content": f"{number} " + "x" * 3000}
        )
        if status == 503:
            assert answer["error"] == "UNAVAILABLE"
            refused += 1
            break
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    acknowledged = [it["content"].split()[0] for it in await casey.messages(ticket)]

    assert refused
    assert acknowledged == [str(number) for number in range(len(acknowledged))]

    async def accepts() -> bool:
        status, _ = await casey.ask("POST", f"/tickets/{ticket['id']}/messages", {"content": "back"})
        return status == 201

    await until(accepts)
