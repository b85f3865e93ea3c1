"""Mails about accounts are queued durably, sent once, and forgotten with what they say."""

from notify.letters import QueuedMailer
from tests.clocks import Hands
from tests.notify.conftest import Known, notifying
from tests.notify.mail_server import Mails
from tests.waiting import until
from texts.language import Language
from tickets.notifications import NotificationStatus, letters_key
from tickets.ports.mails import Mail, MailKind
from tickets.ports.store import Store


async def test_a_letter_goes_to_its_address_and_leaves_no_token_behind(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    mailer = QueuedMailer(store.notifications, clock, Language.EN)
    facts = {"name": "Ann", "token": "s3cret", "link": "https://desk.example.test/portal/verify?token=s3cret"}
    await mailer.send(Mail(to="New@Example.org", kind=MailKind.VERIFY, facts=facts, locale="de"))
    (queued,) = (await store.notifications.left(None, 9)).items

    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await until(lambda: mails.all())
        (mail,) = mails.all()

        async def is_sent() -> bool:
            it = await store.notifications.get(queued.id)
            return it is not None and it.status is NotificationStatus.SENT

        await until(is_sent)

    sent = await store.notifications.get(queued.id)
    assert (mail["To"], mail["Subject"]) == ("New@Example.org", "Bitte bestätigen Sie Ihre E-Mail-Adresse")
    assert facts["link"] in str(mail.get_content())
    assert mail["List-Unsubscribe"] is None
    assert "s3cret" not in queued.text
    assert sent is not None
    assert sent.letter is None


async def test_a_letter_goes_to_a_domain_with_an_umlaut(
    store: Store, known: Known, clock: Hands, mails: Mails
) -> None:
    mailer = QueuedMailer(store.notifications, clock, Language.EN)
    await mailer.send(
        Mail(to="ann@straße.müller.test", kind=MailKind.RESET, facts={"link": "https://x.test"})
    )

    async with notifying(store, known, clock, mails.url, notify_after=60_000):
        await until(lambda: mails.all())

    assert mails.all()[0]["To"] == "ann@xn--strae-oqa.xn--mller-kva.test"


async def test_what_waits_for_an_address_can_be_forgotten(store: Store, clock: Hands) -> None:
    mailer = QueuedMailer(store.notifications, clock, Language.EN)
    await mailer.send(Mail(to="New@Example.org", kind=MailKind.RESET))

    assert await store.notifications.forget(letters_key("new@example.org")) == 1
    assert (await store.notifications.left(None, 9)).items == []
