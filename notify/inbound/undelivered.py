"""Reads what mail servers report of mails that could not be delivered (RFC 3464). Pure."""

from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from itertools import islice
from typing import Any, Final

from notify.smtp import nobody_is_there

MOST_PARTS: Final = 200
LONGEST: Final = 2_000
"""Characters of a field that are read."""
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that did not arrive, as a mail server reports (RFC 3464): its Message-ID, and who did not
    get it."""

    message_id: str
    failures: tuple["Failure", ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient, under one of their addresses; ``why`` is what the server said. ``is_nobody``: the address
    is wrong, and will be."""

    recipient: str
    why: str
    is_nobody: bool


def undelivered_in(mail: Message) -> Undelivered | None:
    """The report in the mail; None if the mail is no such report."""
    if mail.get_content_type() != "multipart/report":
        return None
    message_id, failures = "", list[Failure]()
    for part in islice(mail.walk(), MOST_PARTS):
        inner: Any = part.get_payload()
        headers: Message = part
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_string(str(inner))
        elif part.get_content_type() == "message/delivery-status" and isinstance(inner, list):
            for it in islice(inner, MOST_PARTS):
                if isinstance(it, Message):
                    failures += _failures(it)
            continue
        if part is not mail and not message_id:
            message_id = _field(headers, "Message-ID")
    return Undelivered(message_id, tuple(dict.fromkeys(failures)))


def _failures(recipient: Message) -> list[Failure]:
    if _field(recipient, "Action").lower() != "failed":
        return []
    status, said = _field(recipient, "Status"), _typed(recipient, "Diagnostic-Code")
    told = f"{status} {said}".strip() if status not in ("", "5.0.0") else said
    names = (_address(recipient, it) for it in ("Original-Recipient", "Final-Recipient"))
    return [Failure(it, told[:LONGEST_REASON], nobody_is_there(told)) for it in names if it]


def _address(recipient: Message, name: str) -> str:
    return _typed(recipient, name).strip("<>").lower()


def _typed(recipient: Message, name: str) -> str:
    """What stands behind its type, as ``rfc822; ann@example.org``."""
    return _field(recipient, name).partition(";")[2].strip()


def _field(part: Message, name: str) -> str:
    return " ".join(str(part.get(name, ""))[:LONGEST].split())
