"""The message of a panel."""

from collections.abc import Sequence

import discord

from cogs.choosing import CHOOSE
from cogs.opening import OPEN
from texts.language import Language
from texts.text import Text, in_language
from tickets.forms import Form

IN_A_ROW = 5
"""Buttons that Discord puts in one row."""
MOST_BUTTONS = 25
ACCENT = 0x5865F2
ROOM = 3_900
"""Characters of all its texts. Discord accepts 4,000, and counts some emojis as several."""
DESCRIPTIONS = (100, 60, 40)
"""Lengths of a form's description, from the preferred one to the shortest."""


def is_list(style: str | None, forms: Sequence[Form]) -> bool:
    """Whether the forms are shown as a list: if somebody chose that, or if one row has no room for all of
    them."""
    return style == "list" or (style is None and len(forms) > IN_A_ROW)


def panel_view(
    forms: Sequence[Form], title: str | None, text: str | None, *, in_list: bool, language: Language
) -> discord.ui.LayoutView:
    """The message with a button or an option for each of the forms."""
    heading = title or in_language(Text("panel-title"), language)
    said = text or in_language(Text("panel-text"), language)
    above = f"## {heading}\n{said}"
    container: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(
        discord.ui.TextDisplay(above), accent_colour=ACCENT
    )
    if kinds := _described(forms, ROOM - len(above)):
        container.add_item(discord.ui.TextDisplay(kinds))
    container.add_item(discord.ui.Separator())
    for row in [_select(forms, language)] if in_list else _rows(forms):
        container.add_item(row)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()  # discord.py need not remember it: its ids have all data
    return view


def _described(forms: Sequence[Form], room: int) -> str:
    """A line for each form. If there is little room, descriptions are shortened, or all left out, because the
    button has the name."""
    for longest in DESCRIPTIONS:
        lines = [
            f"{f'{it.emoji} ' if it.emoji else ''}**{it.name}** — {_cut(it.description, longest)}"
            for it in forms
            if it.description
        ]
        if len(kinds := "\n".join(lines)) <= room:
            return kinds
    return ""


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def is_panel(message: discord.Message) -> bool:
    """Whether the message looks like a panel."""
    return any(_opens_tickets(it) for it in _parts(message.components))


def _opens_tickets(part: object) -> bool:
    custom_id = getattr(part, "custom_id", None) or ""
    return custom_id == CHOOSE or custom_id.startswith(f"guildesk:{OPEN}:")


def _parts(components: Sequence[object]) -> list[object]:
    return [it for one in components for it in (one, *_parts(getattr(one, "children", ())))]


def _select(forms: Sequence[Form], language: Language) -> "discord.ui.ActionRow[discord.ui.LayoutView]":
    options = [
        discord.SelectOption(label=it.name, value=it.slug, description=it.description or None, emoji=it.emoji)
        for it in forms
    ]
    placeholder = in_language(Text("panel-choose"), language)
    return discord.ui.ActionRow(discord.ui.Select(custom_id=CHOOSE, placeholder=placeholder, options=options))


def _rows(forms: Sequence[Form]) -> "list[discord.ui.ActionRow[discord.ui.LayoutView]]":
    buttons: list[discord.ui.Button[discord.ui.LayoutView]] = [
        discord.ui.Button(
            label=it.name,
            emoji=it.emoji,
            style=discord.ButtonStyle.primary,
            custom_id=f"guildesk:{OPEN}:{it.slug}",
        )
        for it in forms
    ]
    return [
        discord.ui.ActionRow(*buttons[first : first + IN_A_ROW]) for first in range(0, len(buttons), IN_A_ROW)
    ]
