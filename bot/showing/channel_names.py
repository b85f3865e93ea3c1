"""The names of tickets' channels. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from config.settings import ChannelNames
from tickets.model import Ticket

NEUTRAL: Final = ("ticket", "desk")
"""The name of a channel if Discord refuses its proper name. Its card shows the ticket's number."""
TOPIC_LIMIT: Final = 40
"""Characters of the topic. Discord takes 100 in a name, and shows fewer."""
_WORD: Final = re.compile(r"[^\W_]+")


def names_of(ticket: Ticket, style: ChannelNames) -> Sequence[str]:
    """Names for the channel, the preferred one first, then neutral ones."""
    number = f"{ticket.number:04}"
    plain = [f"ticket-{number}", *NEUTRAL]
    words = _WORD.findall(ticket.topic.casefold())
    if style is ChannelNames.NUMBER or not words:
        return plain
    while len(words) > 1 and len("-".join(words)) > TOPIC_LIMIT:
        words.pop()
    return [f"{number}-{'-'.join(words)[:TOPIC_LIMIT]}", *plain]
