"""The menus of messages in a ticket's channel: edit or delete what the bot posted for somebody, and read
earlier versions."""

from functools import partial

import discord
from discord import app_commands

from cogs.action import Action, AskedHere, in_ticket
from cogs.form_ids import Again
from cogs.replies import Answer, Declined
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.characters import clean_text, shows_nothing
from tickets.desks.correcting_desk import Version
from tickets.model import Message, MessageId
from tickets.ports.channels import event_id_from_discord
from tickets.refusals import MessageNotFound, NotTheAuthor

LIMIT = 4000
"""Characters of a text in a form."""
EMBED_LIMIT = 4096


class EditForm(discord.ui.Modal):
    def __init__(
        self, correcting: "Correcting", message_id: MessageId, content: str, language: Language
    ) -> None:
        super().__init__(
            title=in_language(Text("edit-form"), language),
            custom_id=correcting.means.form_ids.of("edit", message_id),
        )
        self._correcting = correcting
        self._message_id = message_id
        self.content: discord.ui.TextInput[EditForm] = discord.ui.TextInput(
            label=in_language(Text("edit-content"), language),
            custom_id="content",
            style=discord.TextStyle.paragraph,
            max_length=LIMIT,
            default=content,
        )
        self.add_item(self.content)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._correcting.change(interaction, self._message_id, self.content.value)


class Correcting(Action):
    def forms(self) -> dict[str, Again]:
        return {"edit": self._again}

    async def _again(self, interaction: discord.Interaction, message_id: str) -> EditForm:
        return EditForm(self, MessageId(message_id), "", self.language(interaction))

    def menus(self) -> list[app_commands.ContextMenu]:
        menus = [
            app_commands.ContextMenu(name="Edit", callback=self._edit),
            app_commands.ContextMenu(name="Take back", callback=self._take_back),
            app_commands.ContextMenu(name="Earlier versions", callback=self._earlier),
        ]
        return [app_commands.guild_only(it) for it in menus]

    async def _edit(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self.ask(interaction, message.id)

    async def _take_back(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self.take_back(interaction, message.id)

    async def _earlier(self, interaction: discord.Interaction, message: discord.Message) -> None:
        await self.versions(interaction, message.id)

    @in_ticket
    async def ask(self, asked: AskedHere, discord_id: int) -> Answer:
        """The form with the present text, for those who may change it."""
        message = await self._correctable(asked, discord_id)
        if len(message.content) > LIMIT:
            raise Declined(Text("too-long-for-form"))
        form = EditForm(self, message.id, message.content, self.language(asked.interaction))
        return Answer(Text("form-came-too-late"), form=form)

    @in_ticket
    async def change(self, asked: AskedHere, message_id: MessageId, content: str) -> Words:
        """Change the text, on the requester's side as well."""
        words = "" if shows_nothing(content) else clean_text(content)
        edit = partial(self.means.correcting.edit, asked.caller, asked.ticket_id, message_id, words)
        message = await edit(source=asked.source)
        return Text("note-is-changed") if message.is_note else Text("message-is-changed")

    @in_ticket
    async def take_back(self, asked: AskedHere, discord_id: int) -> Words:
        """Delete the message on both sides."""
        message = await self._correctable(asked, discord_id)
        await self.means.correcting.take_back(asked.caller, asked.ticket_id, message.id, source=asked.source)
        return Text("note-is-taken-back") if message.is_note else Text("message-is-taken-back")

    @in_ticket
    async def versions(self, asked: AskedHere, discord_id: int) -> Answer | Words:
        """The texts of the message before its edits."""
        shown = await self.means.correcting.shown_by(asked.channel, discord_id)
        typed = MessageId(event_id_from_discord(discord_id))
        for message_id in (shown,) if shown else (typed, MessageId(f"{typed}:n")):
            try:
                versions = await self.means.correcting.versions(asked.caller, asked.ticket_id, message_id)
            except MessageNotFound:
                continue
            if len(versions) == 1:
                return Text("never-edited")
            return Answer(Text("earlier-versions"), embed=_embed_of(versions[:-1]))
        raise Declined(Text("shows-no-message"))

    async def _correctable(self, asked: AskedHere, discord_id: int) -> Message:
        shown = await self.means.correcting.shown_by(asked.channel, discord_id)
        if shown is None:
            raise Declined(Text("not-posted-by-bot"))
        try:
            return await self.means.correcting.correctable(asked.caller, asked.ticket_id, shown)
        except MessageNotFound:
            raise Declined(Text("not-posted-by-bot")) from None
        except NotTheAuthor:
            raise Declined(Text("only-author-or-manager")) from None


def _embed_of(versions: list[Version]) -> discord.Embed:
    """The versions, the newest first, as many as there is room for."""
    texts = [f"-# <t:{it.at // 1000}:f>\n{it.content}" for it in reversed(versions)]
    return discord.Embed(description="\n".join(texts)[:EMBED_LIMIT])
