"""In what today's program may differ from a5a5475, over the same store: one line each, with the reason.

Everything else that differs is a fault: clients of that revision live on."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

NEW_FIELDS: Final[Mapping[str, str]] = {
    "code": "every error has a stable code",
    "blocked_until": "blocks may end by themselves",
    "block_reason": "blocks may have a reason",
    "email_refused_at": "staff sees whom no mail reaches",
    "forms": "statistics are told by form as well",
    "unread": "clients had to count what their users have not seen",
    "close_asked_at": "the requester can be asked whether a ticket can be closed",
    "closes_at": "closing can be planned",
    "snoozed_until": "tickets can be put aside",
    "reply_to": "messages can answer messages",
    "locale": "tickets tell in which language their requester reads",
    "attachment_details": "clients had to guess names and sizes of files",
    "uploader": "whose file it is",
    "message_id": "which message a file is part of",
    "merged_into": "tickets can be merged",
    "version": "clients can change what they know",
    "sla": "tickets can have targets",
    "labels": "staff sorts tickets by labels",
    "links": "tickets that have to do with each other are linked",
    "subscribers": "staff who are pinged with the assignee were to be seen in Discord alone",
    "sees": "an agent's roles are followed",
    "capacity": "agents have a capacity",
    "category": "tickets have forms",
    "answers": "forms ask questions",
    "erased_at": "tickets can be erased",
    "parent_id": "requesters may talk in threads of a channel",
    "revisions": "transcripts for staff have what edited messages said before",
}
"""Fields that objects have gained, and why."""

NEW_FIELDS_OF_FILES: Final = ("created_at", "ticket_id")
"""What Attachments have gained beyond, which other objects always had: what they are part of, since when."""


@dataclass(frozen=True)
class Change:
    """What an old body has become, where the path fits."""

    path: str
    """A regular expression, from the path's beginning on."""
    now: Callable[[Any], Any]
    reason: str


CLOSED_WITHOUT_CHANNEL: Final = (5, 7)
"""Numbers of tickets that waited for a channel until they were closed."""


def _without_places_that_others_have(events: Any) -> Any:
    for payload in (it["payload"] for it in events):
        if payload.get("number") in CLOSED_WITHOUT_CHANNEL:
            payload["discord"] |= {"state": "gone", "queue_position": None}
    return events


CHANGES: Final = (
    Change(
        r"/api/v1/events\?",
        _without_places_that_others_have,
        "events told that a closed ticket still waits for its channel, in a place where another one stands",
    ),
)

RETOLD: Final = r".*/transcript\?format=txt$"
"""What people read in another order and in other words today: the conversation comes first, and changes stand
in it as sentences. What people wrote is still to be found in it."""
_NO_WORDS: Final = re.compile(r"[A-Z_]+|none|[0-9a-f]{32}")
"""Levels, support roles, statuses and ids of files, which stood in the history like people's words."""


def is_retold(path: str) -> bool:
    return re.match(RETOLD, path) is not None


def without_feedback(path: str, body: Any) -> Any:
    """A transcript in JSON without the feedback, which tickets there have gained."""
    if not re.match(r".*/transcript\?format=json$", path) or "ticket" not in body:
        return body
    return body | {"ticket": {name: it for name, it in body["ticket"].items() if name != "feedback"}}


def with_ids_first(path: str, body: Any) -> Any:
    """The table of resolved tickets with ids in its first column. Today that has the numbers, which people
    say aloud, and the ids are in the last one."""
    if not (re.match(r"/api/v1/reports/resolved\.csv", path) and isinstance(body, str)):
        return body
    table = io.StringIO()
    (names, *rows) = csv.reader(io.StringIO(body))
    csv.writer(table).writerows([names[:-1], *([row[-1], *row[1:-1]] for row in rows)])
    return table.getvalue()


def without_staff_who_only_came(path: str, body: Any) -> Any:
    """The list of users as it was, when staff was in it only with tickets of their own."""
    if not re.match(r"/api/v1/users(\?|$)", path) or not isinstance(body, list):
        return body
    return [it for it in body if it["ticket_count"] or it["role"] not in ("AGENT", "ADMIN")]


def words_of_people(text: str) -> list[str]:
    """What people wrote in a transcript of then: the indented lines."""
    lines = (re.sub(r"^[-+] ", "", it[4:]).strip() for it in text.splitlines() if it.startswith("    "))
    return [it for it in lines if not _NO_WORDS.fullmatch(it)]


REFUSED: Final[Mapping[str, str]] = {
    r"/api/v1/users\?limit=\d+&cursor=\d+$": "pages of users began at a number, and left people out",
}
"""Paths that are 400 today, and why."""


def is_refused_today(path: str) -> bool:
    return any(re.match(it, path) for it in REFUSED)


def as_of_today(path: str, body: Any) -> Any:
    """What is to be answered instead of the recorded body."""
    for change in CHANGES:
        if re.match(change.path, path):
            body = change.now(body)
    return body


WORDS: Final = ("topic", "description", "feedback", "content", "attachments", "edited", "updated_at")
"""What requesters are told of in every event as it is now: what was edited away is not told again."""


def without_words(body: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events of a requester, without what has revisions."""
    return [
        it | {"payload": {name: said for name, said in it["payload"].items() if name not in WORDS}}
        for it in body
    ]


PROOF: Final = re.compile(r"(?<=[0-9])-[0-9a-f]{4}\b")
"""Positions in the feed prove which event they stand for, so that a restored store is noticed."""


def without_new_fields(body: Any) -> Any:
    """The body, without what a5a5475 did not know."""
    match body:
        case {"ticket_count": _, "created_at": _, **user}:
            return without_new_fields({"ticket_count": body["ticket_count"], **user})
        case {"uploader": _, **file}:
            return without_new_fields({it: file[it] for it in file if it not in NEW_FIELDS_OF_FILES})
        case dict():
            return {
                name: PROOF.sub("", it) if name == "event_id" else without_new_fields(it)
                for name, it in body.items()
                if name not in NEW_FIELDS
            }
        case list():
            return [without_new_fields(it) for it in body]
    return body


def without_cursor(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with a link whose cursor is hidden: it is of the program's own making, and says no more."""
    if "link" not in answer:
        return answer
    return answer | {"link": re.sub("cursor=[^>&]+", "cursor=", answer["link"])}
