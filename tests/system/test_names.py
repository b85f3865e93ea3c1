"""In a community guild Discord refuses names: tickets have channels all the same, or people are told."""

from typing import Any

import pytest

from chaos.house import House, until
from tickets.model import TicketId

pytestmark = pytest.mark.slow


async def test_tickets_get_channels_whatever_names_are_refused(house: House) -> None:
    await house.guild(
        community=True, refused={"name": ["0001", "general"], "topic": ["ticket 1"], "username": ["casey"]}
    )
    await house.limits(per_category=1)
    casey = house.customer()

    first, second = await casey.open(), await casey.open()
    await casey.post(first, "Hello?")

    channel = await until(lambda: _marked(house, first["id"]))
    other = await until(lambda: _marked(house, second["id"]))
    await house.hears(channel["id"], ["Hello?"])
    assert [channel["name"], other["name"]] == ["ticket", "ticket-0002"]
    parents = {it["id"]: it["name"] for it in await house.channels() if it["type"] == 4}
    assert parents[other["parent_id"]] == "NORMAL 2"
    _, seen = await casey.ask("GET", f"/tickets/{second['id']}")
    assert (seen["issue_level"], seen["discord"]["state"]) == ("NORMAL", "open")
    said = [it for it in await house.somebody("ada").read(channel["id"]) if it.get("webhook_id")]
    assert [it["author"]["username"] for it in said] == ["Somebody · requester"]


async def test_a_ticket_that_gets_no_channel_is_never_silent(house: House) -> None:
    await house.guild(community=True, refused={"name": ["ticket", "desk"]})
    casey = house.customer()

    ticket = await casey.open()
    await casey.post(ticket, "Anybody?")

    (fault,) = await until(lambda: _faults(house))
    assert "Ticket 1 has no channel" in fault
    assert "guildesk_standing_faults 1.0" in await _metrics(house)
    assert "guildesk_tickets_without_channel 1.0" in await _metrics(house)
    await until(lambda: _admins_are_told(house))
    assert await house.is_ready()

    await house.guild(refused={})
    channel = await until(lambda: _marked(house, ticket["id"]), 40)
    await house.hears(channel["id"], ["Anybody?"])
    await until(lambda: _is_right(house))


async def _marked(house: House, ticket_id: TicketId) -> dict[str, Any] | None:
    return next((it for it in await house.channels() if ticket_id in (it.get("topic") or "")), None)


async def _faults(house: House) -> list[str]:
    async with house.session.get(f"{house.api_url}/readyz") as answer:
        return list((await answer.json())["faults"])


async def _is_right(house: House) -> bool:
    return not await _faults(house)


async def _metrics(house: House) -> str:
    async with house.session.get(f"{house.api_url}/metrics") as answer:
        return await answer.text()


async def _admins_are_told(house: House) -> bool:
    told = await house.somebody("ada").read(house.discord["transcript_channel_id"])
    return any("Ticket 1 has no channel" in it["content"] and it["mention_roles"] for it in told)
