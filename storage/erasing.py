"""What both stores share when they erase."""

import json
import re
from collections.abc import Set
from dataclasses import replace
from typing import Any, Final

from storage.sums import sums_from, text_of
from tickets.figures import Cell, Sums
from tickets.model import UserKey
from tickets.ports.erasing import Erasure, Pseudonym
from tickets.ports.webhooks import Answer

GONE: Final = (
    404,
    '{"error":"NOT_FOUND","message":"What this request was about is erased.","code":"ticket_not_found"}',
)
"""The answer that replaces a stored one that named somebody. So a repeated request still does nothing."""


_IDS: Final = {"id", "asked_by", "uploader"}
"""Names under which answers have ids of users, beside those that end in ``_id``."""
_OF_BACKENDS: Final = {"answers", "metadata"}
"""Parts of a ticket in which backends and forms choose the names."""


_MAY_BE_IDS: Final = re.compile("[0-9A-Za-z]+")
"""Of tickets."""


def mentions(answer: str, user: UserKey | None, tickets: Set[str]) -> bool:
    """Whether the answer, which is JSON, names one of the tickets, or the user by their id."""
    if not tickets.isdisjoint(_MAY_BE_IDS.findall(answer)):
        return True
    if user is None or not any(json.dumps(user.id, ensure_ascii=it) in answer for it in (True, False)):
        return False
    return _has_id(json.loads(answer), user)


def _has_id(value: Any, user: UserKey) -> bool:
    """Whether the user's id stands in it where an id of a user does: ids may be short, as "7" or "true", and
    stand in texts of others as well."""
    if isinstance(value, list):
        return any(_has_id(it, user) for it in value)
    if not isinstance(value, dict):
        return False
    if value.get("issuer", user.issuer) == user.issuer:
        ids = (it for name, it in value.items() if name in _IDS or name.endswith("_id"))
        if user.id in ids:
            return True
    return any(_has_id(it, user) for name, it in value.items() if name not in _OF_BACKENDS)


def needles(pseudonym: Pseudonym) -> list[str]:
    """How a stored JSON text names these people: one of these is in it. The text has no spaces between its
    parts."""
    found = set[str]()
    for it in pseudonym.people:
        issuer, id_, key = (json.dumps(text, ensure_ascii=False) for text in (it.issuer, it.id, str(it)))
        found |= {f'"issuer":{issuer},"id":{id_}', key}
        if it.issuer in (UserKey.DISCORD, UserKey.MEMBERS):
            found |= {f"<@{it.id}>", f"<@!{it.id}>"}
    return sorted(found)


def discord_ids(pseudonym: Pseudonym) -> list[int]:
    """The Discord ids of these people."""
    in_discord = {it.id for it in pseudonym.people if it.issuer in (UserKey.DISCORD, UserKey.MEMBERS)}
    return sorted(int(it) for it in in_discord if it.isascii() and it.isdigit() and len(it) < 20)


def renamed_text(text: str, pseudonym: Pseudonym) -> str:
    """A stored JSON text, with the pseudonym in place of the names."""
    for name in sorted(pseudonym.names, key=len, reverse=True):
        if name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", pseudonym.key.id, text)
    return text


def silenced(answer: Answer, pseudonym: Pseudonym) -> Answer | None:
    """The answer of an endpoint without its body, if that names these people, else None. It may be what was
    sent there, in JSON."""
    named = {*pseudonym.names, *(it.id for it in pseudonym.people)}
    forms = {form for it in named if it for form in (it, json.dumps(it)[1:-1])}
    if not any(re.search(rf"(?<!\w){re.escape(it)}(?!\w)", answer.body) for it in forms):
        return None
    return replace(answer, body="")


def renamed_sums(text: str, pseudonym: Pseudonym) -> str:
    """The sums, in which these people's tickets are counted under the pseudonym. Nothing else changes."""
    groups = {str(it): str(pseudonym.key) for it in pseudonym.people}
    sums: Sums = Sums()
    for (group, figure, value), count in sums_from(text).items():
        cell: Cell = (groups.get(group, group), figure, value)
        sums[cell] += count
    return text_of([*sums.items()])


def renamed_erasure(erasure: Erasure, pseudonym: Pseudonym) -> Erasure | None:
    """The erasure under the pseudonym if one of these people asked for it, else None."""
    if erasure.asked_by not in pseudonym.people:
        return None
    return replace(erasure, asked_by=pseudonym.key)
