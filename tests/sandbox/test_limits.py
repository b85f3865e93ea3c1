"""Rate limits, switched on, count and tell as Discord's do."""

import asyncio

import discord

from tests.sandbox.place import Bot, Place


async def test_without_them_nothing_is_counted(ticket: discord.TextChannel, place: Place) -> None:
    replies = [
        await place.ask("bot", "POST", f"/channels/{ticket.id}/messages", json={"content": "x"})
        for _ in range(8)
    ]

    assert {reply.status for reply in replies} == {200}
    assert "X-RateLimit-Limit" not in replies[0].headers


async def test_five_messages_fit_into_five_seconds(ticket: discord.TextChannel, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"on": True})
    path = f"/channels/{ticket.id}/messages"
    replies = [await place.ask("bot", "POST", path, json={"content": str(n)}) for n in range(6)]

    assert [reply.status for reply in replies] == [200] * 5 + [429]
    assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["4", "3", "2", "1", "0", "0"]
    refused = replies[-1]
    assert 4 < refused.body["retry_after"] <= 5
    assert not refused.body["global"]
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Retry-After"] == "5"
    assert (await place.ask("alice", "POST", path, json={"content": "people are free"})).status == 200


async def test_each_channel_and_each_webhook_has_its_own(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    hooks = [await ticket.create_webhook(name=name) for name in ("One", "Two")]
    await place.tell("PUT", "/limits", json={"on": True, "webhooks": [2, 60]})
    statuses = [
        (await place.ask(None, "POST", f"/webhooks/{hook.id}/{hook.token}", json={"content": "x"})).status
        for hook in hooks
        for _ in range(3)
    ]

    assert statuses == [204, 204, 429] * 2


async def test_a_third_rename_is_refused_though_the_bucket_has_room(
    ticket: discord.TextChannel, place: Place
) -> None:
    await place.tell("PUT", "/limits", json={"on": True})
    path = f"/channels/{ticket.id}"
    renames = [await place.ask("bot", "PATCH", path, json={"name": f"n-{n}"}) for n in range(3)]
    move = await place.ask("bot", "PATCH", path, json={"parent_id": place.info["categories"]["urgent"]})

    assert [reply.status for reply in renames] == [200, 200, 429]
    assert int(renames[2].headers["X-RateLimit-Remaining"]) > 0
    assert renames[2].body["retry_after"] > 500
    assert move.status == 200


async def test_fifty_requests_a_second_are_the_most(ticket: discord.TextChannel, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"on": True, "overall": [3, 60], "others": [100, 1]})
    replies = [await place.ask("bot", "GET", f"/channels/{ticket.id}") for _ in range(4)]

    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[3].body["global"]
    assert replies[3].headers["X-RateLimit-Global"] == "true"


async def test_a_client_waits_its_turn_and_loses_nothing(ticket: discord.TextChannel, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"on": True, "messages": [5, 0.2]})
    await asyncio.gather(*(ticket.send(str(n)) for n in range(12)))
    await place.tell("PUT", "/limits", json={"on": False})

    assert len([m async for m in ticket.history(limit=None)]) == 12
