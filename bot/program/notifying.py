"""Builds the leader's work for notifications. It goes on while Discord is away."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Final

from api.door.metrics import Metrics
from api.options import Notifying
from bot.program.wording import staff_names
from config.issuers import DEFAULT_ISSUER, IssuersFile
from config.mail_servers import IMAP, SMTP, ServerAddress
from config.page_settings import PageName
from config.settings import Settings
from config.switch import Switch
from notify.addresses import OfAccounts, VerifiedAddresses
from notify.composing import Composer, Sender
from notify.inbound.answering import AnsweringMail
from notify.inbound.mailbox import Mailbox
from notify.lanes import LONGEST_PAUSE, Lanes, pause
from notify.letters import QueuedMailer, QueuedTexter
from notify.mailing import MailSink
from notify.notification_sink import NotificationOptions, NotificationSink
from notify.sms import Gateway, SmsSink
from notify.smtp import SmtpServer
from notify.unsubscribing import UnsubscribeLinks
from tickets.desks.ticket_desk import Desk
from tickets.file_urls import FileUrls
from tickets.model import Ticket, UserKey
from tickets.notifications import NotificationChannel
from tickets.ports.bell import Bell
from tickets.ports.mails import Mailer
from tickets.ports.notifications import Addresses, Parcel, Reach
from tickets.ports.store import Clock, Store
from tickets.relay import Relay

AT_ONCE: Final = 4
"""Mails, and text messages, that are sent at once."""


def addresses_of(settings: Settings, issuers: IssuersFile | None, store: Store) -> Addresses:
    """The addresses of users that somebody vouches for."""
    return VerifiedAddresses(store.people, partial(_vouches, settings, issuers), _of_accounts(store))


def _of_accounts(store: Store) -> OfAccounts:
    async def reach(user: UserKey) -> Reach | None:
        if user.issuer != UserKey.ACCOUNTS:
            return None
        account = await store.identity.accounts.get(user.id)
        if account is None or account.disabled:
            return Reach()
        return Reach(
            email=account.email if account.email_verified else None,
            phone=account.phone if account.phone_verified else None,
            locale=account.locale,
        )

    return reach


def mailer_of(settings: Settings, store: Store, clock: Clock) -> Mailer | None:
    """Takes mails about accounts. None if mail is not set up."""
    if settings.mail_url is None:
        return None
    return QueuedMailer(store.notifications, clock, settings.language)


def _vouches(settings: Settings, issuers: IssuersFile | None, issuer: str) -> bool:
    """Whether the backend of this name has verified the addresses in its tokens."""
    if settings.jwt_secret_key is not None and issuer == DEFAULT_ISSUER:
        return settings.vouches_for_mail
    return issuers is not None and issuers.vouches(issuer)


def notifying(settings: Settings, store: Store, clock: Clock, addresses: Addresses) -> Notifying:
    """What the API needs for notifications."""
    texts = settings.sms_url is not None
    texter = QueuedTexter(store.notifications, clock, settings.language) if texts else None
    return Notifying(channels=settings.notification_channels, addresses=addresses, texter=texter)


class NotifyingWork:
    """The work for notifications while this process leads."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        addresses: Addresses,
        desk: Desk,
        must_hold: Callable[[], None],
        metrics: Metrics | None,
    ) -> None:
        """``must_hold`` raises NotLeader once this process does not lead any more."""
        options = NotificationOptions(
            settings.notification_channels,
            settings.language,
            int(settings.notify_after * 1000),
            staff_names(settings),
        )
        sink = NotificationSink(store, addresses, clock, options)
        self.parts: Mapping[str, Callable[[], Coroutine[None, None, None]]] = {
            "relay to notifications": Relay(sink, store.backlog, store.bell, clock).run,
            **_mail_parts(settings, store, clock, addresses),
            **_sms_parts(settings, store, clock, addresses),
            **_inbound_parts(settings, store, clock, addresses, desk, must_hold, metrics),
        }


def _mail_parts(
    settings: Settings, store: Store, clock: Clock, addresses: Addresses
) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    if settings.mail_url is None or settings.mail_from is None:
        return {}
    url, secret = settings.url, store.deployment.secret
    sender = Sender(settings.mail_from, store.deployment.id)

    def ticket_url(ticket: Ticket) -> str | None:
        if PageName.PORTAL not in settings.pages:
            return None
        return f"{url}/portal/tickets/{ticket.number}"

    mails = MailSink(
        store,
        SmtpServer(ServerAddress.of(settings.mail_url.get_secret_value(), SMTP)),
        Composer(sender, UnsubscribeLinks(url, secret), ticket_url),
        addresses,
        FileUrls(url, secret),
        clock,
        settings.language,
        settings.mail_reply_domain,
    )
    return {"mails": _relay(settings, mails, store, clock).run}


def _sms_parts(
    settings: Settings, store: Store, clock: Clock, addresses: Addresses
) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    if settings.sms_url is None:
        return {}
    gateway = Gateway(settings.sms_url.get_secret_value())
    return {"text messages": _relay(settings, SmsSink(store, gateway, addresses, clock), store, clock).run}


def _relay(
    settings: Settings, sink: MailSink | SmsSink, store: Store, clock: Clock
) -> Relay[NotificationChannel, Parcel]:
    lanes, longest = Lanes(store.sending_queue, clock), int((LONGEST_PAUSE + settings.notify_after) * 1000)
    return Relay(sink, lanes, Bell(), clock, parallel=AT_ONCE, delay=pause, longest=longest)


def _inbound_parts(
    settings: Settings,
    store: Store,
    clock: Clock,
    addresses: Addresses,
    desk: Desk,
    must_hold: Callable[[], None],
    metrics: Metrics | None,
) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    if settings.mail_inbound is None or settings.mail_reply_domain is None:
        return {}
    address = ServerAddress.of(settings.mail_inbound.get_secret_value(), IMAP)
    answering = AnsweringMail(
        desk,
        store,
        addresses,
        clock,
        domain=settings.mail_reply_domain,
        deployment=store.deployment.id,
        language=settings.language,
        max_file_bytes=int(settings.max_file_mb * 2**20),
        has_limits=settings.rate_limits is Switch.ON,
    )
    authserv_id = settings.mail_authserv_id or address.host
    is_up = (lambda *_: None) if metrics is None else metrics.mailbox_is
    mailbox = Mailbox(address, answering, authserv_id, clock, must_hold, is_up=is_up)
    return {"answers by mail": mailbox.run}
