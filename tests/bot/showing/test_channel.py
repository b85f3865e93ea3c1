"""Every ticket has one channel, in its place, for the right people."""

import re

import pytest

from tests.cards import card_in, read, texts
from tests.office import Office
from tickets.model import IssueLevel, SupportRole


@pytest.mark.parametrize("level", IssueLevel)
async def test_a_ticket_opens_in_the_category_of_its_level(desk_office: Office, level: IssueLevel) -> None:
    ticket, channel = await desk_office.open(issue_level=level)

    there = desk_office.client.get_channel(channel.id)
    assert there is not None
    assert there.category_id == desk_office.guild_map.categories[level]  # type: ignore[union-attr]
    assert channel.name == f"ticket-{ticket.number:04}"


async def test_the_support_role_and_those_above_see_it_and_nobody_else(desk_office: Office) -> None:
    _, channel = await desk_office.open(support_role=SupportRole.MANAGER)

    guild = desk_office.client.get_guild(desk_office.guild.id)
    assert guild is not None
    there = guild.get_channel(channel.id)
    assert there is not None
    sees = {
        role: there.permissions_for(held).view_channel
        for role, role_id in desk_office.guild_map.roles.items()
        if (held := guild.get_role(role_id))
    }
    assert sees == {"GENERAL": False, "TECHNICAL": False, "MANAGER": True, "ADMIN": True}
    assert not there.permissions_for(guild.default_role).view_channel


async def test_the_card_is_pinned_and_pings_the_support_role_once(desk_office: Office) -> None:
    ticket, channel = await desk_office.open(topic="No sound", support_role=SupportRole.TECHNICAL)

    card, role = card_in(channel), desk_office.guild_map.roles[SupportRole.TECHNICAL]
    assert [it.id for it in card.role_mentions] == [role]
    assert sum(len(message.role_mentions) for message in channel.history()) == 1
    assert texts(card)[:3] == [
        f"New ticket for <@&{role}>",
        f"### #{ticket.number} · No sound",
        f"**Normal** · Technical · began waiting <t:{ticket.created_at // 1000}:R>",
    ]
    assert "**Casey** · Customer · first ticket" in read(card)


async def test_a_new_ticket_costs_four_requests(desk_office: Office) -> None:
    before = len(desk_office.env.http_requests)

    await desk_office.open()
    await desk_office.taken()

    asked = [f"{it.method} {it.path}" for it in desk_office.env.http_requests[before:]]
    assert [re.sub(r"\d{5,}", "…", it) for it in asked] == [
        "POST /guilds/…/channels",
        "POST /channels/…/messages",
        "PUT /channels/…/messages/pins/…",
        "DELETE /channels/…/messages/…",
    ]


async def test_the_card_follows_the_status(desk_office: Office) -> None:
    _, channel = await desk_office.open()

    await desk_office.people["general"].send(channel, "Hello!")
    await desk_office.taken()

    assert "the requester's turn" in read(card_in(channel))


async def test_a_requester_cannot_forge_the_card(desk_office: Office) -> None:
    _, channel = await desk_office.open(
        topic="# @everyone **bold**", description="@here <@&1> [click](https://evil.example)"
    )

    card = card_in(channel)
    shown = "\n".join(texts(card))
    assert not card.mention_everyone
    assert "**bold" not in shown
    assert "<@&1>" not in shown
    assert "](" not in shown
