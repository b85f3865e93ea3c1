"""The board and the log channel, with real processes that are killed and answers that get lost."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chaos.house import House, until
from config import faults
from tests.system.test_slips import named

pytestmark = pytest.mark.slow

VIEW = 1 << 10
SEND = 1 << 11
HISTORY = 1 << 16


async def private_channel(house: House, name: str) -> str:
    """A text channel that the bot and staff see."""
    discord, olive = house.discord, house.somebody("olive")
    allowed = str(VIEW | SEND | HISTORY)
    overwrites: list[dict[str, Any]] = [
        {"id": discord["guild_id"], "type": 0, "deny": str(VIEW), "allow": "0"},
        {"id": discord["bot_id"], "type": 1, "allow": allowed, "deny": "0"},
        *({"id": it, "type": 0, "allow": allowed, "deny": "0"} for it in discord["roles"].values()),
    ]
    body = {"name": name, "type": 0, "permission_overwrites": overwrites}
    made = await olive.ask("POST", f"/guilds/{discord['guild_id']}/channels", json=body)
    return str(made["id"])


@pytest.fixture
async def staffed(tmp_path: Path) -> AsyncIterator[House]:
    """A house with both channels; its Guildesk is not started yet."""
    async with aiohttp.ClientSession() as session:
        house = House(tmp_path, session, RATE_LIMITS="off", MAX_OPEN_TICKETS="1000", CLOSE_GRACE="0")
        try:
            await house.start_sandbox()
            house.settings |= {
                "BOARD_CHANNEL_ID": await private_channel(house, "board"),
                "LOG_CHANNEL_ID": await private_channel(house, "log"),
            }
            yield house
        finally:
            await house.stop()


async def lines(house: House) -> list[str]:
    """Every line that was ever to be read in the log channel, without its time and link."""
    created = await house.happened("MESSAGE_CREATE", house.settings["LOG_CHANNEL_ID"])
    return [re.sub(r"^<t:\d+:T> \*\*\[?(#\d+)[^*]*\*\*", r"\1", it["content"]) for it in created]


async def boards(house: House) -> int:
    """How many messages there ever were in the board's channel."""
    return len(await house.happened("MESSAGE_CREATE", house.settings["BOARD_CHANNEL_ID"]))


@pytest.mark.slow
async def test_each_line_comes_once_whoever_is_killed_and_whatever_answer_is_lost(staffed: House) -> None:
    await staffed.start_guildesk()
    casey, wanted = staffed.customer(), []
    log_channel = staffed.settings["LOG_CHANNEL_ID"]
    for number in range(1, 4):
        await staffed.fault(method="POST", path=rf"/channels/{log_channel}/messages", count=1, cut="after")
        ticket = await casey.open(topic=f"Ticket {number}")
        await casey.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "CANCELED"})
        wanted += [
            f"#{number} Casey opened this ticket. Ticket {number}",
            f"#{number} Casey closed this ticket as Canceled.",
        ]
        await staffed.kill_guildesk()
        await staffed.start_guildesk()

    async def all_is_told() -> bool:
        told = await lines(staffed)
        return set(wanted) <= {it for it in told if "channel" not in it}

    await until(all_is_told, 40)

    assert sorted(it for it in await lines(staffed) if "channel" not in it) == sorted(wanted)

    async def has_a_board() -> bool:
        return await boards(staffed) == 1

    await until(has_a_board)


async def test_a_channel_that_is_closed_to_the_bot_is_a_named_fault(staffed: House) -> None:
    right = dict(staffed.settings)
    staffed.settings["BOARD_CHANNEL_ID"] = "1"
    staffed.settings["LOG_CHANNEL_ID"] = staffed.discord["public_channel_id"]

    await staffed.start_guildesk()

    await named(staffed, faults.CHANNEL_MISSING, faults.CHANNEL_PUBLIC)
    assert right["LOG_CHANNEL_ID"] != staffed.settings["LOG_CHANNEL_ID"]
