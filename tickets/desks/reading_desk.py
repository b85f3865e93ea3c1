"""Records which messages each side has seen."""

from tickets import policy
from tickets.desks.blocking import Blocks
from tickets.desks.ticket_desk import Desk
from tickets.model import AuthorType, Caller, MessageId
from tickets.ports.signals import Read
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound


class ReadingDesk:
    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._blocks = Blocks(store.users)

    async def read(self, caller: Caller, address: str, message_id: MessageId) -> Read | None:
        """Record that the caller's side has seen the ticket up to this message. Returns None if that was
        known. Raises TicketNotFound and MessageNotFound; notes are never found."""
        ticket = await self._desk.ticket(caller, address)
        await self._blocks.must_not_be_blocked(caller.key)
        message = await self._store.views.message(message_id, ticket.id)
        if message is None or message.is_note:
            raise MessageNotFound(message_id)
        actor = policy.acting(caller, ticket)
        if actor.type is AuthorType.SERVICE:
            return None  # nobody has seen anything
        if actor.type is AuthorType.REQUESTER:
            is_news = await self._store.readings.requester_has_seen(ticket.id, message.seq)
        else:
            is_news = message.seq > ticket.answered_seq and await self._store.readings.staff_has_seen(
                ticket.id, message.seq
            )
        return Read(ticket.id, ticket.requester, actor, message.id) if is_news else None
