"""Makes mails from parcels: in text and HTML, one thread for each ticket, with a link to unsubscribe."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from notify.unsubscribing import UnsubscribeLinks
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_line
from tickets.model import Millis, Ticket, UserKey
from tickets.notifications import Letter
from transcripts.markdown import to_html
from transcripts.plain import label, prose

LONGEST_SUBJECT: Final = 150


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that stays on one line. The library would encode a long one, and then no program understands
    the id or the address in it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _headers() -> HeaderRegistry:
    headers = HeaderRegistry()
    for name in ("message-id", "references", "in-reply-to", "list-unsubscribe"):
        headers.map_to_type(name, _OneLine)
    return headers


POLICY: Final = SMTP.clone(header_factory=_headers())


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of news: what happened, and what was written."""

    text: str
    words: str = ""
    files: tuple[tuple[str, str], ...] = ()
    """Names and addresses."""

    @property
    def html(self) -> Markup:
        return to_html(self.words)


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of mails. ``deployment`` keeps the mails of this desk apart from those of other desks."""

    address: str
    """As MAIL_FROM has it: an address, maybe with a name."""
    deployment: str

    @property
    def spec(self) -> str:
        return parseaddr(self.address)[1]

    @property
    def named(self) -> Address:
        name, spec = parseaddr(self.address)
        return Address(name, addr_spec=spec)

    def message_id(self, of: str) -> str:
        """The Message-ID. It is the same for the same parcel, so that mail programs see a repeated mail as
        one."""
        return f"<{of}.{self.deployment}@{self.spec.rpartition('@')[2]}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutTicket:
    """The content of a mail, and its recipient."""

    to: str
    user: UserKey
    language: Language
    ticket: Ticket | None
    lines: Sequence[Line]
    reply_to: str | None = None


class Composer:
    """Makes mails. ``ticket_url`` returns the page of a ticket, if there is one."""

    def __init__(
        self,
        sender: Sender,
        links: UnsubscribeLinks,
        ticket_url: Callable[[Ticket], str | None] = lambda _: None,
    ) -> None:
        self.sender = sender
        self._links = links
        self._ticket_url = ticket_url

    def about_ticket(self, parcel_id: str, at: Millis, it: AboutTicket) -> bytes:
        """A mail about a ticket. Raises ValueError for an address to which no mail can go."""

        def say(text: Text) -> str:
            return in_language(text, it.language)

        ticket = it.ticket
        subject = say(
            Text("mail-subject-of-note")
            if ticket is None
            else Text("mail-subject", number=ticket.number, topic=ticket.topic)
        )
        link = None if ticket is None else self._ticket_url(ticket)
        facts: dict[str, object] = {
            "language": it.language.value,
            "subject": subject,
            "lines": it.lines,
            "files": say(Text("mail-files")),
            "link": link,
            "link_text": "" if ticket is None else say(Text("mail-link", number=ticket.number)),
            "why": say(Text("mail-why")),
            "not_read": say(Text("mail-not-read") if it.reply_to is None else Text("mail-or-answer")),
            "no_more": say(Text("mail-no-more")),
            "no_more_url": self._links.url(it.user),
            "above": None if it.reply_to is None else say(Text("mail-above")),
        }
        mail = self._mail(parcel_id, at, it.to, subject)
        if ticket is not None:
            thread = self.sender.message_id(f"ticket.{ticket.id}")
            mail["References"] = mail["In-Reply-To"] = thread
        if it.reply_to is not None:
            mail["Reply-To"] = Address(addr_spec=it.reply_to)
        mail["List-Unsubscribe"] = f"<{facts['no_more_url']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(_text(facts, it.lines), cte="quoted-printable")
        html = _environment().get_template("mail.html.jinja").render(facts)
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
        return mail.as_bytes(policy=POLICY)

    def letter(self, parcel_id: str, at: Millis, it: Letter) -> bytes:
        """A mail with the given words. Raises ValueError for an address to which no mail can go."""
        mail = self._mail(parcel_id, at, it.to, it.subject)
        if it.in_reply_to is not None:
            mail["References"] = mail["In-Reply-To"] = _one_line(it.in_reply_to)
        mail.set_content(prose(it.body), cte="quoted-printable")
        return mail.as_bytes(policy=POLICY)

    def _mail(self, parcel_id: str, at: Millis, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self.sender.named
        mail["To"] = _address(to)
        mail["Subject"] = _one_line(subject)[:LONGEST_SUBJECT]
        mail["Date"] = format_datetime(datetime.fromtimestamp(at / 1000, UTC))
        mail["Message-ID"] = self.sender.message_id(parcel_id)
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        return mail


def _address(to: str) -> Address:
    """Raises ValueError for an invalid address, and for one that only some servers accept."""
    if not to.isascii() or any(ord(it) <= 0x20 or it in "<>,;\x7f" for it in to):
        raise ValueError("this is no address that mail can go to")
    try:
        return Address(addr_spec=to)
    except Exception as error:  # the parser raises what it likes
        raise ValueError("this is no address that mail can go to") from error


def _one_line(text: str) -> str:
    """The text without line ends, so that it stays one header. Encoded words in it are broken up, because the
    library would decode them together with their line ends."""
    return " ".join(label(clean_line(text)).split()).replace("=?", "= ?")


def _text(facts: dict[str, object], lines: Sequence[Line]) -> str:
    parts = [str(facts["above"])] if facts["above"] else []
    for line in lines:
        parts.append(line.text)
        if line.words:
            parts.append("\n".join(f"    {it}" for it in prose(line.words).splitlines()))
        if line.files:
            parts.append("\n".join(f"    {name}: {url}" for name, url in line.files))
    if facts["link"]:
        parts.append(f"{facts['link_text']}: {facts['link']}")
    end = " ".join(str(it) for it in (facts["why"], facts["not_read"]) if it)
    parts.append(f"-- \n{end}\n{facts['no_more']}: {facts['no_more_url']}")
    return "\n\n".join(parts) + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notify"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
