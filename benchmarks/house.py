"""A Guildesk with tickets that have their channels."""

import asyncio
from collections.abc import Sequence
from typing import Any

import aiohttp

from benchmarks.http_load import connect, request
from benchmarks.programs import Discord, token_of

LEVELS = ("NORMAL", "URGENT", "CRITICAL")


async def open_ticket(port: int, user: str, level: str = "NORMAL") -> dict[str, Any]:
    """A new ticket of the user's, as the API answers it."""
    connection = await connect(port)
    body = {"topic": "It does not start", "description": "Nothing happens.", "issue_level": level}
    answer = await connection.ask(request("POST", "/api/v1/tickets", token_of(user), body))
    connection.close()
    assert answer.status == 201, answer
    return dict(answer.json())


async def open_tickets(
    session: aiohttp.ClientSession, world: Discord, port: int, users: Sequence[str], patience: float = 60
) -> list[str]:
    """A ticket for each user, the levels in turn; gives their channels once all are there, with a card."""
    numbers = []
    for number, user in enumerate(users):
        numbers.append((await open_ticket(port, user, LEVELS[number % 3]))["number"])
    async with asyncio.timeout(patience):
        while True:
            found = {it["name"]: it["id"] for it in await channels(session, world) if it["last_message_id"]}
            names = [f"ticket-{number:04}" for number in numbers]
            if all(name in found for name in names):
                return [found[name] for name in names]
            await asyncio.sleep(0.2)


async def channels(session: aiohttp.ClientSession, world: Discord) -> list[dict[str, Any]]:
    """The channels of tickets, as Discord has them."""
    url = f"{world['api_base']}/guilds/{world['guild_id']}/channels"
    headers = {"Authorization": world["people"]["ada"]["token"]}
    async with session.get(url, headers=headers, raise_for_status=True) as answer:
        return [it for it in await answer.json() if it["name"].startswith("ticket-")]
