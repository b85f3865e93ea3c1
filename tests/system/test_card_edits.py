"""Edits of cards are gathered: under load they take few requests, and Discord never says 429 to anything."""

import asyncio
import re
from typing import Any

import pytest

from chaos.house import House
from tests.waiting import until

pytestmark = pytest.mark.slow

TICKETS, CHANGES = 12, 6


async def test_neither_cards_nor_lines_meet_a_429_when_many_tickets_change(house: House) -> None:
    agent, tickets = house.agent(), []
    for number in range(TICKETS):
        tickets.append(await house.customer(f"user{number}").open())
    cards = [await _card(house, await house.channel_of(it)) for it in tickets]
    await house.limits(on=True)
    before = await house.requests_so_far()

    for change in range(CHANGES):
        await asyncio.gather(*(_change(agent, it, f"Topic {change}") for it in tickets))
    await until(lambda: _all_show(house, cards, f"Topic {CHANGES - 1}"), 40)

    everything = await house.requests_since(before)
    assert [it for it in everything if it["status"] == 429] == []
    asked = [it for it in everything if _is_edit(it)]
    assert len({it["path"] for it in asked}) == TICKETS
    assert len(asked) <= TICKETS * 3


async def _card(house: House, channel: str) -> str:
    """Where the sandbox tells of the card, which is no request of anybody's."""
    (card,) = [it for it in await house.somebody("ada").read(channel) if it["pinned"]]
    return f"messages/{channel}/{card['id']}"


async def _change(agent: Any, ticket: dict[str, Any], topic: str) -> None:
    await agent.ask("PATCH", f"/tickets/{ticket['id']}", {"topic": topic})


def _is_edit(asked: dict[str, Any]) -> bool:
    return asked["method"] == "PATCH" and re.search(r"/channels/\d+/messages/\d+$", asked["path"]) is not None


async def _all_show(house: House, cards: list[str], topic: str) -> bool:
    """Whether each card has this topic."""
    return all([topic in str(await house.ask_sandbox("GET", it)) for it in cards])
