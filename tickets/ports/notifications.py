"""Notifications as the store keeps them: for those who read them, and for what sends them."""

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
    """How somebody can be reached; only what was verified stands here."""

    email: str | None = None
    phone: str | None = None
    locale: str | None = None


class Addresses(Protocol):
    async def reach(self, user: UserKey) -> Reach:
        """What is known and verified of the user now."""
        ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent to one user at once: notifications of one lane and channel, the oldest first."""

    channel: NotificationChannel
    lane: str
    items: tuple[Notification, ...]

    @property
    def id(self) -> str:
        """The id of its first notification; the same at every try."""
        return self.items[0].id

    @property
    def ticket_id(self) -> TicketId:
        """What a relay works off in order: the lane, which names the ticket."""
        return TicketId(self.lane)


def place_of(notification: Notification) -> Cursor:
    """Where a page ends that ends with this one."""
    return Cursor((notification.created_at,), notification.id)


REPLIES_FOR: Final[Millis] = 60 * 24 * 3_600_000
"""Milliseconds for which an address to answer to is good, at least half of that from any mail on."""


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """To which a user answers by mail about a ticket: whoever knows the ``token`` may try."""

    token: str
    ticket_id: TicketId
    user: UserKey
    expires_at: Millis


class Notifications(Protocol):
    """Those of all users, by user and by what is left to do."""

    async def add(self, new: Sequence[Notification]) -> list[Notification]:
        """Keep them. Those whose ids are known stay as they are; gives the others."""
        ...

    async def get(self, notification_id: NotificationId) -> Notification | None: ...

    async def of_user(
        self, user: UserKey, *, unread: bool = False, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        """The user's, the newest first; ``unread`` in-app ones alone if that is asked for."""
        ...

    async def left(self, after: Cursor | None, limit: int) -> Page[Notification]:
        """Those of all users that wait or failed, the newest first."""
        ...

    async def read(self, user: UserKey, notification_id: NotificationId, at: Millis) -> Notification | None:
        """The user has read it; None if they have no such one. One that was read stays as it was."""
        ...

    async def read_upto(self, user: UserKey, last: Notification, at: Millis) -> int:
        """The user has read this one and all that are older; how many had not been read."""
        ...

    async def retry(self, notification_id: NotificationId, at: Millis) -> Notification | None:
        """Make it due if it FAILED. None if there is no such one, or it has not failed."""
        ...

    async def bounced(self, sent: Notification, why: str) -> int:
        """The mail in which it was SENT did not arrive: all that was sent with it FAILED; how many."""
        ...

    async def wishes(self, user: UserKey) -> Wishes | None:
        """What the user has chosen; None if nothing."""
        ...

    async def wish(self, user: UserKey, wishes: Wishes) -> None: ...

    async def shown(self, user: UserKey, ticket_id: TicketId, seq: int) -> None:
        """Everything up to ``seq`` of the ticket was shown on a socket of the user's."""
        ...

    async def shown_upto(self, user: UserKey, ticket_id: TicketId) -> int:
        """Up to where; 0 for nothing."""
        ...

    async def reply_address(self, new: ReplyAddress) -> ReplyAddress:
        """The one of this ticket and user, if it does not expire before half of the new one's time; else the
        new one, which is kept."""
        ...

    async def reply_address_of(self, token: str) -> ReplyAddress | None: ...

    async def forget(self, user: UserKey) -> int:
        """Remove everything that is the user's, also what is waiting to be sent; how many there were."""
        ...

    async def forget_ticket(self, ticket_id: TicketId) -> int:
        """Remove everything that tells of the ticket; how many there were."""
        ...

    async def move(self, user: UserKey, to: UserKey, ticket_id: TicketId | None = None) -> None:
        """Everything of the user's is the other's from now on; or what tells of one ticket."""
        ...


class SendingQueue(Protocol):
    """What is to be sent, lane by lane: what a relay works off.

    Only the leader uses it. What is pending in a lane goes as one parcel once the first of it is due; what
    was begun, and may have arrived, goes alone and unchanged."""

    async def tickets_due(self, channel: NotificationChannel, now: Millis, limit: int) -> list[TicketId]:
        """The lanes in which something is due, whatever has waited longest first."""
        ...

    async def next_due(
        self, channel: NotificationChannel, lane: TicketId, now: Millis
    ) -> Due[Parcel] | None: ...

    async def earliest(self, channel: NotificationChannel) -> Millis | None: ...

    async def begin(self, parcel: Parcel) -> None:
        """It is being sent from now on: if nothing else is said, it may have arrived."""
        ...

    async def tried(self, parcel: Parcel, why: str, *, may_have_arrived: bool) -> None:
        """A try failed."""
        ...

    async def suppress(self, ids: Sequence[NotificationId]) -> None:
        """These need not be sent any more."""
        ...

    async def done(self, channel: NotificationChannel, parcel: Parcel) -> None:
        """It is SENT, but for what was suppressed."""
        ...

    async def put_off(self, channel: NotificationChannel, parcel: Parcel, until: Millis) -> None:
        """Try it again then, and nothing else of its lane before."""
        ...

    async def failed(self, channel: NotificationChannel, parcel: Parcel, reason: str) -> None: ...

    async def hasten(self, channel: NotificationChannel, lanes: Sequence[TicketId]) -> None:
        """Let what was put off in these lanes be tried now."""
        ...


OPEN_ENDS = (NotificationStatus.PENDING, NotificationStatus.FAILED)
"""The statuses of what is left."""
