"""Notifications: what reaches people who are not looking, and who is told of which event."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

from tickets.model import Millis, TicketId, UserKey

NotificationId = NewType("NotificationId", str)


class NotificationKind(StrEnum):
    """The kinds of news of which people are told."""

    ANSWER = "answer"
    EDITED = "edited"
    CLOSED = "closed"
    REOPENED = "reopened"
    ASK_CLOSE = "ask_close"
    REMINDER = "reminder"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    SLA = "sla"
    MANUAL = "manual"
    """Something that staff wrote for this purpose."""
    ACCOUNT = "account"
    """A letter about an account or an answer by mail. It is nobody's notification, and only ever sent."""


class NotificationChannel(StrEnum):
    """The way to somebody."""

    IN_APP = "in_app"
    EMAIL = "email"
    SMS = "sms"


SENT = (NotificationChannel.EMAIL, NotificationChannel.SMS)
"""The channels that lead out of the program, where a message may have to wait."""


class NotificationStatus(StrEnum):
    """What became of a notification. One that was seen before it was sent is suppressed."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


Wishes = Mapping[NotificationKind, frozenset[NotificationChannel]]
"""On which channels somebody wants to be told of what."""

_IN_APP: Final = frozenset({NotificationChannel.IN_APP})
_WITH_MAIL: Final = _IN_APP | {NotificationChannel.EMAIL}
AS_USUAL: Final[Wishes] = {
    NotificationKind.ANSWER: _WITH_MAIL,
    NotificationKind.EDITED: _IN_APP,
    NotificationKind.CLOSED: _WITH_MAIL,
    NotificationKind.REOPENED: _WITH_MAIL,
    NotificationKind.ASK_CLOSE: _WITH_MAIL,
    NotificationKind.REMINDER: _WITH_MAIL,
    NotificationKind.ASSIGNED: _IN_APP,
    NotificationKind.ESCALATED: _IN_APP,
    NotificationKind.SLA: _IN_APP,
    NotificationKind.MANUAL: _WITH_MAIL,
}
"""For whoever has not said otherwise."""


def without_mail(wishes: Wishes) -> Wishes:
    """The same wishes, without e-mail."""
    return {kind: channels - {NotificationChannel.EMAIL} for kind, channels in wishes.items()}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail whose words are given, to an address that need not be verified."""

    to: str
    subject: str
    body: str
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One word to one user on one channel. ``text`` is a line in the user's language.

    Mails and text messages wait until ``due_at``; those of one ``lane`` go together."""

    id: NotificationId
    user: UserKey
    kind: NotificationKind
    channel: NotificationChannel
    text: str
    created_at: Millis
    status: NotificationStatus = NotificationStatus.PENDING
    ticket_id: TicketId | None = None
    seq: int | None = None
    """The ``seq`` of the event that it tells of."""
    sent_at: Millis | None = None
    read_at: Millis | None = None
    due_at: Millis | None = None
    parcel: str | None = None
    """The parcel in which it was sent, where it is not known whether that arrived."""
    begun: int = 0
    """How often sending it was begun without knowing the outcome."""
    tries: int = 0
    error: str | None = None
    """Why the last try failed."""
    letter: Letter | None = None
    """Forgotten once it is sent: it may hold a secret."""

    @property
    def lane(self) -> str:
        """What is gathered into one message: the news of a ticket for one user."""
        return self.id if self.ticket_id is None else f"{self.ticket_id} {self.user}"


def id_of(ticket_id: TicketId, seq: int, user: UserKey, channel: NotificationChannel) -> NotificationId:
    """The id of the notification of this event, for this user on this channel: the same at each attempt."""
    told = f"{ticket_id}\n{seq}\n{user}\n{channel}"
    return NotificationId(hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32])


def letters_key(email: str) -> UserKey:
    """The key under which letters to this address are kept."""
    return UserKey(
        "guildesk.letters", hashlib.sha256(email.lower().encode(errors="replace")).hexdigest()[:32]
    )
