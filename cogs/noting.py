"""Writing a note in a form, from where nothing can slip to the requester."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from tickets.characters import clean_text
from tickets.desks.ticket_desk import Said


class NoteForm(discord.ui.Modal, title="A note: the requester never sees it"):
    note: "discord.ui.TextInput[NoteForm]" = discord.ui.TextInput(
        label="Note", custom_id="note", style=discord.TextStyle.paragraph, max_length=4000
    )

    def __init__(self, noting: "Noting") -> None:
        super().__init__()
        self._noting = noting

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._noting.keep(interaction, self.note.value)


class Noting(Action):
    @app_commands.command()
    @app_commands.guild_only()
    async def note(self, interaction: discord.Interaction) -> None:
        """Write a note on this ticket in a form."""
        await interaction.response.send_modal(NoteForm(self))

    @in_ticket
    async def keep(self, asked: AskedHere, text: str) -> str:
        """Keep it; the channel shows it."""
        await self.means.desk.add_note(
            asked.caller, asked.ticket_id, Said(clean_text(text)), source=asked.source
        )
        return "Noted. The requester does not see it."
