"""The gateway drops, resumes and forgets as Discord's does."""

import time
import zlib

import aiohttp
import discord

from tests.sandbox.place import SOON, Bot, Place


async def test_what_was_missed_is_replayed_on_resume(bot: Bot, place: Place) -> None:
    channel = place.info["public_channel_id"]
    await place.tell("POST", "/gateway", json={"action": "drop"})
    for text in ("one", "two", "three"):
        await place.say("otto", channel, text)

    await bot.hears("RESUMED")
    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "three")
    heard = [data["content"] for name, data in bot.heard if name == "MESSAGE_CREATE"]
    assert heard == ["one", "two", "three"]
    assert bot.count("READY") == 1


async def test_a_session_that_is_gone_begins_anew(bot: Bot, place: Place) -> None:
    await place.tell("POST", "/gateway", json={"action": "drop_no_resume"})
    await place.say("otto", place.info["public_channel_id"], "missed")

    await bot.hears("op 9")
    await bot.hears("READY", lambda _: bot.count("READY") == 2)
    assert bot.count("RESUMED") == 0
    assert bot.count("MESSAGE_CREATE") == 0


async def test_a_session_can_be_declared_invalid(bot: Bot, place: Place) -> None:
    reply = await place.tell("POST", "/gateway", json={"action": "invalid_session"})

    await bot.hears("READY", lambda _: bot.count("READY") == 2)
    assert reply.body == {"connections": 1, "identified": 1}


async def test_a_client_told_to_reconnect_resumes(bot: Bot, place: Place) -> None:
    await place.tell("POST", "/gateway", json={"action": "reconnect"})

    await bot.hears("RESUMED")
    assert bot.count("READY") == 1


async def test_no_heartbeat_is_acknowledged_faster_than_by_a_network(place: Place) -> None:
    """discord.py would take the answer for a late one to the heartbeat before."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(place.info["gateway_url"]) as socket,
    ):
        assert (await socket.receive_json())["op"] == 10
        sent_at = time.perf_counter()
        await socket.send_json({"op": 1, "d": None})

        assert (await socket.receive_json())["op"] == 11
        assert time.perf_counter() - sent_at > 0.01


async def test_events_can_be_lost(bot: Bot, place: Place) -> None:
    channel = place.info["public_channel_id"]
    await place.tell("POST", "/gateway", json={"action": "lose", "event": "MESSAGE_CREATE", "count": 2})
    for text in ("one", "two", "three"):
        await place.say("otto", channel, text)

    assert (await bot.hears("MESSAGE_CREATE"))["content"] == "three"


async def test_an_event_can_come_after_those_that_followed_it(bot: Bot, place: Place) -> None:
    channel = place.info["public_channel_id"]
    delay = {"action": "delay", "event": "MESSAGE_CREATE", "seconds": 0.2, "count": 1}
    await place.tell("POST", "/gateway", json=delay)
    for text in ("one", "two", "three"):
        await place.say("otto", channel, text)

    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "one")
    assert [it["content"] for name, it in bot.heard if name == "MESSAGE_CREATE"] == ["two", "three", "one"]


async def test_events_can_come_in_any_order_until_told_otherwise(bot: Bot, place: Place) -> None:
    channel, sent = place.info["public_channel_id"], [f"{number}" for number in range(20)]
    delay = {"action": "delay", "event": "MESSAGE_.*", "seconds": 0.3, "is_random": True}
    await place.tell("POST", "/gateway", json=delay)
    for text in sent:
        await place.say("otto", channel, text)
    await place.tell("POST", "/gateway", json={"action": "in_time"})
    await bot.hears("MESSAGE_CREATE", lambda _: bot.count("MESSAGE_CREATE") == len(sent))
    shuffled = [it["content"] for name, it in bot.heard if name == "MESSAGE_CREATE"]
    for text in ("x", "y", "z"):
        await place.say("otto", channel, text)
    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "z")

    in_order = [it["content"] for name, it in bot.heard if name == "MESSAGE_CREATE"][len(sent) :]
    assert sorted(shuffled) == sorted(sent) != shuffled
    assert in_order == ["x", "y", "z"]


async def test_events_can_come_late_and_in_order(bot: Bot, place: Place) -> None:
    channel = place.info["public_channel_id"]
    await place.tell("POST", "/gateway", json={"action": "hold"})
    for text in ("one", "two"):
        await place.say("otto", channel, text)
    assert len((await place.ask("bot", "GET", f"/channels/{channel}/messages")).body) == 2
    assert bot.count("MESSAGE_CREATE") == 0

    await place.tell("POST", "/gateway", json={"action": "release"})
    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "two")
    assert [data["content"] for name, data in bot.heard if name == "MESSAGE_CREATE"] == ["one", "two"]


async def test_nobody_connects_while_the_gateway_is_down(bot: Bot, place: Place) -> None:
    await place.tell("POST", "/gateway", json={"action": "down"})
    async with place.http.get(place.info["gateway_url"].replace("ws", "http", 1)) as refused:
        assert refused.status == 503

    await place.tell("POST", "/gateway", json={"action": "up"})
    async with place.http.ws_connect(place.info["gateway_url"]) as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_members_are_asked_for_in_chunks(place: Place, pointed: None) -> None:
    async with place.http.ws_connect(place.info["gateway_url"]) as socket:
        await socket.receive_json()
        identify = {"token": place.info["bot_token"], "intents": 3, "properties": {}}
        await socket.send_json({"op": 2, "d": identify})
        await socket.send_json(
            {"op": 8, "d": {"guild_id": place.info["guild_id"], "query": "al", "limit": 0, "nonce": "n"}}
        )
        told = [await socket.receive_json(timeout=SOON) for _ in range(3)]
        await socket.send_json({"op": 1, "d": 3})
        acknowledged = await socket.receive_json(timeout=SOON)

    assert [message["t"] for message in told] == ["READY", "GUILD_CREATE", "GUILD_MEMBERS_CHUNK"]
    assert [message["s"] for message in told] == [1, 2, 3]
    assert [member["user"]["username"] for member in told[1]["d"]["members"]] == ["Guildesk"]
    assert [member["user"]["username"] for member in told[2]["d"]["members"]] == ["alice"]
    assert told[2]["d"]["nonce"] == "n"
    assert acknowledged["op"] == 11


async def test_the_stream_is_compressed_as_asked(place: Place) -> None:
    url = place.info["gateway_url"] + "?v=10&encoding=json&compress=zlib-stream"
    async with place.http.ws_connect(url) as socket:
        frame = await socket.receive_bytes(timeout=SOON)

    assert frame.endswith(b"\x00\x00\xff\xff")
    assert b'"op": 10' in zlib.decompressobj().decompress(frame)


async def test_the_bot_hears_nothing_from_where_it_cannot_look(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    await place.say("alice", ticket.id, "seen")
    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "seen")
    await ticket.set_permissions(bot.guild.me, view_channel=False)
    await place.say("alice", ticket.id, "unseen")
    await place.say("otto", place.info["public_channel_id"], "last")

    await bot.hears("MESSAGE_CREATE", lambda data: data["content"] == "last")
    assert "unseen" not in [data["content"] for name, data in bot.heard if name == "MESSAGE_CREATE"]
