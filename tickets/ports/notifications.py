"""Notifications in the store: for those who read them, and for what sends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tickets.model import Millis, TicketId, UserKey
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationStatus,
    Wishes,
)
from tickets.ports.lists import Cursor, Page
from tickets.ports.sinks import Due


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached: only verified addresses."""

    email: str | None = None
    phone: str | None = None
    locale: str | None = None


class Addresses(Protocol):
    async def reach(self, user: UserKey) -> Reach:
        """The verified addresses of the user now."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notifications of one lane and channel that are sent to one user together, the oldest first."""

    channel: NotificationChannel
    lane: str
    items: tuple[Notification, ...]

    @property
    def id(self) -> str:
        """The id of its first notification; the same at every try."""
        return self.items[0].id

    @property
    def ticket_id(self) -> TicketId:
        """A relay keeps the order within this: the lane, which names the ticket."""
        return TicketId(self.lane)


def place_of(notification: Notification) -> Cursor:
    """The end of a page with this notification as its last."""
    return Cursor((notification.created_at,), notification.id)


REPLIES_FOR: Final[Millis] = 60 * 24 * 3_600_000
"""Milliseconds for which a reply address is valid. After any mail, it is valid for at least half of that."""


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """The address to which a user answers by mail about a ticket. Whoever knows the ``token`` may use it."""

    token: str
    ticket_id: TicketId
    user: UserKey
    expires_at: Millis


class Notifications(Protocol):
    """The notifications of all users, by user and by state."""

    async def add(self, new: Sequence[Notification]) -> list[Notification]:
        """Add notifications. Those with known ids stay as they are; returns the others."""
        ...

    async def get(self, notification_id: NotificationId) -> Notification | None: ...

    async def of_user(
        self, user: UserKey, *, unread: bool = False, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        """The user's notifications, the newest first; only the ``unread`` in-app ones if that is asked
        for."""
        ...

    async def left(self, after: Cursor | None, limit: int) -> Page[Notification]:
        """The notifications of all users that wait or have failed, the newest first."""
        ...

    async def read(self, user: UserKey, notification_id: NotificationId, at: Millis) -> Notification | None:
        """Mark it as read; None if the user has no such notification. One that was read before stays as it
        was."""
        ...

    async def read_upto(self, user: UserKey, last: Notification, at: Millis) -> int:
        """Mark this one and all older ones as read. Returns how many of them were unread."""
        ...

    async def retry(self, notification_id: NotificationId, at: Millis) -> Notification | None:
        """Make it due if it FAILED; else None."""
        ...

    async def bounced(self, sent: Notification, why: str) -> int:
        """The mail in which it was SENT did not arrive: all that was sent with it FAILED; how many."""
        ...

    async def wishes(self, user: UserKey) -> Wishes | None:
        """The user's wishes; None if they have none."""
        ...

    async def wish(self, user: UserKey, wishes: Wishes) -> None: ...

    async def shown(self, user: UserKey, ticket_id: TicketId, seq: int) -> None:
        """Everything up to ``seq`` of the ticket was shown on a socket of the user."""
        ...

    async def shown_upto(self, user: UserKey, ticket_id: TicketId) -> int:
        """Up to which seq that is so; 0 for nothing."""
        ...

    async def reply_address(self, new: ReplyAddress) -> ReplyAddress:
        """The present reply address of this ticket and user, unless it expires within half of the new one's
        time. Else the new one, which is stored."""
        ...

    async def reply_address_of(self, token: str) -> ReplyAddress | None: ...

    async def forget(self, user: UserKey) -> int:
        """Remove all notifications of the user, including those that wait to be sent. Returns how many there
        were."""
        ...

    async def forget_ticket(self, ticket_id: TicketId) -> int:
        """Remove all notifications about the ticket. Returns how many there were."""
        ...

    async def move(self, user: UserKey, to: UserKey, ticket_id: TicketId | None = None) -> None:
        """Give the user's notifications to another user: all of them, or those about one ticket."""
        ...


class SendingQueue(Protocol):
    """The notifications to be sent, lane by lane, as a relay works through them. Only the leader uses it.

    Everything that is pending in a lane is one parcel once the first of it is due. A parcel whose sending has
    begun, and which may have arrived, is sent again alone and unchanged."""

    async def tickets_due(self, channel: NotificationChannel, now: Millis, limit: int) -> list[TicketId]:
        """The lanes in which something is due, the longest waiting first."""
        ...

    async def next_due(
        self, channel: NotificationChannel, lane: TicketId, now: Millis
    ) -> Due[Parcel] | None: ...

    async def earliest(self, channel: NotificationChannel) -> Millis | None: ...

    async def begin(self, parcel: Parcel) -> None:
        """The sending begins. Until the outcome is known, the parcel may have arrived."""
        ...

    async def tried(self, parcel: Parcel, why: str, *, may_have_arrived: bool) -> None:
        """A try failed."""
        ...

    async def suppress(self, ids: Sequence[NotificationId]) -> None:
        """These need not be sent any more."""
        ...

    async def done(self, channel: NotificationChannel, parcel: Parcel) -> None:
        """The parcel is SENT, except for what was suppressed."""
        ...

    async def put_off(self, channel: NotificationChannel, parcel: Parcel, until: Millis) -> None:
        """Try the parcel again then, and nothing else of its lane before."""
        ...

    async def failed(self, channel: NotificationChannel, parcel: Parcel, reason: str) -> None: ...

    async def hasten(
        self, channel: NotificationChannel, lanes: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        """Let what was put off in these lanes be tried now; all that waits if it is None."""
        ...


OPEN_ENDS = (NotificationStatus.PENDING, NotificationStatus.FAILED)
"""The statuses of notifications that wait or have failed."""
