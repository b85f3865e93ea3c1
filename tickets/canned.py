"""Canned answers: texts that staff keeps ready, with placeholders for what differs by ticket. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tickets.model import Millis, Ticket

NAME: Final = r"[a-z0-9-]{1,40}"
"""What names look like; they are part of addresses."""
MOST: Final = 500
"""Canned answers that a desk keeps at most."""
NOTHING: Final = "—"
"""What stands where a ticket lacks what a placeholder asks for, as the answer to an optional question."""

_PLACEHOLDER: Final = re.compile(r"\{(name|number|agent|topic|answers\.[\w-]{1,64})\}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedAnswer:
    """``used`` is how often it was posted."""

    name: str
    content: str
    created_at: Millis
    updated_at: Millis
    used: int = 0


def filled(content: str, facts: Mapping[str, str]) -> str:
    """The text with facts for placeholders. Other braces are the text's own; facts are not looked through."""
    return _PLACEHOLDER.sub(lambda it: facts.get(it[1]) or NOTHING, content)


def facts_of(ticket: Ticket, *, requester: str, agent: str) -> Mapping[str, str]:
    """What placeholders stand for on this ticket; the two are names."""
    return {"name": requester, "number": str(ticket.number), "agent": agent, "topic": ticket.topic}
