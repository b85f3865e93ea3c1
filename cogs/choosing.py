"""The selects on panels, with which members choose the subject of their ticket."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Self

import discord

CHOOSE = "guildesk:open-from"
"""The id of the selects."""


def select_that(
    ask: Callable[[discord.Interaction, str], Awaitable[None]],
) -> type[discord.ui.DynamicItem[Any]]:
    """The class with which discord.py handles the selects on panels."""

    class Choosing(discord.ui.DynamicItem["discord.ui.Select[discord.ui.View]"], template=re.escape(CHOOSE)):
        def __init__(self) -> None:
            super().__init__(discord.ui.Select(custom_id=CHOOSE))

        @classmethod
        async def from_custom_id(
            cls, _: discord.Interaction, item: "discord.ui.Item[Any]", match: re.Match[str]
        ) -> Self:
            return cls()

        async def callback(self, interaction: discord.Interaction) -> None:
            data: Any = interaction.data
            await ask(interaction, next(iter(data.get("values", ())), ""))
            await _as_it_was(interaction.message)

    return Choosing


async def _as_it_was(panel: discord.Message | None) -> None:
    """Reset the panel's select: Discord does not offer a chosen option a second time."""
    if panel is not None:
        view = discord.ui.LayoutView.from_message(panel, timeout=None)
        view.stop()
        with suppress(discord.HTTPException):
            await panel.edit(view=view)
