"""Mails over a real mail server: gathered, spared where they were seen, refused, never more than twice."""

import asyncio
from email.message import EmailMessage

import pytest

from notify.mailing import REFUSED_BEFORE
from notify.sending import SENT_TWICE
from notify.smtp import nobody_is_there
from tests.clocks import Hands
from tests.contract.acts import append, open_ticket, post
from tests.notify.conftest import LINKS, Known, mail_sink, notifying
from tests.notify.mail_server import Mails
from tests.people import ANN, AS_SAM, BEN, SAM_ANSWERS
from tests.waiting import until
from tickets.desks.notification_desk import NotificationDesk
from tickets.desks.ticket_desk import Desk
from tickets.events import MessageDeleted, MessageEdited, MessagePosted, TicketClosed
from tickets.model import Attachment, FileId, MessageId, Status, Ticket
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationKind,
    NotificationStatus,
    id_of,
)
from tickets.policy import Rules
from tickets.ports.notifications import Reach
from tickets.ports.store import Store
from tickets.refusals import CannotReachUser
from tickets.refused_addresses import RefusedAddresses

MAIL, IN_APP = NotificationChannel.EMAIL, NotificationChannel.IN_APP
PENDING, SENT, FAILED, SUPPRESSED = (
    NotificationStatus.PENDING,
    NotificationStatus.SENT,
    NotificationStatus.FAILED,
    NotificationStatus.SUPPRESSED,
)


async def mails_of(store: Store) -> list[Notification]:
    page = await store.notifications.of_user(ANN.key, after=None, limit=99)
    return sorted((it for it in page.items if it.channel is MAIL), key=lambda it: it.seq or 0)


async def have(store: Store, *statuses: NotificationStatus) -> list[Notification]:
    """Wait until the mails have these statuses, in the order of their events."""

    async def is_so() -> bool:
        return [it.status for it in await mails_of(store)] == [*statuses]

    await until(is_so)
    return await mails_of(store)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def answered(store: Store, ticket: Ticket, *contents: str) -> list[str]:
    return [(await post(store, ticket, it, SAM_ANSWERS)).id for it in contents]


async def test_what_happened_meanwhile_comes_as_one_mail_for_each_ticket(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    first, second = await open_ticket(store), await open_ticket(store)
    file = Attachment(FileId("f1"), "lamp <1>.png", "image/png", 5)
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await answered(store, first, "Try **this**", "<script>alert(1)</script>")
        await append(store, first.id, MessagePosted("", (file,)), SAM_ANSWERS)
        await answered(store, second, "Other")
        await have(store, PENDING, PENDING, PENDING, PENDING)
        assert mails.all() == []
        clock.now += 61_000
        await have(store, SENT, SENT, SENT, SENT)

    found = sorted(mails.all(), key=lambda it: it["Subject"])
    assert [it["Subject"] for it in found] == ["Ticket 1: No light", "Ticket 2: No light"]
    mail = found[0]
    assert (mail["From"], mail["To"]) == ("Support – Desk <support@desk.example>", "ann@example.org")
    text, html = text_of(mail), text_of(mail, "html")
    assert text.count("Sam answered ticket 1.") == 3
    for part in (
        "Try **this**",
        "<script>alert(1)</script>",
        "lamp <1>.png: https://desk.example.test/in/files/f1/",
    ):
        assert part in text
    assert "<strong>this</strong>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "https://desk.example.test/in/portal/tickets/1" in text
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_mails_of_a_ticket_are_one_thread_and_end_with_a_click(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url):
        await answered(store, ticket, "One")
        await have(store, SENT)
        await answered(store, ticket, "Two")
        await have(store, SENT, SENT)

    one, two = mails.all()
    assert one["Message-ID"] != two["Message-ID"]
    assert one["Message-ID"].endswith(".d1@desk.example>")
    assert (
        one["References"]
        == two["References"]
        == one["In-Reply-To"]
        == f"<ticket.{ticket.id}.d1@desk.example>"
    )
    link = str(one["List-Unsubscribe"])[1:-1]
    assert one["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert LINKS.user_of(link.rpartition("/")[2]) == ANN.key
    assert link in text_of(one)


async def test_what_was_seen_by_its_read_mark_is_not_mailed(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await answered(store, ticket, "Seen", "Not seen")
        await have(store, PENDING, PENDING)
        await store.readings.requester_has_seen(ticket.id, 2)
        await store.notifications.shown(ANN.key, ticket.id, 3)
        clock.now += 61_000
        await have(store, SUPPRESSED, SENT)

    (mail,) = mails.all()
    assert "Not seen" in text_of(mail)
    assert "    Seen" not in text_of(mail)


async def test_for_whoever_never_sent_a_read_mark_being_shown_on_a_socket_is_enough(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await answered(store, ticket, "Seen")
        await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
        await have(store, PENDING, PENDING)
        await store.notifications.shown(ANN.key, ticket.id, 2)
        clock.now += 61_000
        await have(store, SUPPRESSED, SENT)

    (mail,) = mails.all()
    assert "Ticket 1 is closed." in text_of(mail)


async def test_what_was_read_in_the_app_or_is_gone_is_not_mailed(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        gone, _ = await answered(store, ticket, "A slip", "Read")
        await append(store, ticket.id, MessageDeleted(MessageId(gone)), SAM_ANSWERS)
        await have(store, PENDING, PENDING)
        await store.notifications.read(ANN.key, id_of(ticket.id, 3, ANN.key, IN_APP), 5)
        clock.now += 61_000
        await have(store, SUPPRESSED, SUPPRESSED)

    assert mails.all() == []


async def test_a_mail_says_what_stands_there_now(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        (posted,) = await answered(store, ticket, "A slpi")
        await append(store, ticket.id, MessageEdited(MessageId(posted), "A slip"), SAM_ANSWERS)
        await have(store, PENDING)
        clock.now += 61_000
        await have(store, SENT)

    (mail,) = mails.all()
    assert "A slip" in text_of(mail)
    assert "slpi" not in text_of(mail)


async def test_a_refusal_by_the_server_is_shown_and_the_next_ticket_goes_on(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of = {ANN.key: Reach(email="refused@example.org"), BEN.key: Reach(email="ben@example.org")}
    async with notifying(store, known, clock, mails.url):
        await answered(store, await open_ticket(store), "Hello")
        (failed,) = await have(store, FAILED)
        await answered(store, await open_ticket(store, BEN.key), "Hello")
        await until(lambda: len(mails.all()) == 1)

        known.of[ANN.key] = Reach(email="ann@example.org")
        await store.notifications.retry(failed.id, clock())
        (sent,) = await have(store, SENT)

    assert failed.error == "550 5.1.1 there is no such user here"
    assert (failed.tries, sent.tries, sent.error) == (1, 1, None)


async def test_an_address_at_which_nobody_is_gets_no_more_mail_until_that_is_right(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of = {ANN.key: Reach(email="refused@example.org"), BEN.key: Reach(email="ben@example.org")}
    desk = NotificationDesk(Desk(store, clock, Rules()), store, clock, known, [MAIL, IN_APP])
    await store.people.remember(ANN)
    first, second = await open_ticket(store), await open_ticket(store)
    async with notifying(store, known, clock, mails.url):
        await answered(store, first, "Hello")
        await have(store, FAILED)
        await answered(store, second, "Hello")
        await until(lambda: notified_in_app(store, 2))
        with pytest.raises(CannotReachUser):
            await desk.write(AS_SAM, ANN.key, MAIL, "Hello")

        await RefusedAddresses(store).remove("refused@example.org")
        known.of[ANN.key] = Reach(email="ann@example.org")
        await answered(store, second, "Hello again")
        await have(store, FAILED, SENT)


async def notified_in_app(store: Store, times: int) -> bool:
    page = await store.notifications.of_user(ANN.key, after=None, limit=99)
    return sum(it.channel is IN_APP for it in page.items) == times


async def test_a_mail_that_waits_for_an_address_at_which_nobody_is_fails_without_asking_the_server(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of = {ANN.key: Reach(email="ann@example.org")}
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await answered(store, await open_ticket(store), "Hello")
        await have(store, PENDING)
        await RefusedAddresses(store).add("Ann@example.org", clock())
        clock.now += 60_000
        (failed,) = await have(store, FAILED)

    assert failed.error == REFUSED_BEFORE
    assert mails.all() == []


@pytest.mark.parametrize(
    ("said", "nobody"),
    [
        ("550 5.1.1 there is no such user here", True),
        ("550 no such user", True),
        ("553 mailbox name not allowed", True),
        ("550 5.4.1 Recipient address rejected: Access denied", True),
        ("550-5.1.1 The email account that you tried to reach does not exist", True),
        ("550 5.7.1 relaying denied for 5.1.1.9", False),
        ("554 relay access denied", False),
        ("552 5.2.2 mailbox full", False),
        ("550 5.7.26 this mail is unauthenticated", False),
        ("550 5.1.8 your own address is wrong", False),
        ("451 4.1.1 try again", False),
    ],
)
def test_servers_say_whether_nobody_is_at_an_address(said: str, nobody: bool) -> None:
    assert nobody_is_there(said) is nobody


async def test_what_the_server_puts_off_comes_later_once(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of[ANN.key] = Reach(email="later@example.org")
    async with notifying(store, known, clock, mails.url):
        await answered(store, await open_ticket(store), "Hello")

        async def was_put_off() -> bool:
            return [it.tries for it in await mails_of(store)] == [1]

        await until(was_put_off)
        (waits,) = await mails_of(store)
        clock.now += 5_000
        await have(store, SENT)

    assert waits.error == "451 4.7.1 greylisted, try again"
    assert len(mails.all()) == 1


async def test_whose_outcome_nobody_heard_comes_twice_at_most_with_the_same_id(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of[ANN.key] = Reach(email="cut@example.org")
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url):
        await answered(store, ticket, "Hello")
        for times in (1, 2):

            async def was_put_off(times: int = times) -> bool:
                tries = [it.tries for it in await mails_of(store)]
                return tries == [times] and len(mails.all()) == times

            await until(was_put_off)
            clock.now += 5_000
        (failed,) = await have(store, FAILED)

    assert failed.error == SENT_TWICE
    assert len({it["Message-ID"] for it in mails.all()}) == 1
    assert len(mails.all()) == 2


async def test_a_stuck_server_holds_up_nothing_else(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    known.of = {ANN.key: Reach(email="stuck@example.org"), BEN.key: Reach(email="ben@example.org")}
    async with notifying(store, known, clock, mails.url, patience=0.3):
        await answered(store, await open_ticket(store), "Hello")
        await answered(store, await open_ticket(store, BEN.key), "Hello")
        await until(lambda: len(mails.all()) == 1)

        async def is_told() -> bool:
            return [it.error is not None for it in await mails_of(store)] == [True]

        await until(is_told)

    assert (await mails_of(store))[0].status is PENDING


async def test_a_server_that_is_away_is_waited_for(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    async with notifying(store, known, clock, "smtp://127.0.0.1:1"):
        await answered(store, await open_ticket(store), "Hello")

        async def is_told() -> bool:
            return [it.error is not None for it in await mails_of(store)] == [True]

        await until(is_told)
        (waits,) = await mails_of(store)
    async with notifying(store, known, clock, mails.url):
        await have(store, SENT)

    assert (waits.status, waits.tries) == (PENDING, 0)
    assert (waits.error or "").startswith("127.0.0.1 port 1: ")


async def test_an_address_that_is_not_verified_any_more_gets_nothing(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await answered(store, await open_ticket(store), "Hello")
        await have(store, PENDING)
        known.of.clear()
        clock.now += 61_000
        (failed,) = await have(store, FAILED)

    assert failed.error == "no verified address is known any more"
    assert mails.all() == []


@pytest.mark.parametrize("notify_after", [60_000])
async def test_a_word_of_staffs_goes_at_once(
    store: Store, known: Known, clock: Hands, mails: Mails, notify_after: int
) -> None:
    word = Notification(
        id=id_of((await open_ticket(store)).id, 1, ANN.key, MAIL),
        user=ANN.key,
        kind=NotificationKind.MANUAL,
        channel=MAIL,
        text="Your lamp\r\nBcc: eve@example.org\r\nis here.",
        created_at=clock(),
        due_at=clock(),
    )
    async with notifying(store, known, clock, mails.url, notify_after=notify_after):
        await store.notifications.add([word])
        await have(store, SENT)

    (mail,) = mails.all()
    assert mail["Subject"] == "A word from support"
    assert mail["Bcc"] is None
    assert "is here." in text_of(mail)


async def test_nothing_is_sent_where_the_lease_is_lost_before(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    """A former leader writes that it begins, and is refused."""
    await answered(store, await open_ticket(store), "Hello")
    async with notifying(store, known, clock, "smtp://127.0.0.1:1"):
        await have(store, PENDING)
    lease = store.lease
    first = await lease.acquire("a", await lease.observe())
    assert first is not None
    async with store.lead(first) as led:
        await lease.acquire("b", await lease.observe())
        sink = mail_sink(led, known, clock, mails.url)
        due = await led.sending_queue.next_due(
            MAIL, (await led.sending_queue.tickets_due(MAIL, clock(), 1))[0], clock()
        )
        assert due is not None
        shown = await asyncio.gather(sink.show(due.item), return_exceptions=True)

    assert [type(it).__name__ for it in shown] == ["NotLeader"]
    assert mails.all() == []


async def test_a_mail_can_be_answered_where_answers_are_read(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    ticket = await open_ticket(store)
    async with notifying(store, known, clock, mails.url, reply_domain="reply.desk.example"):
        await answered(store, ticket, "One")
        await have(store, SENT)
        await answered(store, ticket, "Two")
        await have(store, SENT, SENT)

    one, two = mails.all()
    token = str(one["Reply-To"]).removeprefix("reply+").removesuffix("@reply.desk.example")
    found = await store.notifications.reply_address_of(token)
    assert one["Reply-To"] == two["Reply-To"]
    assert found is not None
    assert (found.ticket_id, found.user) == (ticket.id, ANN.key)
    assert text_of(one).startswith("##- Please write your answer above this line -##")
