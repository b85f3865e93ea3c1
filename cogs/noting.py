"""Writing a note in a form, so that it cannot reach the requester by mistake."""

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.form_ids import Again
from cogs.replies import Answer
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_text
from tickets.desks.ticket_desk import Said


class NoteForm(discord.ui.Modal):
    def __init__(self, noting: "Noting", language: Language) -> None:
        super().__init__(
            title=in_language(Text("note-form"), language), custom_id=noting.means.form_ids.of("note")
        )
        self._noting = noting
        self.note: discord.ui.TextInput[NoteForm] = discord.ui.TextInput(
            label=in_language(Text("note-label"), language),
            custom_id="note",
            style=discord.TextStyle.paragraph,
            max_length=4000,
        )
        self.add_item(self.note)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._noting.keep(interaction, self.note.value)


class Noting(Action):
    def forms(self) -> dict[str, Again]:
        return {"note": self._again}

    async def _again(self, interaction: discord.Interaction, _: str) -> NoteForm:
        return NoteForm(self, self.language(interaction))

    @app_commands.command()
    @app_commands.guild_only()
    @in_ticket
    async def note(self, asked: AskedHere) -> Answer:
        """Write a note on this ticket in a form."""
        return Answer(Text("form-came-too-late"), form=NoteForm(self, asked.language))

    @in_ticket
    async def keep(self, asked: AskedHere, text: str) -> Text:
        """Store the note. The channel shows it."""
        await self.means.desk.add_note(
            asked.caller, asked.ticket_id, Said(clean_text(text)), source=asked.source
        )
        return Text("noted")
