"""Admins see all processes that work on the store, and what became of them."""

from pathlib import Path
from typing import Any

import pytest

from chaos.house import Customer, House, housed, until

pytestmark = pytest.mark.slow


async def processes(house: House) -> list[dict[str, Any]]:
    status, found = await Customer(house, "root", "ADMIN").ask("GET", "/processes")
    assert status == 200
    return list(found)


async def test_each_process_is_told_with_its_role_until_it_ends(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off") as house:
        second = house.beside()
        await second.start_guildesk()
        try:
            await until(lambda: _roles(house, ["follower", "leader"]))
            leader, follower = sorted(await processes(second), key=lambda it: it["role"] != "leader")
            assert (leader["discord"], follower["discord"]) == ("ok", None)
            assert leader["pid"] != follower["pid"]
            assert {it["store"] for it in (leader, follower)} == {"SQLite"}
            assert (await house.agent().ask("GET", "/processes"))[0] == 403
            assert (await house.customer().ask("GET", "/processes"))[0] == 403
        finally:
            assert second.guildesk is not None
            await second.guildesk.stop()

        assert [it["name"] for it in await processes(house)] == [leader["name"]]


async def _roles(house: House, wanted: list[str]) -> bool:
    return sorted(it["role"] for it in await processes(house)) == wanted
