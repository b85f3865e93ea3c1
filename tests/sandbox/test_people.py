"""People act with their own tokens, and the bot hears of it."""

import aiohttp
import discord

from tests.sandbox.place import Bot, Place


async def test_a_persons_message_edit_and_deletion_arrive(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    question = await ticket.send("question")
    said = await place.say("alice", ticket.id, "hello", message_reference={"message_id": str(question.id)})
    heard = await bot.hears("MESSAGE_CREATE", lambda data: data["id"] == said["id"])
    assert (heard["content"], heard["author"]["username"]) == ("hello", "alice")
    assert heard["member"]["roles"] == [place.info["roles"]["support_team"]]
    assert heard["referenced_message"]["id"] == str(question.id)

    path = f"/channels/{ticket.id}/messages/{said['id']}"
    await place.ask("alice", "PATCH", path, json={"content": "hello there"})
    assert (await bot.hears("MESSAGE_UPDATE"))["content"] == "hello there"

    assert (await place.ask("alice", "DELETE", path)).status == 204
    assert (await bot.hears("MESSAGE_DELETE"))["id"] == said["id"]


async def test_a_persons_file_can_be_fetched_by_the_bot(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", '{"content": ""}')
    form.add_field("files[0]", b"log line", filename="app.log")
    reply = await place.ask("bob", "POST", f"/channels/{ticket.id}/messages", data=form)
    assert reply.status == 200

    message = await ticket.fetch_message(int(reply.body["id"]))
    assert await message.attachments[0].read() == b"log line"


async def test_typing_and_reactions_arrive(bot: Bot, ticket: discord.TextChannel, place: Place) -> None:
    message = await ticket.send("react to me")
    reactions = f"/channels/{ticket.id}/messages/{message.id}/reactions/%F0%9F%91%8D/@me"

    assert (await place.ask("alice", "PUT", reactions)).status == 204
    assert (await place.ask("alice", "POST", f"/channels/{ticket.id}/typing")).status == 204

    assert (await bot.hears("MESSAGE_REACTION_ADD"))["emoji"]["name"] == "👍"
    assert bot.count("TYPING_START") == 0, "typing needs an intent this client does not have"
    assert (await ticket.fetch_message(message.id)).reactions[0].count == 1


async def test_a_person_may_do_only_what_they_may(ticket: discord.TextChannel, place: Place) -> None:
    said = await place.say("alice", ticket.id, "mine")
    path = f"/channels/{ticket.id}/messages/{said['id']}"

    edit = await place.ask("bob", "PATCH", path, json={"content": "yours"})
    delete = await place.ask("bob", "DELETE", path)
    rename = await place.ask("bob", "PATCH", f"/channels/{ticket.id}", json={"name": "mine"})
    commands = await place.ask(
        "bob", "PUT", f"/applications/{place.info['application_id']}/commands", json=[]
    )

    assert [reply.body["code"] for reply in (edit, delete, rename, commands)] == [50005, 50013, 50013, 20002]


async def test_embeds_and_buttons_of_people_are_left_out(ticket: discord.TextChannel, place: Place) -> None:
    said = await place.say("alice", ticket.id, "plain", embeds=[{"title": "forged"}])

    assert (said["content"], said["embeds"]) == ("plain", [])


async def test_a_manager_moves_and_deletes_a_channel(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    manager = bot.guild.get_role(int(place.info["roles"]["manager"]))
    assert manager is not None
    await ticket.set_permissions(manager, view_channel=True, manage_channels=True)
    urgent = place.info["categories"]["urgent"]

    moved = await place.ask("mara", "PATCH", f"/channels/{ticket.id}", json={"parent_id": urgent})
    assert moved.status == 200
    await bot.hears("CHANNEL_UPDATE", lambda data: data["parent_id"] == urgent)

    assert (await place.ask("mara", "DELETE", f"/channels/{ticket.id}")).status == 200
    assert (await bot.hears("CHANNEL_DELETE"))["id"] == str(ticket.id)


async def test_a_rename_posts_nothing(bot: Bot, ticket: discord.TextChannel) -> None:
    await ticket.edit(name="Another Name!")

    assert (await bot.hears("CHANNEL_UPDATE"))["name"] == "another-name"
    assert [m async for m in ticket.history()] == []


async def test_channels_stay_when_their_category_goes(bot: Bot, ticket: discord.TextChannel) -> None:
    assert ticket.category is not None
    await ticket.category.delete()

    assert (await bot.hears("CHANNEL_UPDATE"))["parent_id"] is None


async def test_a_link_preview_is_an_update_but_no_edit(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    said = await place.say("alice", ticket.id, "see https://example.com/")
    body = {"channel_id": str(ticket.id), "message_id": said["id"]}
    assert (await place.tell("POST", "/unfurl", json=body)).status == 200

    update = await bot.hears("MESSAGE_UPDATE")
    assert (update["content"], update["edited_timestamp"]) == (said["content"], None)
    assert update["embeds"][0]["title"] == "Example"


async def test_who_was_pinged_can_be_asked(ticket: discord.TextChannel, place: Place) -> None:
    webhook = await ticket.create_webhook(name="Desk")
    alice = place.info["people"]["alice"]["id"]
    loud = await webhook.send(f"@everyone <@{alice}>", wait=True)
    quiet = await webhook.send(
        f"@everyone <@{alice}>", wait=True, allowed_mentions=discord.AllowedMentions.none()
    )

    pinged = [
        (await place.tell("GET", f"/messages/{ticket.id}/{m.id}")).body["pinged"] for m in (loud, quiet)
    ]
    assert pinged[0] == {"users": [alice], "roles": [], "everyone": True}
    assert pinged[1] == {"users": [], "roles": [], "everyone": False}
