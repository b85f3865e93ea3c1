"""Threads as Discord has them: who may look into them, and what an archived one takes."""

from typing import Any

import discord

from tests.sandbox.place import Bot, Place

PRIVATE, PUBLIC = 12, 11


async def begin(place: Place, channel: discord.TextChannel, kind: int, who: str = "alice") -> dict[str, Any]:
    body = {"name": "among us", "type": kind}
    reply = await place.ask(who, "POST", f"/channels/{channel.id}/threads", json=body)
    assert reply.status in (200, 201), reply.body
    thread: dict[str, Any] = reply.body
    return thread


async def active(place: Place, who: str) -> list[str]:
    reply = await place.ask(who, "GET", f"/guilds/{place.info['guild_id']}/threads/active")
    return [it["id"] for it in reply.body["threads"]]


async def test_a_private_thread_is_seen_by_its_members_and_by_those_who_manage_threads(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    private, public = [await begin(place, ticket, kind) for kind in (PRIVATE, PUBLIC)]

    assert await active(place, "alice") == [private["id"], public["id"]]
    assert await active(place, "bob") == [public["id"]]
    assert await active(place, "otto") == []
    assert await active(place, "bot") == [private["id"], public["id"]]
    looked = await place.ask("bob", "GET", f"/channels/{private['id']}/messages")
    assert looked.status == 403


async def test_without_managing_threads_the_bot_hears_nothing_of_a_private_one(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    mine = bot.guild.me.guild_permissions.value & ~discord.Permissions(manage_threads=True).value
    await place.tell("PATCH", "/bot", json={"permissions": str(mine)})

    private = await begin(place, ticket, PRIVATE)
    await place.say("alice", private["id"], "in secret")
    public = await begin(place, ticket, PUBLIC)
    await place.say("alice", public["id"], "in public")

    heard = await bot.hears("MESSAGE_CREATE", lambda data: data["channel_id"] == public["id"])
    assert heard["content"] == "in public"
    assert private["id"] not in [data["id"] for name, data in bot.heard if name == "THREAD_CREATE"]
    assert "in secret" not in str(bot.heard)


async def test_only_a_public_thread_that_begins_with_no_message_is_told_of_in_its_channel(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    said = await place.say("alice", ticket.id, "Look at this")
    path = f"/channels/{ticket.id}/messages/{said['id']}/threads"
    assert (await place.ask("alice", "POST", path, json={"name": "on it"})).status == 200
    await begin(place, ticket, PRIVATE)
    public = await begin(place, ticket, PUBLIC)

    messages = [it async for it in ticket.history(oldest_first=True)]
    told = [it for it in messages if it.type is discord.MessageType.thread_created]
    assert [it.reference.channel_id for it in told if it.reference] == [int(public["id"])]
    assert [it.id for it in messages if it.flags.has_thread] == [int(said["id"])]


async def test_a_message_wakes_an_archived_thread_and_nothing_else_does(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    thread = await begin(place, ticket, PUBLIC)
    said = await place.say("alice", thread["id"], "first")
    await place.ask("bot", "PATCH", f"/channels/{thread['id']}", json={"archived": True})
    path = f"/channels/{thread['id']}/messages/{said['id']}"

    edited = await place.ask("alice", "PATCH", path, json={"content": "changed"})
    marked = await place.ask("alice", "PUT", f"{path}/reactions/%F0%9F%91%8D/@me")
    assert (edited.body["code"], marked.body["code"]) == (50083, 50083)
    assert await active(place, "alice") == []

    await place.say("alice", thread["id"], "second")
    assert await active(place, "alice") == [thread["id"]]


async def test_there_are_only_so_many_active_threads(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    await place.tell("PUT", "/limits", json={"active_threads": 1})
    first = await begin(place, ticket, PUBLIC)
    at = f"/channels/{first['id']}"

    second = await place.ask("alice", "POST", f"/channels/{ticket.id}/threads", json={"name": "more"})
    await place.ask("bot", "PATCH", at, json={"archived": True})
    await begin(place, ticket, PUBLIC)
    refused = [
        await place.ask("bot", "PATCH", at, json={"archived": False}),
        await place.ask("alice", "POST", f"{at}/messages", json={"content": "Hello?"}),
    ]

    assert [(it.status, it.body["code"]) for it in (second, *refused)] == [(400, 160006)] * 3
