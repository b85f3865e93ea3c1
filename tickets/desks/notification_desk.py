"""The desk for notifications. Users read theirs and choose their channels. Staff writes some, and sees what
became of them."""

from collections.abc import Collection

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.ticket_desk import Desk
from tickets.ids import new_id
from tickets.model import Caller, Ticket, UserKey
from tickets.notifications import (
    AS_USUAL,
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
    Wishes,
    without_mail,
)
from tickets.ports.lists import Cursor, Page
from tickets.ports.notifications import Addresses, Reach
from tickets.ports.signals import Notified
from tickets.ports.store import Clock, Store
from tickets.refusals import (
    CannotReachUser,
    NotificationHasNotFailed,
    NotificationNotFound,
    TicketNotFound,
    UserNotFound,
)
from tickets.refused_addresses import RefusedAddresses


class NotificationDesk:
    """Every method raises a Refusal when the policy says no, and StoreUnavailable when the store is down."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        clock: Clock,
        addresses: Addresses,
        channels: Collection[NotificationChannel],
    ) -> None:
        self._desk = desk
        self._store = store
        self._kept = store.notifications
        self._clock = clock
        self._addresses = addresses
        self._channels = channels
        self._blocks = Blocks(store.users)
        self._refused = RefusedAddresses(store)

    @property
    def channels(self) -> Collection[NotificationChannel]:
        """The channels that the operator has set up."""
        return self._channels

    async def own(
        self, caller: Caller, *, unread: bool, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        """The caller's, the newest first."""
        return await self._kept.of_user(caller.key, unread=unread, after=after, limit=limit)

    async def read(self, caller: Caller, notification_id: NotificationId) -> Notification:
        """Mark one of the caller's notifications as read. Raises NotificationNotFound."""
        await self._blocks.must_not_be_blocked(caller.key)
        found = await self._kept.read(caller.key, notification_id, self._clock())
        return _known(found, notification_id)

    async def read_upto(self, caller: Caller, last: NotificationId) -> int:
        """Mark this notification and all earlier ones as read. Returns how many of them were unread."""
        await self._blocks.must_not_be_blocked(caller.key)
        found = await self._kept.get(last)
        if found is None or found.user != caller.key:
            raise NotificationNotFound(last)
        return await self._kept.read_upto(caller.key, found, self._clock())

    async def wishes(self, user: UserKey) -> Wishes:
        """The channels on which the user wants each kind of notification."""
        return {**AS_USUAL, **(await self._kept.wishes(user) or {})}

    async def wish(self, caller: Caller, wishes: Wishes) -> Wishes:
        """Set the user's wishes. Kinds that are left out get the usual ones."""
        await self._blocks.must_not_be_blocked(caller.key)
        await self._kept.wish(caller.key, {**AS_USUAL, **wishes})
        return await self.wishes(caller.key)

    async def unsubscribe(self, user: UserKey) -> None:
        """Send the user no more mails. This also works for blocked users, and without a token."""
        await self._kept.wish(user, without_mail(await self.wishes(user)))

    async def write(
        self,
        caller: Caller,
        user: UserKey,
        channel: NotificationChannel,
        text: str,
        *,
        ticket: str | None = None,
        notification_id: str | None = None,
    ) -> Notification:
        """Write a notification to a user. With the id of an earlier call, nothing is sent again. Raises
        UserNotFound, TicketNotFound for a ticket of somebody else, and CannotReachUser."""
        policy.must_be_staff(caller, "write notifications")
        await self._blocks.must_not_be_blocked(caller.key)
        if await self._store.users.user(user) is None:
            raise UserNotFound(user.id)
        about = None if ticket is None else await self._ticket_of(caller, ticket, user)
        if not await self._reaches(await self._addresses.reach(user), channel):
            raise CannotReachUser(user.id, channel)
        new = _written(user, channel, text, about, notification_id or new_id(), self._clock())
        for it in await self._kept.add([new]):
            if it.channel is NotificationChannel.IN_APP:
                self._store.signals.notified.say(Notified(it.user, it.id))
        return await self._kept.get(new.id) or new

    async def of_user(
        self, caller: Caller, user: UserKey, *, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        """All notifications of a user, the newest first."""
        policy.must_be_staff(caller, "see what users were told")
        if after is None and await self._store.users.user(user) is None:
            raise UserNotFound(user.id)
        return await self._kept.of_user(user, after=after, limit=limit)

    async def queue(self, caller: Caller, *, after: Cursor | None, limit: int) -> Page[Notification]:
        """The notifications that wait or have failed, the newest first."""
        policy.must_be_staff(caller, "see what waits to be sent")
        return await self._kept.left(after, limit)

    async def retry(self, caller: Caller, notification_id: NotificationId) -> Notification:
        """Send a failed notification again, even to an address that was refused. Raises NotificationNotFound
        and NotificationHasNotFailed."""
        policy.must_be_admin(caller, "send notifications again")
        await self._blocks.must_not_be_blocked(caller.key)
        failed = _known(await self._kept.get(notification_id), notification_id)
        if (email := (await self._addresses.reach(failed.user)).email) is not None:
            await self._refused.remove(email)
        if (again := await self._kept.retry(notification_id, self._clock())) is None:
            raise NotificationHasNotFailed(notification_id)
        return again

    async def _ticket_of(self, caller: Caller, address: str, user: UserKey) -> Ticket:
        ticket = await self._desk.ticket(caller, address)
        if user not in (ticket.requester, ticket.assignee):
            raise TicketNotFound(address)
        return ticket

    async def confirm_address(self, caller: Caller) -> None:
        """The caller confirms that their address is right, so mails are sent there again."""
        await self._blocks.must_not_be_blocked(caller.key)
        if caller.person.email is not None:
            await self._refused.remove(caller.person.email)

    async def _reaches(self, reach: Reach, channel: NotificationChannel) -> bool:
        if channel is NotificationChannel.IN_APP:
            return True
        if channel is NotificationChannel.EMAIL and await self._refused.since(reach.email) is not None:
            return False
        address = reach.email if channel is NotificationChannel.EMAIL else reach.phone
        return address is not None and channel in self._channels


def _known(found: Notification | None, notification_id: NotificationId) -> Notification:
    if found is None:
        raise NotificationNotFound(notification_id)
    return found


def _written(
    user: UserKey, channel: NotificationChannel, text: str, about: Ticket | None, its_id: str, now: int
) -> Notification:
    in_app = channel is NotificationChannel.IN_APP
    return Notification(
        id=NotificationId(its_id),
        user=user,
        kind=NotificationKind.MANUAL,
        channel=channel,
        text=text,
        created_at=now,
        status=NotificationStatus.SENT if in_app else NotificationStatus.PENDING,
        ticket_id=None if about is None else about.id,
        sent_at=now if in_app else None,
        due_at=None if in_app else now,
    )
