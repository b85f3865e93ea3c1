"""The buttons on the cards of tickets. They carry no state: the channel tells the ticket."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import discord

from texts.language import Language
from texts.text import Words, in_language


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button that is on the card of every open ticket.

    ``key`` names it for as long as a card is in Discord: a button whose key is given up does nothing."""

    key: str
    label: Words
    pressed: Callable[[discord.Interaction], Awaitable[None]]
    style: discord.ButtonStyle = discord.ButtonStyle.secondary


class _Button(discord.ui.Button[discord.ui.View]):
    def __init__(self, button: CardButton, language: Language) -> None:
        label = in_language(button.label, language)
        super().__init__(label=label, style=button.style, custom_id=f"guildesk:{button.key}")
        self._pressed = button.pressed

    async def callback(self, interaction: discord.Interaction) -> None:
        await self._pressed(interaction)


def answering_view(buttons: Sequence[CardButton], language: Language = Language.EN) -> discord.ui.View:
    """The one view, added to the client, that answers for the buttons on all cards, in whatever language."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(_Button(button, language))
    return view


def view_to_show(buttons: Sequence[CardButton], language: Language) -> discord.ui.View:
    """The buttons for one card. discord.py would keep a view in memory for each message that it sends;
    one that is stopped it does not."""
    view = answering_view(buttons, language)
    view.stop()
    return view
