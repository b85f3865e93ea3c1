"""Mails as they are written: nothing that people wrote gets into a header or out of its place."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.composing import AboutTicket, Line
from notify.letters import letter_of
from tests.contract.acts import opening
from tests.notify.conftest import composer
from tests.people import ANN, ANN_ASKS
from texts.language import Language
from tickets.events import Event, Origin, Place
from tickets.fold import ticket_after
from tickets.model import EventId, Ticket, TicketId, UserKey
from tickets.notifications import Letter
from tickets.ports.mails import Mail, MailKind

HEADERS = {
    *("from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress"),
    *("references", "in-reply-to", "list-unsubscribe", "list-unsubscribe-post", "mime-version"),
    *("content-type", "content-transfer-encoding"),
}
NASTY = st.one_of(
    st.text(),
    st.builds(lambda a, b: f"{a}\r\nBcc: eve@example.org\r\n\r\n{b}", st.text(), st.text()),
    st.builds(lambda a: f"=?utf-8?q?a=0aBcc=3a_eve=40example.org?= {a} =?utf-8?b?CkJjYzogZQo=?=", st.text()),
    st.builds(lambda a: f"\n\n.\n{a}\u2028X-Evil: 1\x0bY: 2\x85Z: 3", st.text()),
)


def ticket(topic: str) -> Ticket:
    event = Event(
        ticket_id=TicketId("t1"),
        seq=1,
        id=EventId("e1"),
        at=5,
        actor=ANN_ASKS,
        origin=Origin(Place.API),
        data=opening(1, topic=topic),
    )
    return ticket_after(None, event)


def parsed(mail: bytes) -> EmailMessage:
    found = message_from_bytes(mail, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@given(topic=NASTY, words=NASTY, name=NASTY)
def test_whatever_people_write_no_header_comes_of_it(topic: str, words: str, name: str) -> None:
    line = Line(f"{name} answered ticket 1.", words, ((name, "https://x.example/f"),))
    about = AboutTicket(
        to="ann@example.org", user=ANN.key, language=Language.DE, ticket=ticket(topic), lines=[line]
    )

    mail = parsed(composer().about_ticket("p", 5, about))

    assert {it.lower() for it in mail} <= HEADERS
    assert len(list(mail)) == len(set(mail))
    assert str(mail["Subject"]).strip().startswith("Ticket 1:")
    assert [it.get_content_type() for it in mail.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("reply_to", ["t1-secret@desk.example.test", None])
def test_a_mail_says_whether_it_can_be_answered(reply_to: str | None) -> None:
    about = AboutTicket(
        to="ann@example.org",
        user=ANN.key,
        language=Language.EN,
        ticket=ticket("It does not start"),
        lines=[Line("Sam answered ticket 1.", "Try this", ())],
        reply_to=reply_to,
    )

    mail = parsed(composer().about_ticket("p", 5, about))

    assert mail["Reply-To"] == reply_to
    for part in mail.iter_parts():
        words = part.get_content()
        assert ("You can answer this mail." in words) == (reply_to is not None)
        assert ("Please write your answer above this line" in words) == (reply_to is not None)
        assert ("Nobody reads answers to this mail." in words) == (reply_to is None)


@given(name=NASTY)
def test_a_name_gets_into_no_header_of_a_letter(name: str) -> None:
    for kind in MailKind:
        facts = {"name": name, "token": "abc", "link": "https://desk.example.test/portal/verify?token=abc"}
        letter = letter_of(Mail(to="ann@example.org", kind=kind, facts=facts, locale="de"), Language.DE)

        mail = parsed(composer().letter("p", 5, letter))

        assert {it.lower() for it in mail} <= HEADERS
        assert facts["link"] in str(mail.get_content())


@pytest.mark.parametrize(
    "to",
    [
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nBcc: eve@example.org",
        "ann@example.org, eve@example.org",
        "Ann <ann@example.org>",
        "änn@example.org",
        "ann@example.org;eve@example.org",
        "ann",
        "",
    ],
)
def test_only_one_plain_address_is_written_to(to: str) -> None:
    with pytest.raises(ValueError, match="no address that mail can go to"):
        composer().letter("p", 5, Letter(to, "Hi", "Ho"))


def test_lines_are_as_long_as_mail_servers_take_them() -> None:
    line = Line("x" * 3000, "ö" * 4000)
    about = AboutTicket(
        to="ann@example.org", user=ANN.key, language=Language.EN, ticket=ticket("ü" * 100), lines=[line]
    )

    mail = composer().about_ticket("p", 5, about)

    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert mail.isascii()


def test_ids_and_addresses_stand_as_they_are_however_long() -> None:
    about = AboutTicket(
        to="ann@example.org",
        user=UserKey("default", "u" * 200),
        language=Language.EN,
        ticket=replace(ticket("Lamp"), id=TicketId("t" * 120)),
        lines=[Line("x")],
    )
    raw = composer().about_ticket("p" * 120, 5, about).decode()
    letter = composer().letter(
        "p", 5, Letter("ann@example.org", "x", "y", in_reply_to="<=?utf-8?q?=0aBcc=3a?=@x>")
    )

    found = dict(line.split(": ", 1) for line in raw.partition("\r\n\r\n")[0].split("\r\n") if ": " in line)
    assert found["Message-ID"].startswith(f"<{'p' * 120}.")
    assert found["References"] == found["In-Reply-To"]
    assert found["References"].startswith(f"<ticket.{'t' * 120}.")
    assert found["List-Unsubscribe"].startswith("<http")
    assert b"\nBcc" not in letter
    assert not any("=?" in found[it] for it in ("Message-ID", "References", "List-Unsubscribe"))
