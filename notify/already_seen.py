"""Whether people have already seen what they were to be told."""

from tickets.model import UserKey
from tickets.notifications import Notification, NotificationChannel, NotificationKind, id_of
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store

_MESSAGES = (NotificationKind.ANSWER, NotificationKind.EDITED, NotificationKind.REMINDER)
LOOKS = 50
"""So many of a user's newest tickets are searched for read marks."""


class AlreadySeen:
    """Decides whether a user has seen something already. A message counts as seen if the user's read mark is
    at it or behind it. For users who never sent a read mark, it counts as seen once it was sent to one of
    their sockets. Other events have no read marks, so for them the socket decides."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def has_been(self, it: Notification) -> bool:
        """True also if the message no longer exists."""
        if it.ticket_id is None or it.seq is None:
            return False
        twin = await self._store.notifications.get(
            id_of(it.ticket_id, it.seq, it.user, NotificationChannel.IN_APP)
        )
        if twin is not None and twin.read_at is not None:
            return True
        ticket = await self._store.views.ticket(it.ticket_id)
        if ticket is None:
            return True
        is_message = it.kind in _MESSAGES
        if is_message and it.kind is not NotificationKind.REMINDER and await self._is_gone(it):
            return True
        if is_message and ticket.requester == it.user:
            reading = (await self._store.readings.of_tickets([it.ticket_id])).get(it.ticket_id)
            if reading is not None and reading.requester_seq >= it.seq:
                return True
            if await self._reads(it.user):
                return False
        return await self._store.notifications.shown_upto(it.user, it.ticket_id) >= it.seq

    async def _is_gone(self, it: Notification) -> bool:
        assert it.ticket_id is not None  # noqa: S101  it was looked at before
        assert it.seq is not None  # noqa: S101
        for event in await self._store.log.events(it.ticket_id, after=it.seq - 1, upto=it.seq):
            if event.message_id is not None:
                message = await self._store.views.message(event.message_id, it.ticket_id)
                return message is None or message.deleted
        return True

    async def _reads(self, user: UserKey) -> bool:
        """Whether the user has ever sent a read mark."""
        tickets = await self._store.views.tickets(TicketFilter(requester=user), limit=LOOKS)
        marks = await self._store.readings.of_tickets([it.id for it in tickets])
        return any(it.requester_seq for it in marks.values())
