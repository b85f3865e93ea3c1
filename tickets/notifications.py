"""Notifications: messages to people who are not looking, on several channels."""

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
    """A letter about an account or an answer by mail. It is in nobody's list of notifications, and is only
    sent."""


class NotificationChannel(StrEnum):
    """A way on which notifications reach people."""

    IN_APP = "in_app"
    EMAIL = "email"
    SMS = "sms"


SENT = (NotificationChannel.EMAIL, NotificationChannel.SMS)
"""The channels that lead out of the program, where a message may have to wait."""


class NotificationStatus(StrEnum):
    """The state of a notification. One that was seen before it was sent is suppressed."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


Wishes = Mapping[NotificationKind, frozenset[NotificationChannel]]
"""The channels on which somebody wants each kind of notification."""

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
"""The wishes of users who have chosen nothing."""


def without_mail(wishes: Wishes) -> Wishes:
    """The same wishes, without e-mail."""
    return {kind: channels - {NotificationChannel.EMAIL} for kind, channels in wishes.items()}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with given words, to an address that need not be verified."""

    to: str
    subject: str
    body: str
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one user on one channel. ``text`` is a line in the user's language. Mails and text
    messages wait until ``due_at``; those of one ``lane`` are sent together."""

    id: NotificationId
    user: UserKey
    kind: NotificationKind
    channel: NotificationChannel
    text: str
    created_at: Millis
    status: NotificationStatus = NotificationStatus.PENDING
    ticket_id: TicketId | None = None
    seq: int | None = None
    """The ``seq`` of the event that it is about."""
    sent_at: Millis | None = None
    read_at: Millis | None = None
    due_at: Millis | None = None
    parcel: str | None = None
    """The parcel in which it was sent, as long as it is unknown whether that arrived."""
    begun: int = 0
    """How often its sending was begun with an unknown outcome."""
    tries: int = 0
    error: str | None = None
    """Why the last try failed."""
    letter: Letter | None = None
    """Removed once it is sent, because it may contain a secret."""

    @property
    def lane(self) -> str:
        """Notifications of one lane become one message: the news of a ticket for one user."""
        return self.id if self.ticket_id is None else f"{self.ticket_id} {self.user}"


def id_of(ticket_id: TicketId, seq: int, user: UserKey, channel: NotificationChannel) -> NotificationId:
    """The id of the notification about this event, for this user on this channel. It is the same at each
    attempt."""
    told = f"{ticket_id}\n{seq}\n{user}\n{channel}"
    return NotificationId(hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32])


def letters_key(email: str) -> UserKey:
    """The key under which letters to this address are stored."""
    return UserKey(
        "guildesk.letters", hashlib.sha256(email.lower().encode(errors="replace")).hexdigest()[:32]
    )
