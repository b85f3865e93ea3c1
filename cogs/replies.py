"""How the desk answers in Discord: one place where refusals become words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from tickets.ports.store import StoreUnavailable
from tickets.refusals import Refusal

STORE_IS_AWAY = "The store does not answer just now; nothing was changed. Please try again in a minute."


class Declined(Exception):
    """Discord's side cannot bring this to a desk; the text tells the person why."""


def words(problem: Refusal | StoreUnavailable | Declined) -> str:
    """What the person reads."""
    return STORE_IS_AWAY if isinstance(problem, StoreUnavailable) else str(problem)


@asynccontextmanager
async def answering(interaction: discord.Interaction) -> AsyncIterator[None]:
    """Turn what is refused into an answer that only the person sees."""
    try:
        yield
    except (Refusal, StoreUnavailable, Declined) as problem:
        await tell(interaction, words(problem))


async def tell(interaction: discord.Interaction, text: str) -> None:
    """Answer for the person's eyes only."""
    if interaction.response.is_done():
        await interaction.followup.send(text, ephemeral=True)
    else:
        await interaction.response.send_message(text, ephemeral=True)
