"""Labels, by which staff sorts tickets."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, channel_here, in_ticket
from cogs.card_buttons import CardSelect, Choice
from texts.text import Text
from tickets.model import Ticket

OFFERED = 25
"""Choices that Discord takes."""


class Labeling(Action):
    def selects(self) -> list[CardSelect]:
        return [CardSelect("label", Text("label-select"), self._offered, self._chosen)]

    async def _offered(self, interaction: discord.Interaction, ticket: Ticket) -> list[Choice]:
        """The ticket's labels, for removal, and other labels that tickets have."""
        caller = self.means.staff.caller(interaction.user)
        known = [] if caller is None else await self.means.labels.in_use(caller, limit=OFFERED)
        off = [Choice(f"-{it}", Text("label-choice-off", label=it)) for it in ticket.labels]
        on = [Choice(f"+{it}", Text("label-choice", label=it)) for it in known if it not in ticket.labels]
        return [*off, *on]

    async def _chosen(self, interaction: discord.Interaction, chosen: str) -> None:
        """Put a label on this ticket, or take one off."""
        change = self.put_on if chosen.startswith("+") else self.take_off
        await change(interaction, chosen[1:])

    @app_commands.command(name="label")
    @app_commands.guild_only()
    @app_commands.describe(label="a-z, 0-9 and -, like billing or waits-for-update")
    async def add(self, interaction: discord.Interaction, label: app_commands.Range[str, 1, 60]) -> None:
        """Put a label on this ticket."""
        await self.put_on(interaction, label)

    @in_ticket
    async def put_on(self, asked: AskedHere, label: str) -> Text:
        ticket = await self.means.labels.add(
            asked.caller, asked.ticket_id, _as_label(label), source=asked.source
        )
        return _told(ticket.number, ticket.labels)

    @app_commands.command(name="unlabel")
    @app_commands.guild_only()
    @app_commands.describe(label="One of its labels")
    async def remove(self, interaction: discord.Interaction, label: app_commands.Range[str, 1, 60]) -> None:
        """Take a label off this ticket."""
        await self.take_off(interaction, label)

    @in_ticket
    async def take_off(self, asked: AskedHere, label: str) -> Text:
        ticket = await self.means.labels.remove(
            asked.caller, asked.ticket_id, _as_label(label), source=asked.source
        )
        return _told(ticket.number, ticket.labels)

    @add.autocomplete("label")
    async def in_use(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Labels of tickets that begin with the typed text."""
        caller = self.means.staff.caller(interaction.user)
        if caller is None:
            return []
        return _choices(await self.means.labels.in_use(caller, _as_label(typed), limit=OFFERED))

    @remove.autocomplete("label")
    async def here(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Labels of this ticket that begin with the typed text."""
        caller = self.means.staff.caller(interaction.user)
        channel = await channel_here(self.means, interaction)
        if caller is None or channel is None:
            return []
        ticket = await self.means.desk.ticket(caller, channel.ticket_id)
        return _choices([it for it in ticket.labels if it.startswith(_as_label(typed))])


def _as_label(typed: str) -> str:
    """The label for what people typed: in capitals, or with spaces or underlines."""
    return "-".join(typed.lower().replace("_", " ").split())


def _choices(labels: list[str]) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=it, value=it) for it in labels[:OFFERED]]


def _told(number: int, labels: tuple[str, ...]) -> Text:
    if not labels:
        return Text("no-labels-now", number=number)
    return Text("labels-now", number=number, labels=", ".join(labels))
