"""Buttons and selects on the cards of tickets, and behind *More*. They have no state, because the channel
identifies the ticket. So every process can answer them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from texts.language import Language
from texts.text import Words, in_language
from tickets.model import Ticket

IN_A_ROW = 5
"""The number of buttons that Discord accepts in a row."""
MOST_CHOICES = 25
"""The number of choices that Discord accepts in a select."""


def _any(_: Ticket) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button on the card of every open ticket that it ``is_for``. ``key`` must not change as long as there
    are cards in Discord: a button with an unknown key does nothing. If it is ``in_more``, it is behind *More*
    instead."""

    key: str
    label: Words
    pressed: Callable[[discord.Interaction], Awaitable[None]]
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    is_for: Callable[[Ticket], bool] = _any
    in_more: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select."""

    value: str
    label: Words
    is_so: bool = False
    """Whether this is how things are now."""


@dataclass(frozen=True, slots=True)
class CardSelect:
    """A select behind *More*. ``choices`` returns the options for a person and a ticket. ``chosen`` is called
    with the chosen value."""

    key: str
    placeholder: Words
    choices: Callable[[discord.Interaction, Ticket], Awaitable[Sequence[Choice]]]
    chosen: Callable[[discord.Interaction, str], Awaitable[None]]


class _Button(discord.ui.Button[Any]):
    def __init__(self, button: CardButton, language: Language) -> None:
        label = in_language(button.label, language)
        super().__init__(label=label, style=button.style, custom_id=f"guildesk:{button.key}")
        self._pressed = button.pressed

    async def callback(self, interaction: discord.Interaction) -> None:
        await self._pressed(interaction)


class _Select(discord.ui.Select[Any]):
    def __init__(self, select: CardSelect, choices: Sequence[Choice], language: Language) -> None:
        options = [
            discord.SelectOption(
                label=in_language(it.label, language)[:100], value=it.value, default=it.is_so
            )
            for it in choices[:MOST_CHOICES]
        ]
        super().__init__(
            placeholder=in_language(select.placeholder, language),
            options=options,
            custom_id=f"guildesk:{select.key}",
        )
        self._chosen = select.chosen

    async def callback(self, interaction: discord.Interaction) -> None:
        await self._chosen(interaction, self.values[0])


def shown_button(button: CardButton, language: Language) -> discord.ui.Button[Any]:
    """The button as an item of a message."""
    return _Button(button, language)


def row_of(buttons: Sequence[CardButton], language: Language) -> discord.ui.ActionRow[Any]:
    """A row of buttons. Buttons for which it has no room are left out."""
    return discord.ui.ActionRow(*(_Button(it, language) for it in buttons[:IN_A_ROW]))


def select_row(
    select: CardSelect, choices: Sequence[Choice], language: Language
) -> discord.ui.ActionRow[Any]:
    """A row with the select."""
    return discord.ui.ActionRow(_Select(select, choices, language))


def answering_view(
    buttons: Sequence[CardButton], selects: Sequence[CardSelect] = ()
) -> discord.ui.LayoutView:
    """The one view, added to the client, that handles the buttons and selects of all cards."""
    view = discord.ui.LayoutView(timeout=None)
    for first in range(0, len(buttons), IN_A_ROW):
        view.add_item(row_of(buttons[first : first + IN_A_ROW], Language.EN))
    for select in selects:
        view.add_item(select_row(select, [Choice("-", "-")], Language.EN))
    return view
