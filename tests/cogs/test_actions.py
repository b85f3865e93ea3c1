"""What all actions have in common, shown by one more: a class of its own, and a place in the list."""

from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from discord import app_commands
from simcord import InteractionResult

from cogs.action import Action, AskedHere, in_ticket
from cogs.card_buttons import CardButton
from cogs.equipment import ACTIONS
from tests.cards import labels
from tests.office import Office, office


class Waving(Action):
    """Everything that a further action takes, its command and its button."""

    def buttons(self) -> list[CardButton]:
        return [CardButton("wave", "Wave", self.wave_here)]

    @app_commands.command()
    @app_commands.describe(hands="How many")
    @app_commands.guild_only()
    async def wave(self, interaction: discord.Interaction, hands: int = 1) -> None:
        """Wave at the requester."""
        await self.wave_here(interaction, hands)

    @in_ticket
    async def wave_here(self, asked: AskedHere, hands: int = 1) -> str:
        return f"{asked.caller.person.name} waves, ticket {asked.ticket_id}, hands: {hands}."


@pytest.fixture
async def waving_office(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path, actions=(*ACTIONS, Waving)) as opened:
        yield opened


async def test_an_action_brings_its_command(waving_office: Office) -> None:
    ticket, channel = await waving_office.open()

    waved = await waving_office.people["general"].slash(channel, "wave", hands=2)

    assert waved.ephemeral
    assert told(waved) == f"general-agent waves, ticket {ticket.id}, hands: 2."


async def test_an_action_brings_its_button_to_every_card(waving_office: Office) -> None:
    ticket, channel = await waving_office.open()
    (card,) = channel.pinned_messages()

    waved = await waving_office.people["general"].click(card, label="Wave")

    assert labels(card)[-2:] == ["Wave", "More"]
    assert told(waved) == f"general-agent waves, ticket {ticket.id}, hands: 1."


async def test_a_card_keeps_its_buttons_when_it_changes_and_loses_them_when_closed(tmp_path: Path) -> None:
    async with office(tmp_path, actions=(*ACTIONS, Waving), close_grace=3_600_000) as waving_office:
        _, channel = await waving_office.open()
        agent = waving_office.people["general"]

        await waving_office.by_hand(agent.send(channel, "Hello"))
        (changed,) = channel.pinned_messages()
        await agent.slash(channel, "close")
        await waving_office.shown()
        (closed,) = channel.pinned_messages()

        assert labels(changed)[-2:] == ["Wave", "More"]
        assert labels(closed) == []


async def test_a_button_on_the_card_of_a_closed_ticket_is_refused_in_words(waving_office: Office) -> None:
    ticket, channel = await waving_office.open()
    agent = waving_office.people["general"]
    (card,) = channel.pinned_messages()
    await agent.slash(channel, "close")
    await waving_office.shown()

    shown = await agent.click(card, label="Close")
    refused = await agent.submit_modal(shown, {"reason": "Again"})

    assert f"Ticket {ticket.number} is closed" in told(refused)


def told(result: InteractionResult) -> str:
    assert result.response is not None
    return result.response.content
