"""Assignment over real sockets: whoever is not staff any more gets no ticket."""

from pathlib import Path
from typing import Any

import pytest

from chaos.house import House, housed, until

pytestmark = pytest.mark.slow


async def assignee_of(house: House, ticket: dict[str, Any]) -> str | None:
    _, now = await house.agent().ask("GET", f"/tickets/{ticket['id']}")
    return now["assignee"]["id"] if now["assignee"] else None


@pytest.mark.parametrize("how", ["lost the role", "left"])
async def test_who_lost_the_role_or_left_gets_no_tickets(tmp_path: Path, how: str) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", ASSIGNMENT="round_robin") as house:
        casey, alice, olive = house.customer(), house.somebody("alice"), house.somebody("olive")
        guild = house.discord["guild_id"]
        await alice.command(guild, house.discord["public_channel_id"], "duty", state="on")

        async def is_given_to_alice() -> bool:
            return await assignee_of(house, await casey.open()) == alice.id

        await until(is_given_to_alice)

        member = f"/guilds/{guild}/members/{alice.id}"
        role = house.discord["roles"]["support_team"]
        await olive.ask("DELETE", member if how == "left" else f"{member}/roles/{role}")
        ticket = await casey.open()

        async def is_nobodys() -> bool:
            return await assignee_of(house, ticket) is None

        await until(is_nobodys)
        assert await assignee_of(house, await casey.open()) is None
        status, refused = await house.agent().ask("PATCH", f"/tickets/{ticket['id']}", {"assignee": alice.id})
        assert (status, refused["code"]) == (409, "agent_does_not_see_ticket")
