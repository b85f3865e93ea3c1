"""The content of the board, and how it looks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord

from bot.showing.card import COLOURS
from bot.showing.texts import plain, shortened
from cogs.carrying_buttons import CarryingButton
from texts.language import Language
from texts.text import Text, Words, in_language, joined
from tickets.hours import Hours
from tickets.model import IssueLevel, Millis, TicketId
from tickets.ports.agents import Agent
from tickets.ports.queue import AtWork
from tickets.working_time import changes_at

MOST_AGENTS = 20
"""So many of the agents on duty are named."""
NAME_LIMIT = 32


@dataclass(frozen=True, slots=True)
class OnBoard:
    """The content of the board. Discord keeps its times up to date, so it is equal for as long as nothing
    happens."""

    levels: tuple[Words, ...]
    on_duty: tuple[Words, ...] | None
    """None if staff is not named."""
    most_urgent: IssueLevel | None = None
    """Of those who wait."""
    hours: Words = ""
    """Whether these are working hours, and until when."""
    lacks_links: bool = False
    """Whether a listed ticket has no channel yet, so that its line has no link."""

    @classmethod
    def of(
        cls,
        levels: Sequence[AtWork],
        urls: Mapping[TicketId, str],
        on_duty: Sequence[tuple[Agent, int]] | None,
        hours: Words = "",
    ) -> Self:
        """``urls`` are those of tickets' channels. Each agent on duty comes with their number of tickets."""
        waiting = [it.level for it in levels if it.waiting]
        return cls(
            tuple(joined((_level(it, urls), *_targets(it)), " · ") for it in levels),
            None if on_duty is None else tuple(_agent(agent, load) for agent, load in on_duty),
            max(waiting, key=lambda it: it.urgency, default=None),
            hours,
            any(it.oldest is not None and it.oldest.id not in urls for it in levels),
        )


def view_of(now: OnBoard, buttons: Sequence[CarryingButton], language: Language) -> discord.ui.LayoutView:
    """The message. discord.py need not remember its buttons, because they have all they need in their ids."""
    view = discord.ui.LayoutView(timeout=None)
    row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
    for button in buttons:
        row.add_item(button.carrying().shown(language))
    colour = discord.Colour.green() if now.most_urgent is None else COLOURS[now.most_urgent]
    view.add_item(
        discord.ui.Container(
            discord.ui.TextDisplay(in_language(_work(now), language)),
            *_parted(in_language(joined(_staff(now.on_duty)), language)),
            discord.ui.Separator(),
            row,
            accent_colour=colour,
        )
    )
    view.stop()
    return view


def _parted(text: str) -> "list[discord.ui.Item[Any]]":
    """The text as a part of its own, if there is any text."""
    return [discord.ui.Separator(), discord.ui.TextDisplay(text)] if text else []


def _work(now: OnBoard) -> Words:
    return joined([Text("board-heading"), now.hours, *now.levels])


def is_board(message: discord.Message, buttons: Sequence[CarryingButton]) -> bool:
    """Whether the message looks like a board: it has some of these buttons in a frame."""
    ids = {button.carrying().shown(Language.EN).custom_id for button in buttons}
    return any(
        isinstance(part, discord.ActionRow)
        and any(getattr(it, "custom_id", None) in ids for it in part.children)
        for container in message.components
        if isinstance(container, discord.Container)
        for part in container.children
    )


def _level(it: AtWork, urls: Mapping[TicketId, str]) -> Words:
    if it.oldest is None:
        return Text("board-level", level=it.level, open=it.open)
    number, url = f"#{it.oldest.number}", urls.get(it.oldest.id)
    since = it.oldest.waiting_since or it.oldest.created_at
    return Text(
        "board-level-waiting",
        level=it.level,
        open=it.open,
        waiting=it.waiting,
        ticket=f"[{number}]({url})" if url else number,
        since=f"<t:{since // 1000}:R>",
    )


def _targets(it: AtWork) -> list[Words]:
    breached = [Text("board-breached", count=it.breached)] if it.breached else []
    at_risk = [Text("board-at-risk", count=it.at_risk)] if it.at_risk else []
    return [*breached, *at_risk]


def hours_in_words(hours: Hours | None, now: Millis) -> Words:
    """The working hours in words; empty if people always work."""
    if hours is None:
        return ""
    at = changes_at(hours, now)
    moment = "" if at is None else f"<t:{at // 1000}:t> (<t:{at // 1000}:R>)"
    if hours.is_open(now):
        return Text("board-open-until", at=moment) if moment else ""
    return Text("board-closed-until", at=moment) if moment else Text("board-closed")


def _agent(agent: Agent, load: int) -> Words:
    return Text("board-agent", name=plain(shortened(agent.name, NAME_LIMIT)), open=load)


def _staff(on_duty: Sequence[Words] | None) -> list[Words]:
    if on_duty is None:
        return []
    if not on_duty:
        return [Text("board-nobody-on-duty")]
    more = len(on_duty) - MOST_AGENTS
    rest = [Text("board-more-on-duty", count=more)] if more > 0 else []
    return [Text("board-on-duty"), *on_duty[:MOST_AGENTS], *rest]
