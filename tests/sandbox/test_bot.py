"""An unmodified discord.py finds here what it finds on Discord."""

import asyncio
import io

import aiohttp
import discord
import pytest

from tests.sandbox.place import SOON, Bot, Place, connected, open_ticket


async def test_a_client_connects_and_sees_the_guild(bot: Bot, place: Place) -> None:
    assert bot.guild.id == int(place.info["guild_id"])
    assert {c.name for c in bot.guild.categories} == {
        "General tickets",
        "Urgent tickets",
        "Critical tickets",
    }
    assert bot.guild.me.guild_permissions.pin_messages
    assert not bot.guild.me.guild_permissions.administrator
    staff = [bot.guild.get_role(int(role)) for role in place.info["roles"].values()]
    assert all(role is not None and role > bot.guild.me.top_role for role in staff)
    assert bot.application_flags.gateway_message_content_limited


async def test_a_private_channel_is_seen_by_the_team_alone(ticket: discord.TextChannel, place: Place) -> None:
    assert ticket.topic == "g:1"
    assert ticket.category_id == int(place.info["categories"]["general"])

    inside = await place.ask("alice", "GET", f"/channels/{ticket.id}")
    outside = await place.ask("otto", "GET", f"/channels/{ticket.id}")
    reading = await place.ask("otto", "GET", f"/channels/{ticket.id}/messages")
    listed = await place.ask("otto", "GET", f"/guilds/{place.info['guild_id']}/channels")

    assert inside.status == 200
    assert (outside.status, outside.body["code"]) == (403, 50001)
    assert (reading.status, reading.body["code"]) == (403, 50001)
    assert str(ticket.id) not in {channel["id"] for channel in listed.body}


async def test_messages_are_sent_edited_pinned_and_deleted(bot: Bot, ticket: discord.TextChannel) -> None:
    embed = discord.Embed(title="Card", description="open")
    message = await ticket.send("first", embed=embed)
    await message.edit(content="second")
    await message.pin()

    assert [pinned.content async for pinned in ticket.pins()] == ["second"]
    update = await bot.hears("MESSAGE_UPDATE", lambda data: data["pinned"])
    assert update["embeds"][0]["title"] == "Card"
    notice = await bot.hears("MESSAGE_CREATE", lambda data: data["type"] == 6)
    assert (notice["content"], notice["message_reference"]["message_id"]) == ("", str(message.id))

    await message.delete()
    assert [pinned async for pinned in ticket.pins()] == []
    assert (await bot.hears("MESSAGE_DELETE"))["id"] == str(message.id)


async def test_a_resend_with_the_same_nonce_gives_the_first_message(
    bot: Bot, ticket: discord.TextChannel
) -> None:
    first = await ticket.send("once", nonce="n1")
    again = await ticket.send("once", nonce="n1")

    assert again.id == first.id
    assert [m.content async for m in ticket.history()] == ["once"]
    assert (await bot.hears("MESSAGE_CREATE"))["nonce"] == "n1"


async def test_a_webhook_sends_files_that_can_be_downloaded(bot: Bot, ticket: discord.TextChannel) -> None:
    webhook = await ticket.create_webhook(name="Desk")
    file = discord.File(io.BytesIO(b"\x89PNG"), filename="a picture.png", description="what I saw")
    message = await webhook.send("look", username="Ann", file=file, wait=True)

    attachment = message.attachments[0]
    assert (attachment.filename, attachment.content_type) == ("a_picture.png", "image/png")
    assert attachment.description == "what I saw"
    assert await attachment.read() == b"\x89PNG"
    heard = await bot.hears("MESSAGE_CREATE", lambda data: data["webhook_id"] == str(webhook.id))
    assert heard["author"]["username"] == "Ann"
    assert heard["application_id"] == str(bot.application_id)

    await message.edit(content="look here")
    assert (await bot.hears("MESSAGE_UPDATE"))["content"] == "look here"
    await message.delete()
    with pytest.raises(discord.NotFound):
        await attachment.read()


async def test_a_webhook_without_wait_answers_nothing(ticket: discord.TextChannel, place: Place) -> None:
    webhook = await ticket.create_webhook(name="Desk")
    reply = await place.ask(None, "POST", f"/webhooks/{webhook.id}/{webhook.token}", json={"content": "x"})

    assert (reply.status, reply.body) == (204, b"")


@pytest.mark.parametrize("name", ["Discord staff", "x" * 81, "clyde"])
async def test_names_no_webhook_may_have_are_refused(ticket: discord.TextChannel, name: str) -> None:
    webhook = await ticket.create_webhook(name="Desk")

    with pytest.raises(discord.HTTPException) as refused:
        await webhook.send("x", username=name)
    assert refused.value.code == 50035


async def test_webhooks_go_with_their_channel(ticket: discord.TextChannel) -> None:
    webhook = await ticket.create_webhook(name="Desk")
    await ticket.delete()

    with pytest.raises(discord.NotFound) as gone:
        await webhook.send("x")
    assert gone.value.code == 10015


async def test_history_pages_in_both_directions(ticket: discord.TextChannel) -> None:
    sent = [(await ticket.send(str(n))).id for n in range(7)]

    newest_first = [m.id async for m in ticket.history(limit=None)]
    after = [m.id async for m in ticket.history(after=discord.Object(sent[1]), limit=3, oldest_first=True)]
    before = [m.id async for m in ticket.history(before=discord.Object(sent[5]), limit=2)]
    around = [m.id async for m in ticket.history(around=discord.Object(sent[3]), limit=3)]

    assert newest_first == sent[::-1]
    assert after == sent[2:5]
    assert before == [sent[4], sent[3]]
    assert sorted(around) == sent[2:5]


async def test_after_gives_the_oldest_messages_above_an_id(ticket: discord.TextChannel, place: Place) -> None:
    sent = [str((await ticket.send(str(n))).id) for n in range(5)]
    reply = await place.ask("bot", "GET", f"/channels/{ticket.id}/messages?after={sent[0]}&limit=2")

    assert [message["id"] for message in reply.body] == [sent[2], sent[1]]


async def test_a_category_takes_only_so_many_channels(bot: Bot, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"per_category": 1})
    await open_ticket(bot, place)

    with pytest.raises(discord.HTTPException) as full:
        await open_ticket(bot, place, "ticket-2")
    assert full.value.code == 50035
    assert "CHANNEL_PARENT_MAX_CHANNELS" in str(full.value._errors)


async def test_a_guild_takes_only_so_many_channels(bot: Bot, place: Place) -> None:
    await place.tell("PUT", "/limits", json={"per_guild": len(bot.guild.channels)})

    with pytest.raises(discord.HTTPException) as full:
        await bot.guild.create_text_channel("one-more")
    assert full.value.code == 30013


@pytest.mark.parametrize("size", [11 * 1024 * 1024, 30 * 1024 * 1024])
async def test_a_file_that_is_too_large_is_refused(ticket: discord.TextChannel, size: int) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await ticket.send(file=discord.File(io.BytesIO(bytes(size)), filename="big.bin"))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_missing_permissions_are_missed(bot: Bot, ticket: discord.TextChannel, place: Place) -> None:
    message = await ticket.send("x")
    lacking = bot.guild.me.guild_permissions.value & ~discord.Permissions.pin_messages.flag
    await place.tell("PATCH", "/bot", json={"permissions": str(lacking)})

    with pytest.raises(discord.Forbidden) as refused:
        await message.pin()
    assert refused.value.code == 50013


async def test_overwrites_hold_only_what_the_bot_has_itself(ticket: discord.TextChannel) -> None:
    with pytest.raises(discord.Forbidden) as refused:
        await ticket.set_permissions(ticket.guild.default_role, ban_members=True)
    assert refused.value.code == 50013


async def test_a_wrong_token_is_refused_over_http_and_at_the_gateway(place: Place, pointed: None) -> None:
    reply = await place.ask("nobody", "GET", "/users/@me")
    assert (reply.status, reply.body) == (401, {"message": "401: Unauthorized", "code": 0})

    with pytest.raises(discord.LoginFailure):
        async with connected(Bot(), "wrong"):
            pass
    async with place.http.ws_connect(place.info["gateway_url"]) as socket:
        await socket.receive_json()
        await socket.send_json({"op": 2, "d": {"token": "wrong", "intents": 1, "properties": {}}})
        await socket.receive(timeout=SOON)
        assert socket.close_code == 4004


async def test_a_privileged_intent_must_be_switched_on(place: Place, pointed: None) -> None:
    await place.tell("PATCH", "/bot", json={"privileged": []})

    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(Bot(), place.info["bot_token"]):
            pass


async def test_without_the_intent_content_is_blank(place: Place, pointed: None) -> None:
    async with connected(Bot(discord.Intents(guilds=True, messages=True)), place.info["bot_token"]) as bot:
        await place.say("alice", place.info["public_channel_id"], "secret")

        assert (await bot.hears("MESSAGE_CREATE"))["content"] == ""


async def test_what_is_not_played_says_so_loudly(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    reply = await place.ask("bot", "GET", "/guilds/1/onboarding")

    assert reply.status == 501
    assert "onboarding" in reply.body["message"]
    assert "GAP" in caplog.text


async def test_only_loopback_names_are_answered(place: Place) -> None:
    for headers in ({"Host": "discord.example"}, {"Origin": "https://evil.example"}):
        async with place.http.get(place.info["discord_url"], headers=headers) as response:
            assert response.status == 421


async def test_the_page_with_its_style_and_scripts_is_served(place: Place) -> None:
    scripts = [
        (f"/{name}.js", "text/javascript")
        for name in ("app", "commands", "forms", "layout", "markdown", "show")
    ]
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), *scripts):
        async with place.http.get(place.info["discord_url"] + path) as response:
            assert response.status == 200
            assert response.content_type == kind
            assert "innerHTML" not in await response.text()


async def test_a_download_is_never_a_page_of_this_origin(place: Place) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": "look"}')
    form.add_field("files[0]", b"<script>", filename="x.html")
    channel = place.info["public_channel_id"]
    sent = (await place.ask("otto", "POST", f"/channels/{channel}/messages", data=form)).body

    async with place.http.get(sent["attachments"][0]["url"]) as response:
        assert await response.read() == b"<script>"
        assert response.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in response.headers["Content-Security-Policy"]
    unsigned = sent["attachments"][0]["url"].partition("?")[0]
    async with place.http.get(unsigned) as response:
        assert response.status == 404


async def test_many_requests_at_once_are_all_answered(ticket: discord.TextChannel, place: Place) -> None:
    await asyncio.gather(*(place.say("alice", ticket.id, str(n)) for n in range(100)))

    assert {m.content async for m in ticket.history(limit=None)} == {str(n) for n in range(100)}
