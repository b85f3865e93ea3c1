"""A store, people who can be reached, and a mail server that is a process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from config.mail_servers import SMTP, ServerAddress
from notify.composing import Composer, Sender
from notify.lanes import Lanes
from notify.mailing import MailSink
from notify.notification_sink import NotificationOptions, NotificationSink
from notify.smtp import SmtpServer
from notify.unsubscribing import UnsubscribeLinks
from tests.clocks import Hands
from tests.new_stores import open_new_sqlite
from tests.notify.mail_server import Mails, running
from tests.people import ANN, SAM
from texts.language import Language
from tickets.file_urls import FileUrls
from tickets.model import Ticket, UserKey
from tickets.notifications import NotificationChannel
from tickets.ports.bell import Bell
from tickets.ports.notifications import Reach
from tickets.ports.store import Store
from tickets.relay import Relay

PUBLIC_URL = "https://desk.example.test/in"
SECRET = b"the secret of this deployment"
LINKS = UnsubscribeLinks(PUBLIC_URL, SECRET)


class Known:
    """Where users can be reached."""

    def __init__(self) -> None:
        self.of: dict[UserKey, Reach] = {ANN.key: Reach(email="ann@example.org")}

    async def reach(self, user: UserKey) -> Reach:
        return self.of.get(user, Reach())


@pytest.fixture
async def store(tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path / "store", clock) as store:
        await store.people.remember(SAM)
        yield store


@pytest.fixture
def known() -> Known:
    return Known()


@pytest.fixture(scope="session")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    with running(tmp_path_factory.mktemp("mails")) as server:
        yield server


@pytest.fixture
def mails(mail_server: tuple[Path, int]) -> Mails:
    """What the server takes from now on."""
    return Mails(*mail_server)


def page_of(ticket: Ticket) -> str:
    return f"{PUBLIC_URL}/portal/tickets/{ticket.number}"


def composer() -> Composer:
    return Composer(Sender("Support – Desk <support@desk.example>", "d1"), LINKS, page_of)


def mail_sink(
    store: Store,
    known: Known,
    clock: Callable[[], int],
    url: str,
    patience: float = 5.0,
    domain: str | None = None,
) -> MailSink:
    server = SmtpServer(ServerAddress.of(url, SMTP), patience)
    return MailSink(
        store, server, composer(), known, FileUrls(PUBLIC_URL, SECRET), clock, Language.EN, domain
    )


@asynccontextmanager
async def notifying(
    store: Store,
    known: Known,
    clock: Callable[[], int],
    url: str,
    *,
    notify_after: int = 0,
    patience: float = 5.0,
    reply_domain: str | None = None,
) -> AsyncIterator[None]:
    """What the leader does to tell people."""
    options = NotificationOptions(tuple(NotificationChannel), Language.EN, notify_after)
    sink = NotificationSink(store, known, clock, options)
    mails = mail_sink(store, known, clock, url, patience, reply_domain)
    lanes = Lanes(store.sending_queue, clock)
    relays = (
        Relay(sink, store.backlog, store.bell, clock).run(),
        Relay(mails, lanes, Bell(), clock, 4, lambda _: 0.05).run(),
    )
    tasks = [asyncio.create_task(it) for it in relays]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
