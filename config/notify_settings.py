"""The settings for notifying people who are not looking."""

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr

from config.mail_servers import IMAP, SMTP, ServerAddress
from config.switch import Switch
from tickets.notifications import NotificationChannel


def _smtp(url: SecretStr) -> SecretStr:
    ServerAddress.of(url.get_secret_value(), SMTP)
    return url


def _imap(url: SecretStr) -> SecretStr:
    if ServerAddress.of(url.get_secret_value(), IMAP).username is None:
        raise ValueError(
            "must have the name and password of the mailbox, as imaps://name:word@mail.example.com"
        )
    return url


def _gateway(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    if not is_web and url.get_secret_value() != "log:":
        raise ValueError(
            "must be the address of a gateway, as https://name:word@sms.example.com/send, or log:"
        )
    return url


def _sender(text: str) -> str:
    name, spec = parseaddr(text)
    try:
        Address(name, addr_spec=spec)
        if not (text.isprintable() and spec.isascii() and spec.partition("@")[2]):
            raise ValueError
    except Exception:
        raise ValueError("must be an address, as Support <support@example.com>") from None
    return text


class NotifySettings(BaseModel):
    """Notifications in the app are always on; others if they are set up. A base of ``Settings``."""

    emails_verified: Switch = Switch.OFF
    notify_after: Annotated[float, Field(ge=0, le=86_400)] = 120.0
    mail_url: Annotated[SecretStr, AfterValidator(_smtp)] | None = None
    mail_from: Annotated[str, AfterValidator(_sender)] | None = None

    mail_inbound: Annotated[SecretStr, AfterValidator(_imap)] | None = None
    mail_reply_domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")] | None = None
    mail_authserv_id: Annotated[str, Field(pattern=r"^[!-:<-~]{1,253}$")] | None = None
    sms_url: Annotated[SecretStr, AfterValidator(_gateway)] | None = None

    @property
    def vouches_for_mail(self) -> bool:
        """Whether the backend that signs with JWT_SECRET_KEY has verified its users' addresses."""
        return self.emails_verified is Switch.ON

    @property
    def notification_channels(self) -> tuple[NotificationChannel, ...]:
        """The channels that are set up."""
        mail = () if self.mail_url is None else (NotificationChannel.EMAIL,)
        sms = () if self.sms_url is None else (NotificationChannel.SMS,)
        return (NotificationChannel.IN_APP, *mail, *sms)


def faults_of_notifying(settings: NotifySettings) -> list[str]:
    if (settings.mail_inbound is None) != (settings.mail_reply_domain is None):
        return ["MAIL_INBOUND and MAIL_REPLY_DOMAIN: one is missing; answers by mail need both"]
    if settings.mail_inbound is not None and settings.mail_url is None:
        return ["MAIL_URL: is missing; MAIL_INBOUND takes answers to its mails"]
    if settings.mail_url is not None and settings.mail_from is None:
        return ["MAIL_FROM: is missing; MAIL_URL needs the address that mails come from"]
    if settings.mail_from is not None and settings.mail_url is None:
        return ["MAIL_URL: is missing; MAIL_FROM needs the mail server that takes its mails"]
    return []
