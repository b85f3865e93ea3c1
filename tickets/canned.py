"""Canned answers: texts that staff keeps ready, with placeholders for what differs by ticket. Pure."""

import re
from collections.abc import Mapping, Sequence
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


def named(typed: str) -> str | None:
    """The name that somebody means who types ``Password reset``; None if none can be made of it."""
    name = re.sub(r"[\s_-]+", "-", typed.strip().lower()).strip("-")
    return name if re.fullmatch(NAME, name) else None


def matches(answers: Sequence[CannedAnswer], typed: str) -> list[CannedAnswer]:
    """Those that have all that is typed in their name or words: first by name, then by how often they are
    used."""
    words = typed.lower().split()
    found = [it for it in answers if all(word in f"{it.name} {it.content}".lower() for word in words)]
    return sorted(found, key=lambda it: (not _by_name(it, words), -it.used, it.name))


def _by_name(answer: CannedAnswer, words: Sequence[str]) -> bool:
    return all(word in answer.name for word in words)


def facts_of(ticket: Ticket, *, requester: str, agent: str) -> Mapping[str, str]:
    """What placeholders stand for on this ticket; the two are names."""
    answers = {f"answers.{it.id}": it.answer for it in ticket.answers}
    return answers | {
        "name": requester,
        "number": str(ticket.number),
        "agent": agent,
        "topic": ticket.topic,
    }
