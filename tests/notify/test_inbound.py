"""Answers by mail: what is new in them reaches the ticket once, and nobody is taken for another."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import partial
from uuid import uuid4

import pytest

from api.resources import messages
from config.mail_servers import IMAP, ServerAddress
from notify.inbound.answering import AnsweringMail, Became, reply_address
from notify.inbound.mailbox import Mailbox
from notify.inbound.pace import AT_ONCE, ONE_IN, Waits
from notify.inbound.reading import IncomingMail, read
from tests.clocks import Hands
from tests.contract.acts import append, open_ticket, post
from tests.notify import dovecot
from tests.notify.conftest import Known
from tests.notify.dovecot import Box
from tests.people import ANN, BEN, SAM_ANSWERS
from tests.waiting import until
from texts.language import Language
from tickets.desks.ticket_desk import Desk
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import AuthorType, Status, Ticket
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
)
from tickets.policy import DAY, Rules
from tickets.ports.notifications import REPLIES_FOR, Reach, ReplyAddress
from tickets.ports.store import Clock, Store
from tickets.ports.users import Block
from tickets.refused_addresses import RefusedAddresses

SERVER, DOMAIN, TOKEN = "mx.desk.example", "reply.desk.example", "a" * 32
NOON_STAYS = Hands()
PASS = f"{SERVER}; spf=pass smtp.mailfrom=example.org; dmarc=pass (p=reject) header.from=example.org"


def mail(text: str = "It works now.\n", *, verdict: str | None = PASS, **headers: str | None) -> EmailMessage:
    made = EmailMessage()
    if verdict is not None:
        made["Authentication-Results"] = verdict
    said: dict[str, str | None] = {
        "From": "Ann <Ann@Example.org>",
        "To": reply_address(TOKEN, DOMAIN),
        "Subject": "Re: Ticket 1",
        "Message-ID": f"<{uuid4().hex}@example.org>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    for name, value in said.items():
        if value is not None:
            made[name] = value
    made.set_content(text)
    return made


def incoming(made: EmailMessage) -> IncomingMail:
    return read(made.as_bytes(), SERVER)


@pytest.fixture
def desk(store: Store, clock: Hands) -> Desk:
    return Desk(store, clock, Rules(reopen_window=7 * DAY))


@pytest.fixture
def answering(desk: Desk, store: Store, known: Known, clock: Hands) -> AnsweringMail:
    return AnsweringMail(
        desk,
        store,
        known,
        clock,
        domain=DOMAIN,
        deployment="d1",
        language=Language.EN,
        max_file_bytes=1_000,
    )


@pytest.fixture
async def ticket(store: Store, clock: Hands) -> Ticket:
    await store.people.remember(ANN)
    ticket = await open_ticket(store)
    await post(store, ticket, "Try this", SAM_ANSWERS)
    await store.notifications.reply_address(ReplyAddress(TOKEN, ticket.id, ANN.key, clock() + REPLIES_FOR))
    return ticket


async def said(store: Store, ticket: Ticket) -> list[str]:
    return [it.content for it in await store.views.messages(ticket.id)][1:]


async def noted(store: Store, ticket: Ticket) -> list[str]:
    return [it.content for it in await store.views.messages(ticket.id, notes=True)]


async def test_what_is_new_becomes_the_requesters_message_once(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    text = "It works *now*.\n\nThanks\n\n##- Please write your answer above this line -##\n> Sam answered\n"
    made = mail(text)
    made.add_attachment(b"\x89PNG....", maintype="image", subtype="png", filename="../lamp\u202egnp.png")
    made.add_attachment(b"x" * 2_000, maintype="text", subtype="plain", filename="large.txt")
    made.add_attachment(b"", maintype="text", subtype="plain", filename="empty.log")

    became = [await answering.take(incoming(made)) for _ in range(2)]

    assert became == [Became.MESSAGE, Became.MESSAGE]
    assert await said(store, ticket) == ["It works *now*.\n\nThanks"]
    message = (await store.views.messages(ticket.id))[-1]
    assert (message.author.type, message.author.key) == (AuthorType.REQUESTER, ANN.key)
    file, empty = message.attachments
    assert (empty.name, empty.size) == ("empty.log", 0)
    assert file.type == "image/png"
    kept = await store.files.get(file.id)
    assert kept is not None
    assert kept[1] == b"\x89PNG...."


async def test_an_address_at_a_domain_with_an_umlaut_is_the_same_in_both_spellings(
    store: Store, ticket: Ticket, answering: AnsweringMail, known: Known
) -> None:
    known.of[ANN.key] = Reach(email="Ann@Müller.test")
    verdict = f"{SERVER}; dmarc=pass header.from=xn--mller-kva.test"

    became = await answering.take(
        incoming(mail("It works now.", verdict=verdict, From="Ann <ann@xn--mller-kva.test>"))
    )

    assert became is Became.MESSAGE


@pytest.mark.parametrize(
    "forged",
    [
        {"verdict": None},
        {"verdict": f"{SERVER}; dmarc=fail header.from=example.org"},
        {"verdict": f"{SERVER}; spf=pass; dkim=pass"},
        {"verdict": "mx.elsewhere.example; dmarc=pass header.from=example.org"},
        {"verdict": f"{SERVER}; dmarc=pass header.from=evil.example"},
        {"verdict": f"{SERVER}; spf=fail (dmarc=pass); dmarc=none"},
        {"verdict": f"{SERVER}.evil.example; dmarc=pass"},
        {"From": "Eve <eve@example.org>"},
        {"From": "ann@example.org, eve@example.org"},
        {"From": '"ann@example.org" <eve@example.org>'},
    ],
    ids=str,
)
async def test_who_does_not_prove_to_be_the_requester_leaves_a_note(
    store: Store, ticket: Ticket, answering: AnsweringMail, forged: dict[str, str]
) -> None:
    became = await answering.take(incoming(mail("Send my data to Eve", **forged)))

    assert became is Became.NOTE
    assert await said(store, ticket) == []
    (note,) = await noted(store, ticket)
    assert "not sure" in note
    assert "Send my data to Eve" in note


async def test_a_verdict_further_down_came_with_the_mail(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    forged = mail("Me again", verdict=f"{SERVER}; dmarc=fail").as_bytes()
    forged = forged.replace(b"\nFrom:", f"\nAuthentication-Results: {PASS}\nFrom:".encode(), 1)

    assert await answering.take(read(forged, SERVER)) is Became.NOTE


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<all.example.org>"},
        {"Return_Path": "<>"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "no-reply@example.org"},
        {"X_Vacation": "yes"},
        {"Precedence": "auto-reply"},
        {"Message_ID": "<8f2d.d1@desk.example>"},
        {"To": f"reply+{'b' * 32}@{DOMAIN}"},
        {"To": f"reply+{TOKEN}@elsewhere.example"},
    ],
    ids=str,
)
async def test_what_machines_send_and_what_is_for_nobody_does_nothing(
    store: Store, ticket: Ticket, answering: AnsweringMail, headers: dict[str, str]
) -> None:
    assert await answering.take(incoming(mail(**headers))) is Became.DROPPED
    assert (await said(store, ticket), await noted(store, ticket)) == ([], [])


def report(*, of: str = "mail-1.d1", to: str = "ANN@example.org", **fields: str) -> IncomingMail:
    """What a mail server reports to the sender of a mail that did not arrive."""
    said = {"Action": "failed", "Status": "5.1.1", **fields}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    raw = (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: support@desk.example\r\nMessage-ID: <r@mx.example.org>\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\n{lines}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{of}@desk.example>\r\n\r\n--b--\r\n"
    )
    return read(raw.encode(), SERVER)


@pytest.mark.parametrize(
    ("reported", "became"),
    [
        (report(), Became.UNDELIVERED),
        (report(Status="5.0.0", Diagnostic_Code="smtp; 550 no such user"), Became.UNDELIVERED),
        (report(to="else@example.org", Original_Recipient="rfc822;ann@example.org"), Became.UNDELIVERED),
        (report(Action="delayed"), Became.DROPPED),
        (report(Status="4.4.7"), Became.CAME_BACK),
        (report(Status="5.2.2", Diagnostic_Code="smtp; 552 mailbox full"), Became.CAME_BACK),
        (report(to="ben@example.org"), Became.DROPPED),
        (report(of="mail-1.d2"), Became.DROPPED),
        (report(of="mail-2.d1"), Became.DROPPED),
    ],
)
async def test_a_report_fails_the_notification_and_ends_the_mails_to_an_address_at_which_nobody_is(
    store: Store,
    ticket: Ticket,
    answering: AnsweringMail,
    clock: Hands,
    reported: IncomingMail,
    became: Became,
) -> None:
    mailed = Notification(
        id=NotificationId("mail-1"),
        user=ANN.key,
        kind=NotificationKind.ANSWER,
        channel=NotificationChannel.EMAIL,
        text="Sam has answered",
        created_at=clock(),
        status=NotificationStatus.SENT,
        sent_at=clock(),
    )
    await store.notifications.add([mailed])

    assert await answering.take(reported) is became
    (kept,) = (await store.notifications.of_user(ANN.key, after=None, limit=2)).items
    is_back = (kept.status is NotificationStatus.FAILED, (kept.error or "").startswith("it came back: "))
    assert is_back == (became is not Became.DROPPED,) * 2
    since = await RefusedAddresses(store).since("ann@example.org")
    assert (since is not None) == (became is Became.UNDELIVERED)

    assert await answering.take(incoming(mail())) is Became.MESSAGE  # somebody is there after all
    assert await RefusedAddresses(store).since("ann@example.org") is None


async def test_what_the_blocked_send_does_nothing(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    await store.users.block(ANN.key, Block())

    for verdict in (PASS, None):  # theirs, or from somebody who only says so
        assert await answering.take(incoming(mail(verdict=verdict))) is Became.DROPPED
    assert (await said(store, ticket), await noted(store, ticket)) == ([], [])


async def test_whoever_had_the_ticket_before_leaves_a_note(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    handing_over = TicketChanged((Change("requester", str(ANN.key), str(BEN.key)),))
    await append(store, ticket.id, handing_over, SAM_ANSWERS)

    assert await answering.take(incoming(mail("It works now."))) is Became.NOTE

    assert await said(store, ticket) == []
    assert ["It works now." in it for it in await noted(store, ticket)] == [True]
    assert (await store.notifications.left(None, 9)).items == []


async def test_a_closed_ticket_is_reopened_within_the_window(
    store: Store, ticket: Ticket, answering: AnsweringMail, clock: Hands
) -> None:
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
    made = incoming(mail("Not quite"))

    assert await answering.take(made) is Became.MESSAGE
    reopened = await store.views.ticket(ticket.id)
    await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
    await answering.take(made)
    closed = await store.views.ticket(ticket.id)

    assert await said(store, ticket) == ["Not quite"]
    assert reopened is not None
    assert closed is not None
    assert (reopened.status, closed.status) == (Status.OPEN, Status.RESOLVED)


@pytest.mark.parametrize("later", [8 * DAY, REPLIES_FOR + DAY])
async def test_later_it_comes_back_once_and_only_to_its_user(
    store: Store, ticket: Ticket, answering: AnsweringMail, clock: Hands, later: int
) -> None:
    closing = TicketClosed(Status.RESOLVED)
    await append(store, ticket.id, closing, SAM_ANSWERS)
    clock.now = clock.now + later
    made = incoming(mail("Not quite"))

    became = [await answering.take(made), await answering.take(made)]

    (bounce,) = (await store.notifications.left(None, 9)).items
    assert became == [Became.BOUNCED, Became.BOUNCED]
    assert await said(store, ticket) == []
    assert bounce.letter is not None
    assert (bounce.letter.to, bounce.letter.in_reply_to) == ("ann@example.org", made.message_id)


async def test_a_long_mail_is_whole_in_a_file(store: Store, ticket: Ticket, answering: AnsweringMail) -> None:
    answering._max_file_bytes = 10_000

    await answering.take(incoming(mail("word " * 1_000)))

    message = (await store.views.messages(ticket.id))[-1]
    assert message.content.endswith(" …")
    assert [it.name for it in message.attachments] == ["mail.txt"]


async def test_a_mail_without_an_id_is_taken_once(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    made = incoming(mail(Message_ID=None))

    assert [await answering.take(made) for _ in range(2)] == [Became.MESSAGE, Became.MESSAGE]
    assert await said(store, ticket) == ["It works now."]


# Over IMAP.


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    if dovecot.PROGRAM is None:
        pytest.skip("there is no Dovecot: tests/mail.sh --install installs it")
    with dovecot.running() as box:
        yield box


@asynccontextmanager
async def reading(
    box: Box, name: str, answering: AnsweringMail, clock: Clock = NOON_STAYS, look_every: float = 60
) -> AsyncIterator[None]:
    address = ServerAddress.of(box.url(name), IMAP)
    task = asyncio.create_task(Mailbox(address, answering, SERVER, clock, look_every=look_every).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_mailbox_is_read_once_and_new_mail_is_heard_of_at_once(
    box: Box, store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    first, second, last = (mail(it).as_bytes() for it in ("One", "Two", "Three"))
    await asyncio.to_thread(box.deliver, "desk", first, second, first)

    async with reading(box, "desk", answering):
        await until(lambda: _says(store, ticket, ["One", "Two"]))
        await asyncio.to_thread(box.deliver, "desk", last)
        await until(lambda: _says(store, ticket, ["One", "Two", "Three"]))

        async def all_seen() -> bool:
            return await asyncio.to_thread(box.unseen, "desk") == 0

        await until(all_seen)
    async with reading(box, "desk", answering):
        await asyncio.to_thread(box.deliver, "desk", mail("Four").as_bytes())
        await until(lambda: _says(store, ticket, ["One", "Two", "Three", "Four"]))


async def test_whoever_answers_faster_than_the_api_allows_waits_in_order_and_delays_nobody(
    box: Box, store: Store, ticket: Ticket, answering: AnsweringMail, known: Known, clock: Hands
) -> None:
    other, token = await open_ticket(store, BEN.key), "c" * 32
    await store.people.remember(BEN)
    await store.notifications.reply_address(ReplyAddress(token, other.id, BEN.key, clock() + REPLIES_FOR))
    known.of[BEN.key] = Reach(email="ben@example.org")
    texts = [f"Answer {number}" for number in range(18)]
    bens = mail("Hello", From="ben@example.org", To=reply_address(token, DOMAIN))
    mails = [*map(mail, texts), bens]
    await asyncio.to_thread(box.deliver, "many", *(it.as_bytes() for it in mails))

    async with reading(box, "many", answering, clock, look_every=0.1):

        async def ben_is_heard() -> bool:
            return [it.content for it in await store.views.messages(other.id)] == ["Hello"]

        await until(ben_is_heard)
        assert await said(store, ticket) == texts[:15]
        assert await asyncio.to_thread(box.unseen, "many") >= 3
        for count in (16, 17, 18):
            clock.now += 4_000
            await until(partial(_says, store, ticket, texts[:count]))


async def test_without_a_proof_only_so_many_become_notes_and_the_requester_is_not_kept_from_answering(
    store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    for _ in range(15):
        assert await answering.take(incoming(mail(verdict=None))) is Became.NOTE
    with pytest.raises(Waits):
        await answering.take(incoming(mail(verdict=None)))

    assert await answering.take(incoming(mail())) is Became.MESSAGE
    assert len(await noted(store, ticket)) == 15


def test_answers_by_mail_have_the_limit_of_messages_over_the_api() -> None:
    (limit,) = (it.limit for it in messages.ROUTES if it.handler is messages.post_message)

    assert (limit.amount, limit.seconds * 1000) == (AT_ONCE, AT_ONCE * ONE_IN)


async def test_a_mail_that_cannot_be_understood_holds_up_no_other(
    box: Box, store: Store, ticket: Ticket, answering: AnsweringMail
) -> None:
    nonsense = b"From: \xff\xfe <\r\nContent-Type: multipart/mixed; boundary\r\n\r\n\xff"
    await asyncio.to_thread(box.deliver, "other", nonsense, mail("After").as_bytes())

    async with reading(box, "other", answering):
        await until(lambda: _says(store, ticket, ["After"]))


async def test_a_server_that_refuses_the_password_is_told_in_the_log(
    box: Box, answering: AnsweringMail, caplog: pytest.LogCaptureFixture
) -> None:
    address, told = ServerAddress.of(box.url("desk", "wrong"), IMAP), list[tuple[str, bool]]()
    mailbox = Mailbox(address, answering, SERVER, Hands(), is_up=lambda server, up: told.append((server, up)))
    task = asyncio.create_task(mailbox.run())

    await until(lambda: "signing in is refused" in caplog.text)

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "wrong" not in caplog.text
    assert told[0] == ("127.0.0.1", False)


async def _says(store: Store, ticket: Ticket, contents: list[str]) -> bool:
    return await said(store, ticket) == contents
