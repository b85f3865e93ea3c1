"""Answers in Discord. Here refusals are put into words."""

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import discord

from cogs.carrying_buttons import Carrying, view_of
from texts.language import Language, language_of
from texts.text import Text, Words, in_language, joined
from tickets.characters import shows_nothing
from tickets.ports.store import SearchIsBehind, StoreUnavailable
from tickets.refusals import Refusal

log = logging.getLogger(__name__)

AT_ONCE = 1.5
"""Seconds that the work may take before Discord is told that the answer comes later."""

MOST = 2_000
"""Characters of a message."""
PROSE = 400
"""A longer line was written by a person. Lines about tickets, with their links, are shorter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: a text and what is below it, or a layout for the whole message."""

    text: Words = ""
    buttons: Sequence[Carrying] = ()
    embed: discord.Embed | None = None
    file: discord.File | None = None
    layout: discord.ui.LayoutView | None = None
    form: discord.ui.Modal | None = None
    """Is shown instead of the rest if possible. Discord accepts no form as a late answer."""
    is_refusal: bool = False
    """Whether nothing was done. Then people get back what they wrote in a form."""
    replaces: bool = False
    """Whether it replaces the message whose button was pressed, for all who read it."""


class Declined(Exception):
    """The request cannot be brought to a desk. The text tells the person why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


def words(problem: Refusal | StoreUnavailable | Declined) -> Words:
    """The text for the person. For a refusal, it follows from the refusal's code and facts."""
    match problem:
        case Declined():
            return problem.words
        case Refusal():
            return Text(f"refusal-{problem.code}", **problem.facts)
        case SearchIsBehind():
            return Text("search-is-behind")
    return Text("store-is-away")


def language_for(interaction: discord.Interaction, otherwise: Language) -> Language:
    """The language of the person's Discord, or ``otherwise`` if there are no texts in it."""
    return language_of(str(interaction.locale), otherwise)


async def answer(
    interaction: discord.Interaction, work: Awaitable[Answer | Words], otherwise: Language
) -> None:
    """Answer the person, visible only to them, with the result or refusal of the work, in their language or
    ``otherwise``. Somebody whose form is refused gets their words back.

    Discord waits 3 seconds for an answer. If the work takes long, Discord is told first that an answer will
    come. Most answers do not need that request. If a bug in Guildesk raises an error, the person is told so,
    and the error is raised."""
    failure: Exception | None = None
    working = asyncio.ensure_future(_in_words(work))
    try:
        done, _ = await asyncio.wait({working}, timeout=AT_ONCE)
        if not done:
            with _perhaps_too_late():
                await interaction.response.defer(ephemeral=True, thinking=True)
        found = await working
    except Exception as error:
        failure, found = error, Answer(Text("went-wrong"), is_refusal=True)
    finally:
        working.cancel()
    with _perhaps_too_late():
        await _tell(interaction, found, otherwise)
    if failure is not None:
        raise failure


@contextmanager
def _perhaps_too_late() -> Iterator[None]:
    """Ignore that Discord accepts no answer after 3 seconds, or is away. The work is done all the same."""
    try:
        yield
    except (discord.NotFound, discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
        log.warning("Discord took no answer to what somebody asked for: %s", error)


async def _tell(interaction: discord.Interaction, found: Answer, otherwise: Language) -> None:
    language = language_for(interaction, otherwise)
    if found.is_refusal and (written := "\n\n".join(_written(interaction))):
        found = _with_words(found, written, language)
    send: Callable[..., Awaitable[object]] = (
        interaction.followup.send if interaction.response.is_done() else interaction.response.send_message
    )
    if found.replaces and not interaction.response.is_done():
        await interaction.response.edit_message(
            content=in_language(found.text, otherwise), allowed_mentions=discord.AllowedMentions.none()
        )
    elif found.layout is not None:
        await send(view=found.layout, ephemeral=True)
    elif found.form is not None and not interaction.response.is_done():
        await interaction.response.send_modal(found.form)
    else:
        await send(
            fitting(in_language(found.text, language)),
            ephemeral=True,
            view=view_of(found.buttons, language) or discord.utils.MISSING,
            embed=found.embed or discord.utils.MISSING,
            file=found.file or discord.utils.MISSING,
        )


def _written(interaction: discord.Interaction) -> Iterator[str]:
    """What somebody wrote in the fields of the form that they sent; empty if they sent none."""
    data: Any = interaction.data or {}
    parts = [*data.get("components", ())] if interaction.type is discord.InteractionType.modal_submit else []
    while parts:
        part = parts.pop(0)
        value = part.get("value")
        if part.get("type") == discord.ComponentType.text_input.value and value and not shows_nothing(value):
            yield value
        parts = [*part.get("components", ()), *filter(None, [part.get("component")]), *parts]


def _with_words(refusal: Answer, written: str, language: Language) -> Answer:
    """The refusal together with what was written, in a form in which it can be copied."""
    text = joined((refusal.text, Text("your-words")))
    block = f"```\n{written}\n```"
    if "```" not in written and len(in_language(text, language)) + len(block) < MOST:
        return replace(refusal, text=joined((text, block)))
    return replace(
        refusal, text=text, file=discord.File(io.BytesIO(written.encode(errors="replace")), "message.txt")
    )


def fitting(text: str) -> str:
    """As many lines of the text as fit into a Discord message. Texts of people may be cut within a line,
    links may not."""
    if len(text) <= MOST:
        return text
    kept, room = [], MOST - len("\n…")
    for line in text.split("\n"):
        if len(line) > room:
            kept += [line[:room]] if len(line) > PROSE else []
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join((*kept, "…"))


async def _in_words(work: Awaitable[Answer | Words]) -> Answer:
    try:
        found = await work
    except (Refusal, StoreUnavailable, Declined) as problem:
        return Answer(words(problem), is_refusal=True)
    return found if isinstance(found, Answer) else Answer(found)


async def tell_no_such_member(interaction: discord.Interaction[Any], *, otherwise: Language) -> None:
    """Answer a command that names somebody who is not in the guild."""

    async def text() -> Words:
        return Text("no-such-member")

    await answer(interaction, text(), otherwise)
