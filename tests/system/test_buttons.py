"""Buttons and selects work after the program was killed: whatever process runs can answer them."""

from functools import partial
from pathlib import Path
from typing import Any

from chaos.house import House, housed
from tests.waiting import until

BUTTON, SELECT = 2, 3


async def press(
    house: House, who: str, channel: str, message: str, key: str, *values: str, wait: int = 10
) -> dict[str, Any]:
    """What somebody is shown who presses a button, or chooses in a select."""
    data: dict[str, Any] = {"component_type": SELECT if values else BUTTON, "custom_id": f"guildesk:{key}"}
    if values:
        data["values"] = list(values)
    body = {
        "type": 3,
        "application_id": house.discord["application_id"],
        "guild_id": house.discord["guild_id"],
        "channel_id": channel,
        "message_id": message,
        "data": data,
    }
    told: dict[str, Any] = await house.somebody(who).ask("POST", f"/interactions?wait={wait}", json=body)
    return told


async def send(house: House, who: str, channel: str, form: str, **values: str) -> dict[str, Any]:
    """What somebody is shown who sends a form."""
    components = [
        {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
        for name, value in values.items()
    ]
    body = {
        "type": 5,
        "application_id": house.discord["application_id"],
        "guild_id": house.discord["guild_id"],
        "channel_id": channel,
        "data": {"custom_id": form, "components": components},
    }
    told: dict[str, Any] = await house.somebody(who).ask("POST", "/interactions?wait=10", json=body)
    return told


async def restart(house: House) -> None:
    """Kill the program, and wait until another hears what is pressed."""
    await house.kill_guildesk()
    await house.start_guildesk()
    log_file = house.data_dir / house.log_name
    await until(lambda: log_file.read_text().count("connected to Discord") == 2)


async def test_what_stands_on_a_card_works_after_a_restart(house: House) -> None:
    ticket = await house.customer().open(support_role="TECHNICAL")
    channel = await house.channel_of(ticket)
    (card,) = [it["id"] for it in await house.somebody("ada").read(channel) if it["pinned"]]
    opened = (await press(house, "ada", channel, card, "more"))["response"]["id"]
    blocking = (await press(house, "ada", channel, opened, "block"))["modal"]["custom_id"]
    closing = (await press(house, "ada", channel, card, "close"))["modal"]["custom_id"]

    await restart(house)

    claimed = await press(house, "dora", channel, card, "claim")
    urgent = await press(house, "ada", channel, opened, "level", "URGENT")
    assert claimed["response"]["content"] == f"Ticket {ticket['number']} is yours."
    assert urgent["response"]["content"] == f"Ticket {ticket['number']} is Urgent now."
    await until(partial(_is, house, ticket, issue_level="URGENT"))

    blocked = await send(house, "ada", channel, blocking, days="3", reason="Spam")
    closed = await send(house, "ada", channel, closing, reason="Sold")
    assert "Blocked until" in blocked["response"]["content"]
    assert "is closed as Unresolved" in closed["response"]["content"]
    await until(partial(_is, house, ticket, status="UNRESOLVED", close_reason="Sold"))


async def test_what_stands_below_a_closing_works_after_a_restart(tmp_path: Path) -> None:
    async with housed(tmp_path, RATE_LIMITS="off", CLOSE_GRACE="600") as house:
        ticket = await house.customer().open()
        channel = await house.channel_of(ticket)
        await house.somebody("ada").command(house.discord["guild_id"], channel, "close")
        notice = await _notice(house, channel)

        await restart(house)

        await press(house, "ada", channel, notice, "keep:")
        kept = await house.ask_sandbox("GET", f"messages/{channel}/{notice}")
        assert "keeps this channel open until" in kept["content"]
        again = await press(house, "ada", channel, notice, "reopen:")
        assert again["response"]["content"] == f"Ticket {ticket['number']} is open again."
        await until(partial(_is, house, ticket, status="OPEN"))


async def _notice(house: House, channel: str) -> str:
    """The line about the closing."""
    found: list[str] = []

    async def is_there() -> bool:
        read = await house.somebody("ada").read(channel)
        found.extend(it["id"] for it in read if it["content"].startswith("Closed as"))
        return bool(found)

    await until(is_there)
    return found[0]


async def _is(house: House, ticket: dict[str, Any], **fields: str) -> bool:
    _, now = await house.customer().ask("GET", f"/tickets/{ticket['id']}")
    return all(now[name] == value for name, value in fields.items())
