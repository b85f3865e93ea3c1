"""What is read of a mail, whoever made it: the new words, the files, and nothing that takes long."""

from email.message import EmailMessage, MIMEPart
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.inbound import reading
from notify.inbound.new_text import new_text
from notify.inbound.reading import IncomingMail, read
from notify.inbound.words_of_html import words_of_html
from tests.effort import effort_of

SERVER = "mx.desk.example"


def mail(text: str = "It works now.\n") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ann <ann@example.org>"
    made.set_content(text)
    return made


def incoming(made: EmailMessage) -> IncomingMail:
    return read(made.as_bytes(), SERVER)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nOn Mon, 5 Jan 2026 at 10:00, Support <s@x.example> wrote:\n> May we close?\n", "Yes."),
        ("Ja.\n\nAm 05.01.2026 um 10:00 schrieb Support <s@x.example>:\n> Darf das zu?\n", "Ja."),
        ("Yes.\n\nSent from my iPhone\n\n> On 5 Jan 2026, at 10:00, Support wrote:\n> ##- x -##\n", "Yes."),
        ("Yes.\n-- \nAnn\nShop Ltd\n", "Yes."),
        ("> only a quote\n", "> only a quote"),
        ("Ja.\n\nAm 05.01.26 um 10:00 schrieb Support:\n> alt\n\n-- \nAnn\n", "Ja."),
        ("Ja.\n\nVon meinem iPhone gesendet\n\n> Am 05.01.2026 um 10:00 schrieb Support:\n> alt\n", "Ja."),
        (
            "Ja.\n\nViele Grüße\nAnn\n\nVon: S <s@x.example>\nGesendet: Montag\nAn: Ann\nBetreff: 1\n\nalt",
            "Ja.",
        ),
        (
            "No.\n______________________\nFrom: S <s@x.example>\nSent: Monday\nTo: Ann\nSubject: 1\n\nold",
            "No.",
        ),
        ("No.\n\n-----Ursprüngliche Nachricht-----\nVon: S\n\nalt", "No."),
        ("Yes.\n\nOn Monday, 5 January 2026 at 10:00,\n Support <s@x.example>\n wrote:\n\nold\n", "Yes."),
    ],
)
def test_quotes_and_signatures_are_cut(text: str, new: str) -> None:
    assert incoming(mail(text)).text == new


@pytest.mark.parametrize(
    "text",
    [
        "Steps:\n--\n1. start\n2. crash",
        "It says:\n- one\n- two\nand ends.",
        "def f():\n    return 1",
        "Am Montag schrieb ich Ihnen schon:\nes geht nicht.",
        "Hello,\n\non Monday I wrote:\nit does not work.",
        "Thanks,\nbut it fails with error 12.",
        "It fails.\n\nOn 5 January 2026 we saw this:\nit failed.",
        "Hallo,\n\nAm 05.01.2026 um 10:00 war es so:\nes ging nicht.",
        "Grüße an alle, aber:\nes geht nicht.",
        "The log says\nFrom: a to b\nfailed.",
        "Hello\n\n> Did you restart?\n\nTwice.\n\n> Which version?\n\n3.2",
        "It fails.\n\nBest regards\nAnn\n\nP.S. My order is O-17.",
    ],
)
def test_what_looks_like_a_quote_or_a_signature_and_is_none_stays(text: str) -> None:
    assert incoming(mail(text)).text == text


def test_an_answer_between_the_lines_keeps_what_it_answers() -> None:
    text = "Hello\n\nOn 5 Jan 2026 at 10:00 Support wrote:\n> Did you restart?\n\nTwice.\n\n> Thanks\n"

    assert incoming(mail(text)).text == "Hello\n\n> Did you restart?\n\nTwice."


@pytest.mark.parametrize(
    "unit", ["\n", "On ", "> ", "From: x\n", "Am x schrieb ", "##-", "_", " ", "<", "<p ", "a<b>", "<!--"]
)
def test_no_text_takes_long_to_read(unit: str) -> None:
    text = unit * 20_000

    assert effort_of(lambda: (new_text(text), words_of_html(text)), tries=1) < 3_000


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/plain; " + b"a=b; " * 10_000,
        b"Content-Disposition: attachment; filename=" + b"=?utf-8?q?a?= " * 10_000,
        b"Content-Disposition: attachment; " + b"".join(b"filename*%d=a;" % it for it in range(10_000)),
        b"From: " + b"(" * 10_000,
    ],
    ids=lambda it: it[:30],
)
def test_no_header_takes_long_to_read(header: bytes) -> None:
    mail_of_it = header + b"\n\nhello\n"

    assert (read(mail_of_it, SERVER).text or "hello") == "hello"
    assert effort_of(lambda: read(mail_of_it, SERVER), tries=1) < 3_000


def test_a_mail_of_html_alone_is_read_as_its_words() -> None:
    made = mail()
    made.set_content(
        "<style>p{}</style><p>It &lt;works&gt;</p><script>alert(1)</script><p>now</p>", subtype="html"
    )

    text = incoming(made).text

    assert text.split() == ["It", "<works>", "now"]


def test_html_is_read_with_its_quotes_marked() -> None:
    made = mail()
    made.set_content(
        "<p>It&nbsp;works:<!-- > no --> 1 &lt; 2 < 3</p>"
        "<div>Am 5. Jan. 2026 um 10:00 schrieb S &lt;s@x.example&gt;:</div>"
        "<blockquote>old<br>words</blockquote>",
        subtype="html",
    )

    assert incoming(made).text == "It works: 1 < 2 < 3"


def test_html_with_an_answer_between_the_quotes_keeps_what_it_answers() -> None:
    made = mail()
    made.set_content(
        "Hello<br>there<blockquote>Did you restart?</blockquote><p>Twice.</p><blockquote>Thanks</blockquote>",
        subtype="html",
    )

    assert incoming(made).text == "Hello\nthere\n> Did you restart?\n\nTwice."


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        (b"it\x92s \x80 5", "iso-8859-1", "it’s € 5"),
        ("Grüße".encode("cp1252"), "x-nobody-knows", "Grüße"),
        ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
        ("Grüße".encode(), "idna", "Grüße"),
        ("镕".encode("gbk"), "gb2312", "镕"),
        ("שלום".encode("iso-8859-8"), "iso-8859-8-i", "שלום"),
    ],
)
def test_words_are_read_in_the_charset_that_was_meant(content: bytes, charset: str, text: str) -> None:
    head = f"From: ann@example.org\nContent-Type: text/plain; charset={charset}\n\n".encode()

    assert read(head + content, SERVER).text == text


def test_pictures_in_a_text_and_mails_in_a_mail_are_kept_and_signatures_are_not() -> None:
    made = mail("Look:\n")
    made.add_alternative("<p>Look: <img src=cid:1></p>", subtype="html")
    (_, page) = made.iter_parts()
    assert isinstance(page, MIMEPart)
    page.add_related(b"\x89PNG", "image", "png", cid="<1>", filename="lämp.png")
    inner = EmailMessage()
    inner.set_content("inner")
    made.add_attachment(inner)
    made.add_attachment(b"-", maintype="application", subtype="pgp-signature")
    more = EmailMessage()
    more.set_content("And behind the picture.")
    made.attach(more)

    it = incoming(made)

    assert it.text == "Look:\n\nAnd behind the picture."
    assert [(file.name, file.type) for file in it.files] == [
        ("lämp.png", "image/png"),
        ("mail.eml", "message/rfc822"),
    ]
    assert b"inner" in it.files[1].content


@pytest.mark.parametrize(
    "how",
    [{"filename": "log.txt"}, {"disposition": "attachment"}, {"filename": "l", "disposition": "inline"}],
)
def test_a_text_that_is_attached_is_a_file(how: dict[str, Any]) -> None:
    made = mail("See the log.\n")
    made.add_attachment("all of it", **how)

    it = incoming(made)

    assert it.text == "See the log."
    assert [(file.type, file.content.strip()) for file in it.files] == [("text/plain", b"all of it")]


def test_a_text_of_another_kind_behind_the_text_is_a_file() -> None:
    made = mail("See the page.\n")
    made.add_attachment(b"<p>all of it", maintype="text", subtype="html", disposition="inline")

    assert (incoming(made).text, [it.content for it in incoming(made).files]) == (
        "See the page.",
        [b"<p>all of it"],
    )


def test_the_domain_is_what_stands_last_in_the_address() -> None:
    head = f"Authentication-Results: {SERVER}; dmarc=pass header.from=evil.example"

    assert not read(f'{head}\nFrom: "a@evil.example"@example.org\n\nHello'.encode(), SERVER).passes_dmarc


def test_a_name_is_read_as_programs_write_it() -> None:
    raw = b'Content-Type: a/pdf\nContent-Disposition: attachment; filename="=?utf-8?b?w7wucGRm?="\n\n%PDF'

    assert [it.name for it in read(raw, SERVER).files] == ["ü.pdf"]


FAILS = "dmarc=fail header.from=example.org"
PASSES = "dmarc=pass header.from=example.org"


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        (PASSES, True),
        ("dmarc=pass", True),
        (" DMARC = PASS (p=none) Header.From = Example.ORG", True),
        ("dmarc=pass header.from=ann@example.org", True),
        (f"spf=fail smtp.mailfrom=example.org; {PASSES}", True),
        ('dmarc=pass (p=none (inherited)) header.from="example.org"', True),
        (f'spf=pass smtp.mailfrom="a;b"@example.org (it\'s "ours"); {PASSES}', True),
        (f'spf=pass smtp.mailfrom="(" ; {PASSES}', True),
        (f"spf=pass ) ; {PASSES}", True),
        ("none", False),
        (FAILS, False),
        ("spf=pass; dkim=pass", False),
        ("dmarc=passed", False),
        ("xdmarc=pass", False),
        ("spf=pass dmarc=pass", False),
        ("dmarc=pass header.from=evil.example", False),
        ("dmarc=pass HEADER.From=evil.example", False),
        ("dmarc=pass header.from=sub.example.org", False),
        ("dmarc=pass header.from=example.org header.from=evil.example", False),
        (f'spf=pass smtp.mailfrom="a; {PASSES} "@evil.example; {FAILS}', False),
        (f'spf=pass smtp.mailfrom="a\\"; {PASSES} "@evil.example; {FAILS}', False),
        ('spf=pass smtp.mailfrom="a;dmarc=pass"@evil.example', False),
        (f"spf=pass (sender (of evil.example) ; {PASSES} ); {FAILS}", False),
        (f"spf=pass (((of) evil.example) ; {PASSES} )", False),
        (f"spf=pass (sender \\( ) ; {PASSES} ); {FAILS}", False),
        (f"{PASSES}; {FAILS}", False),
        (f"{FAILS}; {PASSES}", False),
        (f"spf=pass ({PASSES}", False),
    ],
)
def test_a_verdict_counts_whole_and_not_what_a_sender_writes_into_it(results: str, passes: bool) -> None:
    made = mail()
    made["Authentication-Results"] = f"{SERVER}; {results}"

    assert incoming(made).passes_dmarc is passes


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ([f"{SERVER} 1; {PASSES}"], True),
        ([f"{SERVER.upper()}; {PASSES}", f"{SERVER}; {FAILS}"], True),
        ([f"(by us) {SERVER} ; {PASSES}"], True),
        ([f"{SERVER}; {FAILS}", f"{SERVER}; {PASSES}"], False),
        ([f"mx.other.example; {PASSES}", f"{SERVER}; {PASSES}"], False),
        ([f"{SERVER}.evil.example; {PASSES}"], False),
        ([f"mx.other.example {SERVER}; {PASSES}"], False),
        ([f"; {PASSES}"], False),
        ([SERVER], False),
        ([PASSES], False),
        ([], False),
    ],
)
def test_only_the_topmost_verdict_counts_and_only_if_the_server_wrote_it(
    headers: list[str], passes: bool
) -> None:
    head = "".join(f"Authentication-Results: {it}\n" for it in headers)

    it = read(f"{head}From: Ann <Ann@Example.org>\n\nHello".encode(), SERVER)

    assert (it.sender, it.passes_dmarc) == ("ann@example.org", passes)


@pytest.mark.parametrize(
    "senders",
    [
        "From: ann@example.org, eve@evil.example\n",
        "From: ann@example.org\nFrom: eve@evil.example\n",
        "From: eve@evil.example\nfrom: ann@example.org\n",
        "Sender: ann@example.org\n",
        "",
    ],
)
def test_a_mail_of_two_or_of_nobody_is_of_nobody(senders: str) -> None:
    it = read(f"Authentication-Results: {SERVER}; {PASSES}\n{senders}\nHello".encode(), SERVER)

    assert (it.sender, it.passes_dmarc) == ("", False)


def test_it_is_for_all_whom_any_header_names_once() -> None:
    head = (
        "From: ann@example.org\nTo: Desk <Desk@x.example>, b@x.example\nto: c@x.example\n"
        "Cc: desk@x.example, h@x.example\n"
        "Delivered-To: d@x.example\nX-Original-To: e@x.example\nEnvelope-To: f@x.example\nBcc: g@x.example\n"
    )

    it = read(f"{head}\nHello".encode(), SERVER)

    assert it.recipients == tuple(f"{name}@x.example" for name in ("desk", "b", "c", "h", "d", "e", "f"))


@pytest.mark.parametrize(
    ("head", "is_by_machine"),
    [
        *(
            (f"From: {it}@example.org\n", True)
            for it in ("MAILER-DAEMON", "no-reply", "donotreply", "bounces-1")
        ),
        *((f"From: {it}@example.org\n", False) for it in ("ann", "noreplying", "ann-postmaster")),
        *((f"Precedence: {it}\n", True) for it in ("bulk", "Junk", "list", "auto_reply", "auto-reply")),
        ("Precedence: first-class\n", False),
        *((f"Auto-Submitted: {it}\n", True) for it in ("auto-replied", "Auto-Generated")),
        *((f"Auto-Submitted: {it}\n", False) for it in ("no", "No")),
        *((f"{it}: x\n", True) for it in ("X-Autoreply", "X-Autorespond", "x-autogenerated", "X-Vacation")),
        *((f"{it}: x\n", True) for it in ("List-Id", "List-Unsubscribe", "X-Loop")),
        ("Return-Path: <>\n", True),
        ("Return-Path: <ann@example.org>\n", False),
        ("Content-Type: multipart/report; boundary=x\n", True),
        ("", False),
    ],
)
def test_what_a_machine_sent_is_known_by_its_headers(head: str, is_by_machine: bool) -> None:
    assert read(f"{head}\nHello".encode(), SERVER).is_by_machine is is_by_machine


def test_a_mail_without_a_name_has_one_of_its_own() -> None:
    one, other = read(b"From: ann@example.org\n\nHello", SERVER), read(b"From: ann@example.org\n\nHi", SERVER)
    named = read(b"Message-ID:  <1@example.org> \n\nHello", SERVER)

    assert one.message_id == read(b"From: ann@example.org\n\nHello", SERVER).message_id != other.message_id
    assert one.message_id.startswith("<")
    assert one.message_id.endswith(">")
    assert named.message_id == "<1@example.org>"


@given(
    raw=st.one_of(
        st.binary(max_size=400),
        st.builds(
            lambda head, body: (
                b"From: " + head + b"\r\nTo: " + head + b"\r\nContent-Type: " + body + b"\r\n\r\n" + body
            ),
            st.binary(max_size=80),
            st.binary(max_size=80),
        ),
    )
)
def test_whatever_comes_makes_a_mail(raw: bytes) -> None:
    it = read(raw, SERVER)

    assert not it.passes_dmarc
    assert "\0" not in it.text


def within(deep: int, kind: bytes) -> bytes:
    """A text in so many parts within each other, each of which begins with its type."""
    heads = (b"Content-Type: " + kind + b"; boundary=b%d\r\n\r\n--b%d\r\n" % (it, it) for it in range(deep))
    return b"".join(heads) + b"\r\n"


@pytest.mark.parametrize(
    "bomb",
    [
        within(3_000, b"multipart/mixed"),
        within(3_000, b"multipart/alternative"),
        b"Content-Type: message/rfc822\r\n\r\n" * 3_000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 300_000,
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + b"--\r\na\r\n" * 300_000,
    ],
)
def test_a_mail_of_nothing_but_parts_is_read_as_far_as_mails_of_people_go(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[None] = []

    class Counted(reading._Mail):
        def __init__(self, *how: Any, **more: Any) -> None:
            super().__init__(*how, **more)
            made.append(None)

    monkeypatch.setattr(reading, "_Mail", Counted)
    it = read(b"From: casey@example.org\r\nMessage-ID: <1@example.org>\r\n" + bomb, SERVER)

    assert it.message_id == "<1@example.org>"
    assert len(made) <= 5_100
