"""The card: the pinned message on top of a ticket's channel that shows the ticket's state. Pure."""

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.showing.card_facts import CardFacts
from bot.showing.card_sections import Section, fitted
from bot.showing.parts import length
from bot.showing.pings import Pinged
from bot.showing.texts import GAP, shortened
from cogs.card_buttons import CardButton, row_of, shown_button
from texts.text import Text
from tickets.model import IssueLevel, TicketId

BUDGET: Final = 3_600
"""Characters of all sections. Discord takes 4,000 in a message of components, and the words around need
some."""
REST_BUDGET: Final = 3_600

COLOURS: Final = {
    IssueLevel.NORMAL: discord.Colour.blurple(),
    IssueLevel.URGENT: discord.Colour.orange(),
    IssueLevel.CRITICAL: discord.Colour.red(),
}
CLOSED: Final = discord.Colour.dark_grey()


@dataclass(frozen=True, slots=True)
class Rest:
    """What the card has no room for: the full text of the sections that it cuts."""

    number: int
    parts: tuple[tuple[str, str], ...]
    """Headings and texts."""
    raw: str

    @property
    def fits(self) -> bool:
        """Whether a message has room for all of it. If not, it becomes a file."""
        return sum(length(text) for _, text in self.parts) <= REST_BUDGET

    @property
    def digest(self) -> str:
        return _digest([self.raw, *map(list, self.parts)])

    def view(self) -> discord.ui.LayoutView:
        """The message that shows the rest."""
        box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
        for heading, text in self.parts:
            room = REST_BUDGET // len(self.parts)
            box.add_item(discord.ui.TextDisplay(f"**{heading}**"))
            box.add_item(discord.ui.TextDisplay(text if self.fits else shortened(text, room)))
        if not self.fits:
            box.add_item(discord.ui.File(f"attachment://{self._file_name}"))
        return _silent(discord.ui.LayoutView(timeout=None).add_item(box))

    def files(self) -> list[discord.File]:
        """The files of that message."""
        if self.fits:
            return []
        return [discord.File(io.BytesIO(self.raw.encode(errors="replace")), self._file_name)]

    @property
    def _file_name(self) -> str:
        return f"ticket-{self.number:04}.txt"


@dataclass(frozen=True, slots=True)
class Card:
    """The content of the card."""

    facts: CardFacts
    sections: Sequence[tuple[Section, str]]
    rest: Rest | None

    def view(self, buttons: Sequence[CardButton], asked: Pinged | None = None) -> discord.ui.LayoutView:
        """The message, with a line above the card that pings those who are ``asked``."""
        ticket = self.facts.ticket
        shown = [] if ticket.is_closed else [it for it in buttons if it.is_for(ticket)]
        colour = CLOSED if ticket.is_closed else COLOURS[ticket.issue_level]
        box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=colour)
        for number, (section, text) in enumerate(self.sections):
            if number and not section.joins:
                box.add_item(discord.ui.Separator())
            beside = next((it for it in shown if it.key == section.button), None)
            if beside is None:
                box.add_item(discord.ui.TextDisplay(text))
            else:
                box.add_item(discord.ui.Section(text, accessory=shown_button(beside, self.facts.language)))
        if self.rest is not None:
            box.add_item(discord.ui.TextDisplay(f"-# {self.facts.say(Text('card-rest'))}"))
        beside_sections = {section.button for section, _ in self.sections}
        in_row = [it for it in shown if it.key not in beside_sections]
        if in_row:
            box.add_item(discord.ui.Separator())
            box.add_item(row_of(in_row, self.facts.language))
        box.add_item(discord.ui.TextDisplay(_mark(ticket.id)))
        view = discord.ui.LayoutView(timeout=None)
        if asked is not None and asked.members != (self.facts.assignee_id,):  # the card mentions the assignee
            view.add_item(discord.ui.TextDisplay(self.facts.say(Text("card-new", who=asked.mention))))
        return _silent(view.add_item(box))

    @property
    def is_new(self) -> bool:
        """Whether the ticket is new: it was never assigned and never closed."""
        ticket = self.facts.ticket
        return ticket.is_unattended and ticket.waiting_since == ticket.created_at

    def digest(self, buttons: Sequence[CardButton], by: int | None, asked: Pinged | None = None) -> str:
        """A digest of what is visible: the card's, and after it that of its rest. ``by`` is the application
        that shows it: the buttons of another are dead."""
        view: Any = self.view(buttons, asked)  # the method is not typed
        shown = _digest([by, *view.to_components()])
        return f"{shown}:{self.rest.digest}" if self.rest else shown


def card_of(facts: CardFacts) -> Card:
    """The card. Texts of people are shown as they are, and cannot break out."""
    sections = fitted(facts, BUDGET)
    cut: list[tuple[str, str]] = []
    raw: list[str] = []
    for section, text, whole in sections:
        if whole != text:
            name = facts.say(section.name)
            cut.append((name, whole))
            raw.append(f"{name}\n\n{section.raw(facts) if section.raw else whole.replace(GAP, '')}")
    rest = Rest(facts.ticket.number, tuple(cut), "\n\n\n".join(raw)) if cut else None
    return Card(facts, [(section, text) for section, text, _ in sections], rest)


def ticket_on(message: discord.Message) -> TicketId | None:
    """The ticket of a card, or None if the message is no card. Older programs made cards from an embed."""
    texts = [f"-# {embed.footer.text}" for embed in message.embeds]
    for box in message.components:
        children = box.children if isinstance(box, discord.Container) else []
        texts += [it.content for it in children if isinstance(it, discord.TextDisplay)]
    found = next(filter(None, (re.fullmatch(r"-# Ticket (\w+)", text) for text in texts)), None)
    return TicketId(found[1]) if found else None


def _mark(ticket_id: TicketId) -> str:
    """The last line, by which the card is recognized."""
    return f"-# Ticket {ticket_id}"


def _silent(view: discord.ui.LayoutView) -> discord.ui.LayoutView:
    """Stop the view. discord.py keeps the view of each message in memory, except stopped ones."""
    view.stop()
    return view


def _digest(shown: object) -> str:
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode(errors="replace")).hexdigest()[:16]
