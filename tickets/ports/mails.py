"""Mails to people, as desks ask for them. They are sent elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class MailKind(StrEnum):
    """The kinds of mails. Their words are made where they are sent."""

    VERIFY = "verify"
    """Somebody registers with this address. Facts: token, link."""
    ALREADY_REGISTERED = "already_registered"
    """Somebody registers with an address that has an account. Facts: name, token, link; the token resets the
    password."""
    RESET = "reset"
    """Somebody has forgotten their password. Facts: name, token, link."""
    NO_ACCOUNT = "no_account"
    """Somebody has forgotten the password of an account that is not there. Facts: link, to register."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a kind of mail
    """The password was changed or reset. Facts: name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to one address, in the reader's language if it is known."""

    to: str
    kind: MailKind
    facts: Mapping[str, str] = field(default_factory=dict)
    locale: str | None = None


class Mailer(Protocol):
    """Sends mail later."""

    async def send(self, mail: Mail) -> None:
        """Accept it durably. It is sent as soon as the mail server accepts it. Raises StoreUnavailable."""
        ...


class Texter(Protocol):
    """Sends text messages later."""

    async def send_code(self, phone: str, code: str, locale: str | None) -> None:
        """Accept it durably, in the reader's language if it is known. Raises StoreUnavailable."""
        ...
