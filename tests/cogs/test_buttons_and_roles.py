"""Every button and list of a ticket, pressed by every support role: staff that sees the channel is heard, and
nobody else, also where they were staff when they opened the list."""

from collections.abc import AsyncIterator, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord import InteractionResult, MemberActor
from simcord.backend.models import Overwrite

from tests.bot.hearing.test_guarding import ROLE, VIEW
from tests.cards import card_in, walked
from tests.cogs.counter import panel_in, with_panel
from tests.cogs.test_everybody_everywhere import Acts, tried
from tests.office import Office, office
from tickets.model import SupportRole

ROLES = tuple(SupportRole)
ON_CARD = ("Their tickets", "Claim", "Close", "More")
IN_MORE = ("Support role", "Level", "Put aside", "Ask to close", "Block or unblock")
NO = "Only staff can do this."
FAULT = "That did not work."


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Office]:
    """The outsider sees all channels, as an auditor."""
    async with office(tmp_path, further_roles=["Auditors"]) as opened:
        (auditors,) = opened.guild_map.further_roles
        opened.env.backend.add_member_role(opened.guild.id, opened.people["outsider"].id, auditors)
        yield opened


def acts_on(member: MemberActor, *messages: discord.Message) -> Acts:
    """Everything on the messages: each button, and each list with its first choice."""
    return dict(act for message in messages for act in _acts_on(member, message))


def _acts_on(
    member: MemberActor, message: discord.Message
) -> Iterator[tuple[str, partial[Coroutine[Any, Any, InteractionResult]]]]:
    for it in walked(message.components):
        if isinstance(it, discord.Button):
            yield str(it.label), partial(member.click, message, custom_id=it.custom_id)
        elif isinstance(it, discord.SelectMenu):
            chosen = [it.options[0].value]
            yield str(it.placeholder), partial(member.select, message, chosen, custom_id=it.custom_id)


async def listed(member: MemberActor, card: discord.Message) -> discord.Message:
    """What More opens for somebody."""
    opened = (await member.click(card, label="More")).response
    assert opened is not None
    return opened.message


@pytest.mark.parametrize("role", ROLES)
async def test_whoever_sees_a_ticket_by_their_support_role_may_press_everything(
    house: Office, role: SupportRole
) -> None:
    for who in role.and_above:
        _, channel = await house.open(support_role=role)
        member, card = house.people[who.lower()], card_in(channel)
        acts = acts_on(member, card, await listed(member, card))

        done = {it.what: it.told for it in await tried(house, who, acts)}

        assert {*ON_CARD, *IN_MORE} <= {*done} <= {*ON_CARD, *IN_MORE, "Assign to"}
        assert [what for what, said in done.items() if said == NO or said.startswith(FAULT)] == []
        assert [done["Close"], done["Block or unblock"], done["More"]] == ["a form", "a form", "a layout"]
        assert "ticket" in done["Their tickets"]


async def test_whoever_is_no_longer_staff_presses_in_vain_and_is_told_so_alone(house: Office) -> None:
    backend, (auditors,) = house.env.backend, house.guild_map.further_roles
    outsider, boss = house.people["outsider"], house.people["admin"]
    for role in ROLES:
        ticket, channel = await house.open(support_role=role)
        backend.set_overwrite(channel.id, Overwrite(auditors, ROLE, allow=VIEW))
        await boss.click(card_in(channel), label="Claim")
        await house.shown()
        backend.add_member_role(house.guild.id, outsider.id, house.guild_map.roles[role])
        more = await listed(outsider, card_in(channel))
        backend.remove_member_role(house.guild.id, outsider.id, house.guild_map.roles[role])
        await house.env.settle()
        seq, acts = (await house.fresh(ticket)).seq, acts_on(outsider, card_in(channel), more)

        done = {it.what: it.told for it in await tried(house, "outsider", acts)}

        assert {*IN_MORE, "Their tickets", "Release", "Close", "More"} <= {*done}
        assert {*done.values()} == {NO}
        assert (await house.fresh(ticket)).seq == seq


async def test_at_a_panel_everybody_may_ask(house: Office) -> None:
    await with_panel(house)
    for who, member in house.people.items():
        acts = acts_on(member, panel_in(house))
        assert len(acts) == 4
        assert {it.told for it in await tried(house, who, acts)} == {"a form"}
