"""Reads an incoming mail: who says they sent it, what is new in it, and whether a machine sent it. Pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message, MIMEPart
from email.policy import compat32
from email.utils import getaddresses
from itertools import islice
from typing import Any, Final

from notify.inbound.new_text import new_text
from notify.inbound.undelivered import Undelivered, undelivered_in
from notify.inbound.words_of_html import words_of_html

MOST_FILES: Final = 10
MOST_PARTS: Final = 200
"""Parts that are read. Further ones are left out."""
LONGEST_NAME: Final = 1_000
LONGEST_HEADER: Final = 20_000
LONGEST_OF_PART: Final = 2_000
"""Characters of a header that describes a part."""
_BOUNDS: Final = (
    (re.compile(rb"\n"), 600_000),
    (re.compile(rb"^--", re.MULTILINE), 5_000),
    (re.compile(rb"^content-type:\s*(?:multipart|message)/", re.MULTILINE | re.IGNORECASE), 50),
)
"""How many lines, delimiters of parts, and parts with parts a mail may have. The parser takes minutes for
mails that are made of nothing else, and gives up where hundreds of parts are within each other."""
_SIGNATURES: Final = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
"""Types of parts that prove who wrote the mail. They are no files for people."""
_CHARSETS: Final = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
}
"""The charsets that programs really mean by these names. As in browsers, each is a larger set of the same
kind."""
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
    that received the mail. ``undelivered`` is what it reports, if it is such a report."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    files: tuple[MailFile, ...]
    is_by_machine: bool
    passes_dmarc: bool
    undelivered: Undelivered | None = None


def read(raw: bytes, authserv_id: str) -> IncomingMail:
    """Any bytes make a mail. Parts that cannot be understood are empty. What goes beyond the bounds is left
    out."""
    mail = message_from_bytes(_bounded(raw), _Mail, policy=compat32)
    assert isinstance(mail, EmailMessage)  # noqa: S101  as the class says
    text, files = _read_parts(mail)
    fields = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
    named = [it for field in fields for it in _all(mail, field)]
    senders = _addresses(_all(mail, "From"))
    return IncomingMail(
        message_id=_first(mail, "Message-ID") or f"<{hashlib.sha256(raw).hexdigest()}>",
        sender=senders[0][1].lower() if len(senders) == 1 else "",
        recipients=tuple(dict.fromkeys(it.lower() for _, it in _addresses(named) if it)),
        text=new_text(text),
        files=tuple(files),
        is_by_machine=_is_by_machine(mail),
        passes_dmarc=len(senders) == 1 and _passes_dmarc(mail, authserv_id, senders[0][1]),
        undelivered=undelivered_in(mail),
    )


def _bounded(raw: bytes) -> bytes:
    """The beginning of the mail, up to where it goes beyond one of the bounds."""
    for counted, most in _BOUNDS:
        if (beyond := next(islice(counted.finditer(raw), most, None), None)) is not None:
            raw = raw[: beyond.start()]
    return raw


def _all(mail: EmailMessage, field: str) -> list[str]:
    """All values of a header. Headers may be malformed; those that cannot be read are left out."""
    found = []
    for name, value in mail.raw_items():
        if name.lower() == field.lower():
            found.append(" ".join(str(value)[:LONGEST_HEADER].split()))
    return found


def _addresses(values: list[str]) -> list[tuple[str, str]]:
    try:
        return getaddresses(values)
    except RecursionError:  # comments within comments
        return []


def _first(mail: EmailMessage, field: str) -> str:
    values = _all(mail, field)
    return values[0].strip() if values else ""


def _is_by_machine(mail: EmailMessage) -> bool:
    """Whether a machine sent it, by RFC 3834 and by the headers of older programs."""
    submitted = _first(mail, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if _first(mail, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply", "auto-reply"):
        return True
    marks = (
        "X-Autoreply",
        "X-Autorespond",
        "X-Autogenerated",
        "X-Vacation",
        "List-Id",
        "List-Unsubscribe",
        "X-Loop",
    )
    if any(_all(mail, it) for it in marks):
        return True
    if _first(mail, "Return-Path") == "<>" or mail.get_content_type() == "multipart/report":
        return True
    senders = _addresses(_all(mail, "From")[:1])
    return bool(senders) and _MACHINES.match(senders[0][1]) is not None


def _passes_dmarc(mail: EmailMessage, authserv_id: str, sender: str) -> bool:
    """The verdict in the topmost header, if the receiving server wrote it. Headers further down came with the
    mail, and anybody can have written them."""
    server, _, results = _unquoted(_first(mail, "Authentication-Results")).partition(";")
    if server.lower().split()[:1] != [authserv_id.lower()]:
        return False
    verdicts = [it for it in results.split(";") if re.match(r"\s*dmarc\s*=", it, re.IGNORECASE)]
    passed = [it for it in verdicts if re.match(r"\s*dmarc\s*=\s*pass\b", it, re.IGNORECASE)]
    of = [it for found in passed for it in re.findall(r"header\.from\s*=\s*(\S+)", found, re.IGNORECASE)]
    domain = sender.rpartition("@")[2].lower()
    return 0 < len(passed) == len(verdicts) and all(it.rpartition("@")[2].lower() == domain for it in of)


def _unquoted(value: str) -> str:
    """The header without comments (RFC 5322), and without quoted strings. Senders choose what is in both, for
    instance by the first part of their own address."""
    kept: list[str] = []
    depth, is_quoted, characters = 0, False, iter(value)
    for it in characters:
        if it == "\\":
            next(characters, "")
            it = "?"
        elif it == '"' and not depth:
            is_quoted = not is_quoted
            continue
        elif it in "()" and not is_quoted:
            depth = max(0, depth + (1 if it == "(" else -1))
            it = " "
        if not depth:
            kept.append("?" if is_quoted and it in " ;=()" else it)
    return "".join(kept)


class _Mail(EmailMessage):
    """A mail, or one of its parts. Headers are parsed by the old policy, because the new one can be made to
    take minutes."""

    def get(self, name: str, failobj: Any = None) -> Any:
        value = super().get(name)
        if value is None:
            return failobj
        return value if len(str(value)) <= LONGEST_OF_PART else str(value)[:LONGEST_OF_PART]

    def is_attachment(self) -> bool:
        return self.get_content_disposition() == "attachment"


def _read_parts(mail: EmailMessage) -> tuple[str, list[MailFile]]:
    """The text and the files. Some programs begin a new text part after each picture."""
    body = _body(mail)
    texts: list[str] = []
    files: list[MailFile] = []
    for part in islice(_leaves(mail, body), MOST_PARTS):
        if body is not None and (part is body or _goes_on(part, body)):
            text = _decoded(part)
            texts.append(words_of_html(text) if part.get_content_subtype() == "html" else text)
        elif len(files) < MOST_FILES and part.get_content_type() not in _SIGNATURES:
            files.append(_file(part, len(files) + 1))
    return "\n".join(texts), files


def _body(mail: EmailMessage) -> MIMEPart | None:
    for kind in ("plain", "html"):
        try:
            if (part := mail.get_body((kind,))) is not None:
                return part
        except (LookupError, ValueError):
            continue
    return None


def _leaves(mail: EmailMessage, body: MIMEPart | None) -> Iterator[Message]:
    """All parts without parts of their own. Of several versions of a text, only the body is among them. A
    mail within the mail is one part."""
    left: list[tuple[Message, bool]] = [(mail, False)]
    while left:
        part, is_version = left.pop()
        inner = part.get_payload() if part.is_multipart() else None
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            is_version = is_version or part.get_content_subtype() == "alternative"
            left.extend((it, is_version) for it in reversed(inner) if isinstance(it, Message))
        elif part is body or not is_version or part.get_content_maintype() != "text":
            yield part


def _goes_on(part: Message, body: MIMEPart) -> bool:
    """Whether the part continues the text of the body, and is no file."""
    is_file = part.get_content_disposition() == "attachment" or _name_of(part) is not None
    return part.get_content_type() == body.get_content_type() and not is_file


def _file(part: Message, number: int) -> MailFile:
    if part.get_content_maintype() == "message" and isinstance(inner := part.get_payload(), list):
        content = b"".join(it.as_bytes() for it in inner if isinstance(it, Message))
        return MailFile(_name_of(part) or "mail.eml", "message/rfc822", content)
    return MailFile(_name_of(part) or f"file-{number}", part.get_content_type(), _content_of(part))


def _content_of(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (LookupError, ValueError, TypeError):  # the charset is none; the bytes are there all the same
        part.del_param("charset")
        content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _name_of(part: Message) -> str | None:
    """The file's name. Many programs encode it like a subject, although the standard does not allow that."""
    try:
        name = part.get_filename()
        return None if name is None else str(make_header(decode_header(name[:LONGEST_NAME])))
    except (HeaderParseError, LookupError, ValueError, TypeError):
        return None


def _decoded(part: Message) -> str:
    """The text in the charset that it names. If the name is unknown or wrong, it is read as UTF-8, or else in
    the charset of Windows in Western countries, which programs also mean by Latin 1."""
    charset, content = _charset_of(part), _content_of(part)
    for it in (charset, "utf-8"):
        try:
            return content.decode(it)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", errors="replace")


def _charset_of(part: Message) -> str:
    named = str(part.get_content_charset("utf-8")).lower()
    return _CHARSETS.get(named, named)
