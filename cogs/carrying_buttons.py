"""Buttons below answers. Their ids carry all their data, so they work after a restart, too."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import discord

from texts.language import Language
from texts.text import Words, in_language

ROOM: Final = 80
"""Characters that a button can carry, because Discord accepts ids of 100."""


@dataclass(frozen=True, slots=True)
class CarryingButton:
    """A kind of button. ``pressed`` is called with the data of the pressed one."""

    key: str
    label: Words
    pressed: Callable[[discord.Interaction, str], Awaitable[None]]

    def carrying(self, what: str = "") -> "Carrying":
        return Carrying(self, what)


@dataclass(frozen=True, slots=True)
class Carrying:
    """Such a button with its data."""

    button: CarryingButton
    what: str

    def shown(self, language: Language) -> "discord.ui.Button[discord.ui.View]":
        label = in_language(self.button.label, language)
        return discord.ui.Button(label=label, custom_id=f"guildesk:{self.button.key}:{self.what[:ROOM]}")


def view_of(buttons: Sequence[Carrying], language: Language) -> discord.ui.View | None:
    """A view with these buttons; None if there are none. discord.py need not remember it; see
    ``kind_of_buttons``."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button.shown(language))
    view.stop()
    return view


def kind_of_buttons(buttons: Sequence[CarryingButton]) -> "type[discord.ui.DynamicItem[Any]]":
    """The class with which discord.py handles all these buttons."""
    by_key = {button.key: button for button in buttons}

    class Carried(
        discord.ui.DynamicItem["discord.ui.Button[discord.ui.View]"],
        template=f"guildesk:({'|'.join(map(re.escape, by_key))}):(.*)",
    ):
        def __init__(self, key: str, what: str) -> None:
            super().__init__(by_key[key].carrying(what).shown(Language.EN))  # only its id matters
            self._key, self._what = key, what

        @classmethod
        async def from_custom_id(
            cls, _: discord.Interaction, item: "discord.ui.Item[Any]", match: re.Match[str]
        ) -> Self:
            return cls(match[1], match[2])

        async def callback(self, interaction: discord.Interaction) -> None:
            await by_key[self._key].pressed(interaction, self._what)

    return Carried
