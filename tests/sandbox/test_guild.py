"""A guild as a community, whose names are filtered, and with boosts that come and go."""

import io

import discord
import pytest

from tests.sandbox.place import Bot, Place


async def test_a_community_refuses_names_and_topics_by_its_words(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    assert (await ticket.guild.create_text_channel("ticket-1488")).name == "ticket-1488"
    await place.tell("PATCH", "/guild", json={"community": True})

    for asked in ({"name": "ticket-1488"}, {"name": "fine", "topic": "ticket 1488"}):
        with pytest.raises(discord.HTTPException) as refused:
            await bot.http.create_channel(bot.guild.id, 0, **asked)
        assert (refused.value.status, refused.value.code) == (400, 50035)
        assert [*(refused.value._errors or {})] == [[*asked][-1]]
    with pytest.raises(discord.HTTPException):
        await ticket.edit(name="1488")
    await bot.hears("GUILD_UPDATE", lambda it: "COMMUNITY" in it["features"])


@pytest.mark.parametrize(
    "name", ["My Discord", "Clyde", "here", "EVERYONE", "a System Message", "x" * 81, "rude"]
)
async def test_webhooks_may_not_be_called_everything(
    ticket: discord.TextChannel, place: Place, name: str
) -> None:
    await place.tell("PATCH", "/guild", json={"refused": {"username": ["rude"]}})
    webhook = await ticket.create_webhook(name="Desk")

    with pytest.raises(discord.HTTPException) as refused:
        await webhook.send("x", username=name)
    assert refused.value.code == 50035
    assert [*(refused.value._errors or {})] == ["username"]
    with pytest.raises(discord.HTTPException):
        await ticket.create_webhook(name=name)


def file(megabytes: float) -> discord.File:
    return discord.File(io.BytesIO(bytes(int(megabytes * 1024 * 1024))), "file.bin")


async def test_how_large_a_file_may_be_follows_the_guilds_tier(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    await ticket.send(file=file(10))
    await place.tell("PATCH", "/guild", json={"premium_tier": 2})
    await bot.hears("GUILD_UPDATE", lambda it: it["premium_tier"] == 2)
    assert bot.guild.filesize_limit == 50 * 1024 * 1024
    await ticket.send(file=file(11))

    await place.tell("PATCH", "/guild", json={"premium_tier": 0})

    with pytest.raises(discord.HTTPException) as refused:
        await ticket.send(file=file(11))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_a_request_has_a_limit_of_its_own(ticket: discord.TextChannel, place: Place) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await ticket.send(files=[file(9.9) for _ in range(3)])
    assert (refused.value.status, refused.value.code) == (413, 40005)

    await ticket.send(files=[file(9.9) for _ in range(2)])
    await place.tell("PUT", "/limits", json={"request_bytes": 1024})
    with pytest.raises(discord.HTTPException):
        await ticket.send(file=file(0.1))
