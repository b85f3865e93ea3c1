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


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A mail that did not arrive, as a mail server reports (RFC 3464): its Message-ID, and the recipients at
    whose addresses nobody is."""

    message_id: str
    recipients: tuple[str, ...]


def undelivered_in(mail: Message) -> Undelivered | None:
    """What the mail reports, if it is such a report."""
    if mail.get_content_type() != "multipart/report":
        return None
    message_id, recipients = "", list[str]()
    for part in islice(mail.walk(), MOST_PARTS):
        inner: Any = part.get_payload()
        headers: Message = part
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_string(str(inner))
        elif part.get_content_type() == "message/delivery-status" and isinstance(inner, list):
            for it in islice(inner, MOST_PARTS):
                if isinstance(it, Message) and _has_nobody(it):
                    recipients += [_typed(it, "Original-Recipient"), _typed(it, "Final-Recipient")]
            continue
        if part is not mail and not message_id:
            message_id = _field(headers, "Message-ID")
    return Undelivered(message_id, tuple(filter(None, dict.fromkeys(recipients))))


def _has_nobody(recipient: Message) -> bool:
    if _field(recipient, "Action").lower() != "failed":
        return False
    status, said = _field(recipient, "Status"), _field(recipient, "Diagnostic-Code").partition(";")[2].strip()
    return nobody_is_there(f"{status} {said}") if status not in ("", "5.0.0") else nobody_is_there(said)


def _typed(recipient: Message, name: str) -> str:
    """An address behind its type, as ``rfc822; ann@example.org``."""
    return _field(recipient, name).partition(";")[2].strip().strip("<>").lower()


def _field(part: Message, name: str) -> str:
    return " ".join(str(part.get(name, ""))[:LONGEST].split())
