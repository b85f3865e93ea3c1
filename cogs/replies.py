"""How the desk answers in Discord: one place where refusals become words."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

import discord

from tickets.ports.store import StoreUnavailable
from tickets.refusals import Refusal

AT_ONCE = 1.5
"""Seconds that the work may take before Discord is told that the answer comes later."""
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


async def answer(interaction: discord.Interaction, work: Awaitable[Answer | str]) -> None:
    """Tell the person alone what the work gives or refuses.

    Discord waits 3 seconds for an answer. If the work takes long, it is told first that one will come: a
    request that most answers need not make."""
    working = asyncio.ensure_future(_in_words(work))
    try:
        done, _ = await asyncio.wait({working}, timeout=AT_ONCE)
        if not done:
            await interaction.response.defer(ephemeral=True, thinking=True)
        found = await working
    finally:
        working.cancel()
    view = found.buttons or discord.utils.MISSING
    if interaction.response.is_done():
        await interaction.followup.send(found.text, ephemeral=True, view=view)
    else:
        await interaction.response.send_message(found.text, ephemeral=True, view=view)


async def _in_words(work: Awaitable[Answer | str]) -> Answer:
    try:
        found = await work
    except (Refusal, StoreUnavailable, Declined) as problem:
        found = words(problem)
    return Answer(found) if isinstance(found, str) else found
