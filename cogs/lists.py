"""Lists of tickets, a page at a time."""

from collections.abc import Callable

from cogs.action import Lines
from cogs.carrying_buttons import CarryingButton
from cogs.replies import Answer
from texts.text import Text, Words, joined
from tickets.model import Ticket
from tickets.ports.lists import Cursor, Page

PER_PAGE = 8
"""So many lines of the longest kind fit into a message."""


async def listed(
    heading: Words,
    page: Page[Ticket],
    lines: Lines,
    more: Callable[[Cursor], str],
    button: CarryingButton,
    *others: CarryingButton,
) -> Answer:
    """The page under its heading, with a button for the next one, which carries ``more``."""
    buttons = [other.carrying() for other in others]
    if page.next is not None:
        buttons.append(button.carrying(more(page.next)))
    text = await lines.of(page.items) if page.items else Text("none-here")
    return Answer(joined((heading, text)), buttons)


def to_text(cursor: Cursor) -> str:
    return ".".join(map(str, cursor.numbers))


def to_cursor(text: str) -> Cursor | None:
    """The inverse. None for an empty text, which is the beginning."""
    return Cursor(tuple(map(int, text.split(".")))) if text else None
