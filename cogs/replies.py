"""How the desk answers in Discord: one place where refusals become words."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord

from tickets.ports.store import StoreUnavailable
from tickets.refusals import Refusal

STORE_IS_AWAY = "The store does not answer just now; nothing was changed. Please try again in a minute."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person reads, and the buttons below it."""

    text: str
    buttons: discord.ui.View | None = None


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


async def tell(interaction: discord.Interaction, answer: Answer | str) -> None:
    """Answer for the person's eyes only."""
    answer = Answer(answer) if isinstance(answer, str) else answer
    view = answer.buttons or discord.utils.MISSING
    if interaction.response.is_done():
        await interaction.followup.send(answer.text, ephemeral=True, view=view)
    else:
        await interaction.response.send_message(answer.text, ephemeral=True, view=view)
