"""The gateway tells late, in another order, or never: nothing is lost, and nothing arrives twice."""

import asyncio
from collections import Counter
from functools import partial
from typing import Any

from chaos.house import Customer, House, until

RANDOMLY_LATE = {"event": "MESSAGE_.*", "seconds": 0.5, "is_random": True}


async def test_what_two_of_staff_and_a_requester_write_at_once_arrives_in_full(house: House) -> None:
    casey = house.customer()
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.gateway("delay", **RANDOMLY_LATE)

    async with casey.listening():
        written = await asyncio.gather(
            _write_many(house, "alice", channel),
            _write_many(house, "ada", channel),
            _post_many(casey, ticket),
        )
        staffs = [*written[0], *written[1]]
        await until(partial(_are_there, casey, ticket, staffs))
        await house.hears_once(channel, written[2])
        await until(partial(_are_marked, house, channel, staffs))

    heard = Counter(said["content"] for event, said in casey.heard if event == "message")
    assert heard == Counter(staffs)


async def test_closing_in_discord_passes_on_what_is_still_to_be_told_of(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.gateway("delay", event="MESSAGE_CREATE", seconds=60)

    sent = [await ada.write(channel, f"{number}") for number in range(3)]
    await ada.edit(channel, sent[1]["id"], "one")
    await ada.command(house.discord["guild_id"], channel, "close")
    await until(partial(house.is_removed, channel))

    assert [it["content"] for it in await casey.messages(ticket)] == ["0", "one", "2"]


async def test_what_a_closing_over_the_api_has_overtaken_is_kept_as_a_note(house: House) -> None:
    casey, ada = house.customer(), house.somebody("ada")
    ticket = await casey.open()
    channel = await house.channel_of(ticket)
    await house.gateway("delay", event="MESSAGE_CREATE", seconds=60)

    await ada.write(channel, "One last thing.")
    await casey.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "CANCELED"})
    await until(partial(house.is_removed, channel))

    _, notes = await house.agent().ask("GET", f"/tickets/{ticket['id']}/notes")
    told = [it["content"] for it in await house.happened("MESSAGE_CREATE", channel)]
    assert [it["content"] for it in notes] == ["One last thing."]
    assert sum(it.startswith("Kept as a note, not sent") for it in told) == 1
    assert await casey.messages(ticket) == []


async def _write_many(house: House, who: str, channel: str, count: int = 30) -> list[str]:
    words = [f"{who} {number}" for number in range(count)]
    for word in words:
        await house.somebody(who).write(channel, word)
    return words


async def _post_many(customer: Customer, ticket: dict[str, Any], count: int = 30) -> list[str]:
    words = [f"{customer.name} {number}" for number in range(count)]
    for word in words:
        await customer.post(ticket, word)
    return words


async def _are_there(customer: Customer, ticket: dict[str, Any], words: list[str]) -> bool:
    there = Counter(it["content"] for it in await customer.messages(ticket))
    assert not any(count > 1 for count in there.values())
    return set(words) <= there.keys()


async def _are_marked(house: House, channel: str, words: list[str]) -> bool:
    read = {it["content"]: it for it in await house.somebody("ada").read(channel)}
    return all(read[word].get("reactions") for word in words)
