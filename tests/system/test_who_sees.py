"""Who may see a ticket's channel, over real sockets: put right, said, and found where no event told of it."""

from functools import partial
from typing import Any

import discord
import pytest

from chaos.house import House, until

VIEW = str(discord.Permissions(view_channel=True).value)


async def see(house: House, channel: str) -> dict[str, tuple[str, str]]:
    """The overwrites of a channel, by role or member."""
    (found,) = [it for it in await house.channels() if it["id"] == channel]
    return {it["id"]: (it["allow"], it["deny"]) for it in found["permission_overwrites"]}


async def let_everybody_in(house: House, channel: str) -> None:
    body = {"type": 0, "allow": VIEW, "deny": "0"}
    path = f"/channels/{channel}/permissions/{house.discord['guild_id']}"
    await house.somebody("olive").ask("PUT", path, json=body)


async def synchronize(house: House, channel: str) -> None:
    """As the button does that Discord shows after a channel was moved. The category is public."""
    body = [{"id": channel, "lock_permissions": True, "position": 1}]
    await house.somebody("olive").ask("PATCH", f"/guilds/{house.discord['guild_id']}/channels", json=body)


async def is_as(house: House, channel: str, before: dict[str, Any]) -> bool:
    return await see(house, channel) == before


async def warnings(house: House, channel: str) -> list[str]:
    written = await house.somebody("olive").read(channel)
    return [it["content"] for it in written if it["content"].startswith("⚠️ Who may see")]


async def faults(house: House) -> str:
    async with house.session.get(f"{house.api_url}/readyz") as answer:
        return str((await answer.json())["faults"])


@pytest.mark.parametrize("change", [let_everybody_in, pytest.param(synchronize, marks=pytest.mark.slow)])
async def test_a_change_by_hand_is_put_right_and_its_author_named(house: House, change: Any) -> None:
    channel = await house.channel_of(await house.customer().open())
    before = await see(house, channel)
    await house.limits(audit_seconds=1)

    await change(house, channel)
    await until(partial(is_as, house, channel, before))

    (said,) = await until(lambda: warnings(house, channel))
    assert "was changed by olive: " in said
    assert "everybody was let in" in said
    assert "who" not in await faults(house)


async def test_without_the_audit_log_it_was_by_hand(house: House) -> None:
    channel = await house.channel_of(await house.customer().open())
    before = await see(house, channel)
    me = house.somebody("olive")
    (role,) = [
        it
        for it in await me.ask("GET", f"/guilds/{house.discord['guild_id']}/roles")
        if it["id"] == house.discord["bot_role_id"]
    ]
    allowed = int(role["permissions"]) & ~discord.Permissions(view_audit_log=True).value
    await house.bot(permissions=str(allowed))

    await let_everybody_in(house, channel)
    await until(partial(is_as, house, channel, before))

    (said,) = await until(lambda: warnings(house, channel))
    assert "was changed by hand: " in said
    assert "everybody was let in" in said


@pytest.mark.parametrize("lost", ["event", pytest.param("absence", marks=pytest.mark.slow)])
async def test_a_change_that_was_never_told_of_is_found_when_a_session_begins(
    house: House, lost: str
) -> None:
    channel = await house.channel_of(await house.customer().open())
    before = await see(house, channel)

    if lost == "event":
        await house.gateway("lose", event="CHANNEL_UPDATE", count=1)
        await let_everybody_in(house, channel)
        await house.gateway("drop_no_resume")
    else:
        await house.kill_guildesk()
        await let_everybody_in(house, channel)
        await house.start_guildesk()

    await until(partial(is_as, house, channel, before))
    (said,) = await until(lambda: warnings(house, channel))
    assert "was changed by olive: " in said
    assert "everybody was let in" in said


async def test_late_events_put_nothing_right_twice(house: House) -> None:
    channel = await house.channel_of(await house.customer().open())
    before = await see(house, channel)
    await house.gateway("delay", event="CHANNEL_UPDATE", seconds=0.5, is_random=True)

    for _ in range(4):
        await let_everybody_in(house, channel)
    await until(partial(is_as, house, channel, before))
    await until(lambda: warnings(house, channel))
    await house.gateway("in_time")

    assert len(await warnings(house, channel)) == 1
    assert await see(house, channel) == before


async def test_where_the_bot_was_shut_out_it_is_told_and_listed_until_it_is_right(house: House) -> None:
    ticket = await house.customer().open()
    channel = await house.channel_of(ticket)
    before = await see(house, channel)
    olive, bot = house.somebody("olive"), house.discord["bot_id"]

    await olive.ask("DELETE", f"/channels/{channel}/permissions/{bot}")
    await let_a_friend_in(house, channel)

    async def told() -> bool:
        notices = await olive.read(house.discord["transcript_channel_id"])
        return any(f"channel {channel} of ticket {ticket['number']}" in it["content"] for it in notices)

    await until(told)
    assert "the bot was shut out" in await faults(house)

    mine = before[bot]
    body = {"type": 1, "allow": mine[0], "deny": mine[1]}
    await olive.ask("PUT", f"/channels/{channel}/permissions/{bot}", json=body)

    await until(partial(is_as, house, channel, before))

    async def is_listed_no_more() -> bool:
        return channel not in await faults(house)

    await until(is_listed_no_more)


async def let_a_friend_in(house: House, channel: str) -> None:
    """A friend is let in, while the bot cannot do anything about it."""
    body = {"type": 1, "allow": VIEW, "deny": "0"}
    path = f"/channels/{channel}/permissions/{house.somebody('otto').id}"
    await house.somebody("olive").ask("PUT", path, json=body)
