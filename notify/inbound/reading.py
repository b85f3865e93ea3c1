"""Reads an incoming mail: who says they sent it, what is new in it, and whether a machine sent it. Pure."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, MIMEPart
from email.policy import default
from email.utils import getaddresses, parseaddr
from typing import Final

from mailparser_reply.parser import EmailReplyParser

LANGUAGES: Final = ["en", "de", "fr", "es", "it", "nl"]
ABOVE: Final = re.compile(r"^[>\s]*\W*##-.*-##.*$", re.MULTILINE)
"""The line in our mails above which people write their answer, in any language."""
MOST_FILES: Final = 10
_TAG: Final = re.compile(r"<[^>]*>")
_BLOCK: Final = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|blockquote|table)\b[^>]*>", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_MACHINES: Final = re.compile(
    r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class MailFile:
    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """``text`` is the new part, without quotes and signatures. ``passes_dmarc`` is the verdict of the server
    that received the mail."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    files: tuple[MailFile, ...]
    is_by_machine: bool
    passes_dmarc: bool


def read(raw: bytes, authserv_id: str) -> IncomingMail:
    """Any bytes make a mail. Parts that cannot be understood are empty."""
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)  # noqa: S101  as the policy makes them
    fields = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    named = [it for field in fields for it in _all(mail, field)]
    senders = getaddresses(_all(mail, "From"))
    return IncomingMail(
        message_id=_first(mail, "Message-ID"),
        sender=senders[0][1].lower() if len(senders) == 1 else "",
        recipients=tuple(dict.fromkeys(it.lower() for _, it in getaddresses(named) if it)),
        text=_new_text(_text_of(mail)),
        files=tuple(_files_of(mail)),
        is_by_machine=_is_by_machine(mail),
        passes_dmarc=len(senders) == 1 and _passes_dmarc(mail, authserv_id, senders[0][1]),
    )


def _all(mail: EmailMessage, field: str) -> list[str]:
    """All values of a header. Headers may be malformed; those that cannot be read are left out."""
    found = []
    for name, value in mail.raw_items():
        if name.lower() == field.lower():
            found.append(" ".join(str(value).split()))
    return found


def _first(mail: EmailMessage, field: str) -> str:
    values = _all(mail, field)
    return values[0].strip() if values else ""


def _is_by_machine(mail: EmailMessage) -> bool:
    """Whether a machine sent it, by RFC 3834 and by what older programs write."""
    submitted = _first(mail, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if _first(mail, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    marks = (
        "X-Autoreply",
        "X-Autorespond",
        "List-Id",
        "List-Unsubscribe",
        "X-Loop",
    )
    if any(_all(mail, it) for it in marks):
        return True
    if _first(mail, "Return-Path") == "<>" or mail.get_content_type() == "multipart/report":
        return True
    return _MACHINES.match(parseaddr(_first(mail, "From"))[1]) is not None


def _passes_dmarc(mail: EmailMessage, authserv_id: str, sender: str) -> bool:
    """The verdict in the topmost header, if the receiving server wrote it. Headers further down came with the
    mail, and anybody can have written them."""
    verdict = re.sub(r"\([^()]*\)", " ", _first(mail, "Authentication-Results"))
    server, _, results = verdict.partition(";")
    if server.split()[:1] != [authserv_id]:
        return False
    passed = [it for it in results.split(";") if re.match(r"\s*dmarc\s*=\s*pass\b", it, re.IGNORECASE)]
    of = [it for found in passed for it in re.findall(r"header\.from\s*=\s*(\S+)", found, re.IGNORECASE)]
    domain = sender.rpartition("@")[2].lower()
    return bool(passed) and all(it.strip('"').rpartition("@")[2].lower() == domain for it in of)


def _text_of(mail: EmailMessage) -> str:
    for kind in ("plain", "html"):
        try:
            part = mail.get_body((kind,))
            if part is not None:
                text = _decoded(part)
                return text if kind == "plain" else _plain(text)
        except (LookupError, ValueError, KeyError):
            continue
    return ""


def _decoded(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, errors="replace")
    except LookupError:
        return content.decode("utf-8", errors="replace")


def _plain(text: str) -> str:
    """The text of HTML without its tags."""
    text = _BLOCK.sub("\n", _UNSEEN.sub(" ", text))
    return html.unescape(_TAG.sub("", text))


def _new_text(text: str) -> str:
    """The text without quotes and signature. If nothing is left, the whole text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    above = ABOVE.split(text, maxsplit=1)[0]
    replies = EmailReplyParser(languages=LANGUAGES).read(above).replies
    new = replies[0].body.strip() if replies else ""
    return str(new) or above.strip()


def _files_of(mail: EmailMessage) -> Iterator[MailFile]:
    for number, part in enumerate(mail.iter_attachments()):
        if number >= MOST_FILES:
            return
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            try:
                name = part.get_filename() or f"file-{number + 1}"
            except (ValueError, KeyError, TypeError):
                name = f"file-{number + 1}"
            yield MailFile(name, part.get_content_type(), payload)
