"""Commands, buttons, menus and forms go to the bot and come back to the person who used them."""

import discord
import pytest

from tests.sandbox.place import Bot, Place


class Why(discord.ui.Modal, title="Why?"):
    """A form with one question."""

    reason: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(label="Reason", custom_id="reason")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"because {self.reason.value}", ephemeral=True)


class Card(discord.ui.View):
    """A button that opens a form, and a menu of people."""

    @discord.ui.button(label="Close", custom_id="close")
    async def close(self, interaction: discord.Interaction, _: discord.ui.Button["Card"]) -> None:
        await interaction.response.send_modal(Why(custom_id="why"))

    @discord.ui.select(cls=discord.ui.UserSelect, custom_id="assign")
    async def assign(self, interaction: discord.Interaction, menu: discord.ui.UserSelect["Card"]) -> None:
        await interaction.response.edit_message(content=f"for {menu.values[0].name}")


@pytest.fixture
async def commands(bot: Bot) -> Bot:
    """The bot with a command and a group of commands, synced."""

    @bot.tree.command(description="Close")
    async def close(interaction: discord.Interaction, reason: str, notify: bool = True) -> None:
        await interaction.response.defer(ephemeral=True)
        await interaction.followup.send(f"closed: {reason}, {notify}")
        await interaction.followup.send("and more", ephemeral=True)

    group = discord.app_commands.Group(name="ticket", description="Tickets")

    @group.command(description="Assign")
    async def assign(interaction: discord.Interaction, agent: discord.Member) -> None:
        await interaction.response.send_message(f"for {agent.name}")

    bot.tree.add_command(group)
    bot.tree.copy_global_to(guild=bot.guild)
    await bot.tree.sync(guild=bot.guild)
    return bot


async def test_a_deferred_command_shows_its_answer_to_its_user_alone(
    commands: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    data = {"name": "close", "options": [{"name": "reason", "value": "done"}]}
    told = await place.interact("alice", 2, ticket.id, data)

    assert told["acknowledged"]
    assert told["ephemeral"]
    assert told["response"]["content"] == "closed: done, True"
    more = await place.tell("GET", f"/interactions/{told['id']}?wait=5&followups=1")
    assert more.body["followups"][0]["content"] == "and more"
    assert [m async for m in ticket.history()] == []
    assert (await place.ask("bob", "GET", f"/channels/{ticket.id}/messages")).body == []


async def test_a_subcommand_resolves_people_by_id(
    commands: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    bob = place.info["people"]["bob"]["id"]
    options = [{"name": "assign", "type": 1, "options": [{"name": "agent", "type": 6, "value": bob}]}]
    told = await place.interact("alice", 2, ticket.id, {"name": "ticket", "options": options})

    assert told["response"]["content"] == "for bob"
    assert told["response"]["webhook_id"] == place.info["application_id"]
    assert [m.content async for m in ticket.history()] == ["for bob"]


async def test_a_button_opens_a_form_and_the_form_is_answered(
    ticket: discord.TextChannel, place: Place
) -> None:
    card = await ticket.send("card", view=Card(timeout=None))
    pressed = await place.interact(
        "alice", 3, ticket.id, {"component_type": 2, "custom_id": "close"}, message_id=str(card.id)
    )
    assert pressed["modal"]["title"] == "Why?"

    rows = [{"type": 1, "components": [{"type": 4, "custom_id": "reason", "value": "solved"}]}]
    told = await place.interact("alice", 5, ticket.id, {"custom_id": "why", "components": rows})
    assert (told["response"]["content"], told["ephemeral"]) == ("because solved", True)


async def test_a_menu_changes_its_message(bot: Bot, ticket: discord.TextChannel, place: Place) -> None:
    card = await ticket.send("card", view=Card(timeout=None))
    data = {"component_type": 5, "custom_id": "assign", "values": [place.info["people"]["bob"]["id"]]}
    told = await place.interact("alice", 3, ticket.id, data, message_id=str(card.id))

    assert (told["response"]["id"], told["response"]["content"]) == (str(card.id), "for bob")
    assert (await bot.hears("MESSAGE_UPDATE"))["content"] == "for bob"


async def test_who_does_not_see_a_channel_cannot_use_commands_there(
    commands: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    body = {"type": 2, "channel_id": str(ticket.id), "data": {"name": "close"}}
    reply = await place.ask("otto", "POST", "/interactions", json=body)

    assert reply.body["code"] == 50001


async def test_an_interaction_is_acknowledged_once(
    bot: Bot, ticket: discord.TextChannel, place: Place
) -> None:
    card = await ticket.send("card", view=discord.ui.View().add_item(discord.ui.Button(custom_id="quiet")))
    body = {
        "type": 3,
        "channel_id": str(ticket.id),
        "message_id": str(card.id),
        "data": {"custom_id": "quiet"},
    }
    reply = await place.ask("alice", "POST", "/interactions", json=body)
    assert reply.status == 204
    heard = await bot.hears("INTERACTION_CREATE")
    assert heard["id"] == reply.headers["X-Sandbox-Interaction"]

    callback = f"/interactions/{heard['id']}/{heard['token']}/callback"
    statuses = [(await place.ask(None, "POST", callback, json={"type": 6})) for _ in range(2)]
    unknown = await place.ask(None, "POST", "/interactions/1/x/callback", json={"type": 6})
    assert [statuses[0].status, statuses[1].body["code"], unknown.body["code"]] == [204, 40060, 10062]


async def test_a_command_that_is_not_synced_is_unknown(ticket: discord.TextChannel, place: Place) -> None:
    body = {"type": 2, "channel_id": str(ticket.id), "data": {"name": "nothing"}}
    reply = await place.ask("alice", "POST", "/interactions", json=body)

    assert (reply.status, reply.body["code"]) == (404, 10063)
