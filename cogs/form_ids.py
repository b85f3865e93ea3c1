"""The ids of forms. They say what a form is about, so that it can be submitted after a restart, too."""

import itertools
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import discord
from discord.ext import commands

from cogs.replies import answer
from texts.language import Language
from texts.text import Words

ROOM: Final = 75
"""Characters that an id can carry, because Discord accepts 100."""

_ID: Final = re.compile(r"gf:(?P<key>[a-z-]+):(?P<carried>.*):(?P<by>[0-9a-f]{6})\.\d+", re.DOTALL)

Again = Callable[[discord.Interaction, str], Awaitable[discord.ui.Modal]]
"""Builds a form again from what its id carries. Raises Declined."""


class FormIds:
    """Makes ids that contain the process's name, by which the process knows its own forms."""

    def __init__(self) -> None:
        self._by = secrets.token_hex(3)
        self._numbers = itertools.count()

    def of(self, key: str, carried: str = "") -> str:
        """A new id for a form of this kind."""
        if len(carried) > ROOM:
            raise ValueError(carried)
        return f"gf:{key}:{carried}:{self._by}.{next(self._numbers)}"

    def foreign(self, custom_id: str) -> tuple[str, str] | None:
        """The kind of the form, and what its id carries, if another process has shown it. Else None."""
        found = _ID.fullmatch(custom_id)
        return None if found is None or found["by"] == self._by else (found["key"], found["carried"])


class ReturningForms(commands.Cog):
    """Handles forms that an earlier process has shown. discord.py only knows those of this process."""

    def __init__(self, ids: FormIds, again: Mapping[str, Again], otherwise: Language) -> None:
        self._ids = ids
        self._again = again
        self._otherwise = otherwise

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """A form was submitted."""
        data: Any = interaction.data or {}
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        found = self._ids.foreign(str(data.get("custom_id")))
        again = self._again.get(found[0]) if found else None
        if found is None or again is None:
            return
        try:
            form: Any = await again(interaction, found[1])
        except Exception as problem:
            await answer(interaction, _raised(problem), self._otherwise)
            return
        form._dispatch_submit(interaction, data["components"], data.get("resolved", {}))


async def _raised(problem: Exception) -> Words:
    raise problem
