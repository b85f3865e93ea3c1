"""Canned answers: texts that staff keeps ready, with placeholders for what differs by ticket. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tickets.model import Millis, Ticket

NAME: Final = r"[a-z0-9-]{1,40}"
"""The form of names, which are part of addresses."""
MOST: Final = 500
"""Canned answers that a desk keeps at most."""
LONGEST: Final = 4_000
"""Characters of one that is filled in: a message takes no more."""
NOTHING: Final = "—"
"""What replaces a placeholder for which the ticket has nothing, such as the answer to an optional question.
"""

_PLACEHOLDER: Final = re.compile(r"\{(name|number|agent|topic|answers\.[\w-]{1,64})\}", re.ASCII)
_LIKE_ONE: Final = re.compile(r"\{ ?[^\W\d][\w.-]{0,63} ?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CannedAnswer:
    """``used`` is how often it was posted."""

    name: str
    content: str
    created_at: Millis
    updated_at: Millis
    used: int = 0


def filled(content: str, facts: Mapping[str, str]) -> str:
    """The text with facts in place of its placeholders. Other braces stay. Placeholders within facts are not
    replaced."""
    return _PLACEHOLDER.sub(lambda it: facts.get(it[1]) or NOTHING, content)


def unknown_in(content: str) -> tuple[str, ...]:
    """What looks like a placeholder and is none, such as a mistyped one. It stays as it is."""
    found = dict.fromkeys(it for it in _LIKE_ONE.findall(content) if not _PLACEHOLDER.fullmatch(it))
    return tuple(found)


def named(typed: str) -> str | None:
    """The name for what somebody typed, such as ``Password reset``; None if no name can be made of it."""
    name = re.sub(r"[\s_-]+", "-", typed.strip().lower()).strip("-")
    return name if re.fullmatch(NAME, name) else None


def matches(answers: Sequence[CannedAnswer], typed: str) -> list[CannedAnswer]:
    """The answers whose name or text contains everything that was typed: first those that match by name, then
    the most used."""
    words = typed.lower().split()
    found = [it for it in answers if all(word in f"{it.name} {it.content}".lower() for word in words)]
    return sorted(found, key=lambda it: (not _by_name(it, words), -it.used, it.name))


def _by_name(answer: CannedAnswer, words: Sequence[str]) -> bool:
    return all(word in answer.name for word in words)


def facts_of(ticket: Ticket, *, requester: str, agent: str) -> Mapping[str, str]:
    """The values of placeholders for this ticket; the two arguments are names."""
    answers = {f"answers.{it.id}": it.answer for it in ticket.answers}
    return answers | {
        "name": requester,
        "number": str(ticket.number),
        "agent": agent,
        "topic": ticket.topic,
    }
