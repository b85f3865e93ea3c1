"""Two agents press and type the same at once, a hundred times: one gets it, and the other is told who."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponseError

from chaos.house import House, housed
from tests.system.test_buttons import press
from tests.waiting import until

pytestmark = pytest.mark.slow

ROUNDS = {"claim": 40, "next": 30, "close": 30}
PRESSED = 8
"""Cards on which both press."""


async def command(house: House, who: str, channel: str, name: str, **options: str | bool) -> str:
    """What somebody reads who types a command."""
    said = await house.somebody(who).command(house.discord["guild_id"], channel, name, 10, **options)
    return str(said["response"]["content"])


async def button(house: House, who: str, channel: str, card: str, key: str) -> str:
    """What somebody reads who presses a button, or types the command if the card has another one meanwhile:
    its edits are gathered, so it is some seconds behind."""
    try:
        said: dict[str, Any] = await press(house, who, channel, card, key)
    except ClientResponseError as error:
        if error.status != 400:
            raise
        return await command(house, who, channel, key)
    return str(said["response"]["content"])


NOTHING = "No ticket that you can see waits for somebody."
"""What somebody is told who takes the next one, and looks after the other has it."""


async def winner(won: str, **said: Awaitable[str]) -> str:
    """Who was told that it is theirs; the other was told who that is."""
    heard = dict(zip(said, await asyncio.gather(*said.values()), strict=True))
    assert sum(won in it for it in heard.values()) == 1, heard
    (first,) = [who for who, it in heard.items() if won in it]
    (other,) = [it for who, it in heard.items() if who != first]
    assert first in other or NOTHING in other, heard
    return first


async def pressed(house: House, who: str, channel: str, card: str, key: str) -> str:
    """What somebody reads who presses a button."""
    return str((await press(house, who, channel, card, key))["response"]["content"])


async def test_of_two_presses_on_one_card_at_once_one_wins(tmp_path: Path) -> None:
    both = ("ada", "dora")
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="600") as house:

        async def claims(channel: str) -> int:
            """How many lines of the channel say that somebody took the ticket."""
            return sum(
                "claimed this ticket" in it["content"] for it in await house.somebody("ada").read(channel)
            )

        channels = []
        for number in range(PRESSED):
            ticket = await house.customer().open()
            channel = await house.channel_of(ticket)
            (card,) = [it["id"] for it in await house.somebody("ada").read(channel) if it["pinned"]]
            order = both if number % 2 else both[::-1]

            first = await winner(
                "is yours", **{it: pressed(house, it, channel, card, "claim") for it in order}
            )

            _, now = await house.customer().ask("GET", f"/tickets/{ticket['id']}")
            assert now["assignee"]["name"].startswith(first)
            await until(partial(claims, channel))
            channels.append(channel)
        assert [await claims(it) for it in channels] == [1] * PRESSED


async def test_one_wins_and_the_other_is_told_who(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="600") as house:
        ticket = await house.customer().open()
        channel = await house.channel_of(ticket)
        (card,) = [it["id"] for it in await house.somebody("ada").read(channel) if it["pinned"]]
        won = {"ada": 0, "dora": 0}

        for number in range(ROUNDS["claim"]):
            pressing, typing = ("ada", "dora") if number % 2 else ("dora", "ada")
            doors = {
                pressing: button(house, pressing, channel, card, "claim"),
                typing: command(house, typing, channel, "claim"),
            }
            first = await winner("is yours", **doors)
            won[first] += 1
            assert "nobody's" in await command(house, first, channel, "release")
        for _ in range(ROUNDS["next"]):
            first = await winner(
                "This is yours now", **{it: command(house, it, channel, "next") for it in won}
            )
            assert "nobody's" in await command(house, first, channel, "release")
        for _ in range(ROUNDS["close"]):
            closing = {it: command(house, it, channel, "close", anyway=True) for it in won}
            await winner("is closed as Unresolved", **closing)
            assert "is open again" in await command(house, "ada", channel, "reopen")
