"""Canned answers: sending one after a preview, and managing them, by hand or as a file."""

import asyncio
import codecs
import hashlib
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final

import discord
from discord import app_commands
from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from cogs.action import Action, Asked, AskedHere, by_staff, in_ticket
from cogs.carrying_buttons import CarryingButton
from cogs.form_ids import Again
from cogs.replies import Answer, Declined
from texts.language import Language
from texts.text import Text, Words, in_language, joined
from tickets.canned import LONGEST, MOST, CannedAnswer, matches, named, unknown_in
from tickets.characters import clean_text, shows_nothing
from tickets.desks.canned_desk import Written
from tickets.refusals import TooManyCanned
from tickets.sources import from_command

OFFERED: Final = 25
"""The number of choices that Discord accepts."""
LISTED: Final = 1900
"""Characters of a list."""
FILE_LIMIT: Final = 4 * 2**20
"""Bytes of an imported file: more than all canned answers can have."""
NAME_LIMIT: Final = 100
"""Characters of a typed name, such as ``Password reset``."""


UNKNOWN_NAMED: Final = 5
"""So many mistyped placeholders are named in an answer."""


class _InFile(TypedDict):
    name: str
    content: str


_FILE = TypeAdapter(Annotated[list[_InFile], Field(max_length=MOST, fail_fast=True)])
Keep = Callable[[discord.Interaction, str, str], Awaitable[None]]


class CannedForm(discord.ui.Modal):
    def __init__(
        self, form_id: str, keep: Keep, language: Language, name: str = "", content: str = ""
    ) -> None:
        super().__init__(title=in_language(Text("canned-form"), language), custom_id=form_id)
        self._keep = keep
        self.name: discord.ui.TextInput[CannedForm] = discord.ui.TextInput(
            label=in_language(Text("canned-name"), language), custom_id="name", max_length=60, default=name
        )
        self.content: discord.ui.TextInput[CannedForm] = discord.ui.TextInput(
            label=in_language(Text("canned-content"), language),
            custom_id="content",
            style=discord.TextStyle.paragraph,
            placeholder=in_language(Text("canned-placeholders"), language),
            max_length=LONGEST,
            default=content,
        )
        self.add_item(self.name)
        self.add_item(self.content)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await self._keep(interaction, self.name.value, self.content.value)


class Canning(Action):
    canned = app_commands.Group(name="canned", description="Answers that staff keeps ready", guild_only=True)

    def carrying_buttons(self) -> list[CarryingButton]:
        return [self._button()]

    def _button(self) -> CarryingButton:
        return CarryingButton("canned", Text("send-button"), self._send)

    @canned.command(name="send")
    @app_commands.describe(name="Which one; you see it before it is sent")
    @in_ticket
    async def preview(self, asked: AskedHere, name: app_commands.Range[str, 1, 100]) -> Answer:
        """Look at a canned answer as the requester would read it, and send it."""
        return await self._shown(asked, meant(name), Text("canned-preview"))

    async def _shown(self, asked: AskedHere, name: str, above: Words) -> Answer:
        await self.means.desk.may_post(asked.caller, asked.ticket_id)
        found = await self.means.canned.fill(asked.caller, asked.ticket_id, name)
        embed = discord.Embed(description=found.content)
        above = _with_unknown(above, found.unknown)
        return Answer(above, [self._button().carrying(f"{name}/{_digest(found.content)}")], embed=embed)

    @in_ticket
    async def _send(self, asked: AskedHere, carried: str) -> Answer | Words:
        """Send the previewed answer. It is sent once, however often the button is pressed."""
        name, digest = carried.split("/")
        found = await self.means.canned.fill(asked.caller, asked.ticket_id, name)
        if _digest(found.content) != digest:
            return await self._shown(asked, name, Text("canned-has-changed"))
        looked_at = asked.interaction.message
        source = asked.source if looked_at is None else from_command(looked_at.id)
        message = await self.means.canned.post(asked.caller, asked.ticket_id, name, source=source)
        await self.means.agents.answered(asked.caller, message, source=source)
        return Text("canned-is-sent")

    @canned.command(name="new")
    @by_staff
    async def new(self, asked: Asked) -> Answer:
        """Keep a new canned answer, written in a form."""
        return Answer(Text("form-came-too-late"), form=self._form(asked.language))

    @by_staff
    async def _add(self, asked: Asked, name: str, content: str) -> Words:
        return _kept(await self.means.canned.add(asked.caller, _name(name), _content(content)))

    @canned.command(name="edit")
    @app_commands.describe(name="Which one")
    @by_staff
    async def edit(self, asked: Asked, name: app_commands.Range[str, 1, 100]) -> Answer:
        """Change a canned answer in a form."""
        known = await self.means.canned.get(asked.caller, meant(name))
        form = self._form(asked.language, known.name, known.content[:LONGEST])
        return Answer(Text("form-came-too-late"), form=form)

    def forms(self) -> dict[str, Again]:
        return {"canned": self._again}

    async def _again(self, interaction: discord.Interaction, name: str) -> CannedForm:
        return self._form(self.language(interaction), name)

    def _form(self, language: Language, name: str = "", content: str = "") -> CannedForm:
        """The form for a new answer, or for changing the one with this name."""

        async def keep(interaction: discord.Interaction, new_name: str, words: str) -> None:
            if name:
                await self._change(interaction, name, new_name, words)
            else:
                await self._add(interaction, new_name, words)

        return CannedForm(self.means.form_ids.of("canned", name), keep, language, name, content)

    @by_staff
    async def _change(self, asked: Asked, name: str, new_name: str, content: str) -> Words:
        await self.means.canned.get(asked.caller, name)
        changed = await self.means.canned.change(
            asked.caller, name, new_name=_name(new_name), content=_content(content)
        )
        return _kept(changed)

    @canned.command(name="remove")
    @app_commands.describe(name="Which one; what was sent stays")
    @by_staff
    async def remove(self, asked: Asked, name: app_commands.Range[str, 1, 100]) -> Words:
        """Remove a canned answer."""
        await self.means.canned.remove(asked.caller, meant(name))
        return Text("canned-is-removed", name=_shown_name(meant(name)))

    @canned.command(name="list")
    @by_staff
    async def listed(self, asked: Asked) -> Words:
        """See all canned answers, and how often each was sent."""
        answers = await self.means.canned.all(asked.caller)
        if not answers:
            return Text("no-canned")
        lines, room = [], LISTED
        for it in answers:
            beginning = discord.utils.escape_markdown(" ".join(it.content[:200].split())[:60])
            lines.append(Text("canned-line", name=it.name, used=it.used, beginning=beginning))
            room -= len(in_language(lines[-1], self.means.language)) + 20
            if room < 0:
                lines[-1] = Text("and-more", count=len(answers) - len(lines) + 1)
                break
        return joined(lines)

    @canned.command(name="export")
    @by_staff
    async def export(self, asked: Asked) -> Answer | Words:
        """Get all canned answers as a file."""
        answers = await self.means.canned.all(asked.caller)
        if not answers:
            return Text("no-canned")
        written = [{"name": it.name, "content": it.content} for it in answers]
        text = json.dumps(written, ensure_ascii=False, indent=2) + "\n"
        file = discord.File(io.BytesIO(text.encode(errors="replace")), "canned.json")
        return Answer(Text("canned-file"), file=file)

    @canned.command(name="import")
    @app_commands.describe(file="As /canned export gives it; those of the same names are replaced")
    @by_staff
    async def bring(self, asked: Asked, file: discord.Attachment) -> Words:
        """Keep the canned answers of a file."""
        if file.size > FILE_LIMIT:
            raise Declined(Text("no-canned-file"))
        written = await asyncio.to_thread(written_in, await file.read())
        brought = await self.means.canned.bring(asked.caller, written)
        told = Text("canned-brought", added=brought.added, changed=brought.changed, same=brought.same)
        return _with_unknown(told, unknown_in("".join(it.content for it in written)))

    @preview.autocomplete("name")
    @edit.autocomplete("name")
    @remove.autocomplete("name")
    async def offer(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Canned answers whose name or text contains the typed text, the most used first."""
        return await choices(self, interaction, typed)


async def choices(
    action: Action, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """The canned answers that match the typed text."""
    caller = action.means.staff.caller(interaction.user)
    if caller is None:
        return []
    found = matches(await action.means.canned.all(caller), typed)[:OFFERED]
    return [
        app_commands.Choice(name=f"{it.name} · {' '.join(it.content.split())}"[:100], value=it.name)
        for it in found
    ]


def meant(typed: str) -> str:
    """The name that somebody means, even if they typed it themselves, such as ``Password reset``."""
    return named(typed) or typed


def _kept(answer: CannedAnswer) -> Words:
    return _with_unknown(Text("canned-is-kept", name=answer.name), unknown_in(answer.content))


def _with_unknown(told: Words, unknown: Sequence[str]) -> Words:
    """With a line about what looks like a placeholder and is none."""
    if not unknown:
        return told
    named = " ".join(f"`{it}`" for it in unknown[:UNKNOWN_NAMED])
    return joined((told, Text("canned-does-not-know", unknown=named, count=len(unknown))))


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode(errors="replace")).hexdigest()[:12]


def _name(typed: str) -> str:
    name = named(typed)
    if name is None:
        raise Declined(Text("canned-name-is-none"))
    return name


def _content(typed: str) -> str:
    if shows_nothing(typed):
        raise Declined(Text("canned-says-nothing"))
    return clean_text(typed)


def _shown_name(name: str) -> str:
    return discord.utils.escape_markdown(name)


def written_in(content: bytes) -> list[Written]:
    """The canned answers in a file. Raises Declined, which says what is wrong with the file, and
    TooManyCanned."""
    try:
        found = _FILE.validate_json(content.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        if error.errors(include_input=False)[0]["type"] == "too_long":
            raise TooManyCanned(MOST) from None
        raise Declined(Text("no-canned-file")) from None
    written = [_from_file(number, it["name"], it["content"]) for number, it in enumerate(found, 1)]
    return list({it.name: it for it in written}.values())


def _from_file(number: int, name: str, content: str) -> Written:
    is_short = len(name) <= NAME_LIMIT and len(content) <= LONGEST
    meant_name = named(name) if is_short else None
    if meant_name is None or shows_nothing(content):
        raise Declined(Text("canned-file-is-wrong", number=number))
    return Written(meant_name, clean_text(content, LONGEST))
