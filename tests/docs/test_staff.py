"""docs/staff.md has every command and button as the program has them."""

import os

import discord

from bot.showing.command_list import payloads_of
from cogs.action import Action
from cogs.more import More
from tests.docs.staff_page import STAFF, made, with_made
from tests.office import Office
from tests.office import desk_office as desk_office


async def test_every_command_and_button_is_on_the_page(desk_office: Office) -> None:
    """`make staff-page` lets this write the page."""
    commands = await payloads_of(desk_office.client.tree, discord.Object(desk_office.guild.id))
    actions = [it for it in desk_office.client.cogs.values() if isinstance(it, Action)]
    page = STAFF.read_text("utf-8")

    page_now = with_made(page, made(commands, [*actions, More(actions[0].means, actions)]))
    if os.environ.get("WRITE"):
        STAFF.write_text(page_now, "utf-8")
        page = page_now

    assert page == page_now, "run `make staff-page`"
