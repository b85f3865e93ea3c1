"""The desk for what happened in Discord and is nobody's command: it is not refused, only followed."""

from tickets.desks.deciding import changes_to, deletion, forget_files, message_in, new_event_id, on_ticket
from tickets.events import EventData, Origin, Stamp, TicketChanged, TicketClosed
from tickets.model import SYSTEM, EventId, IssueLevel, Message, MessageId, Status, Ticket, TicketId
from tickets.ports.store import Store
from tickets.refusals import MessageNotFound, TicketIsClosed


class ChannelDesk:
    """Every method raises StoreUnavailable when the store is down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def withdraw(
        self, ticket_id: TicketId, message_id: MessageId, *, event_id: EventId, origin: Origin
    ) -> Message:
        """Take back a message or note whose original is gone, whoever removed it and however it stands."""

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            if message is None or message.deleted:
                raise MessageNotFound(message_id)
            return deletion(message)

        stamp = Stamp(event_id=event_id, actor=SYSTEM, origin=origin)
        appended = await self._store.log.append(ticket_id, stamp, on_ticket(decide, ticket_id), message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

    async def reclassify(self, ticket_id: TicketId, level: IssueLevel, origin: Origin) -> None:
        """Follow somebody who moved the ticket's channel by hand to where another level's channels are."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return TicketChanged(changes_to(ticket, {"issue_level": level}))

        ticket = await self._store.views.ticket(ticket_id)
        if ticket is not None and ticket.issue_level is not level:
            stamp = Stamp(event_id=new_event_id(), actor=SYSTEM, origin=origin)
            await self._store.log.append(ticket_id, stamp, on_ticket(decide, ticket_id))

    async def abandon(self, ticket_id: TicketId, reason: str, origin: Origin) -> None:
        """Close the ticket as UNRESOLVED by nobody's decision but circumstances'."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return TicketClosed(Status.UNRESOLVED, reason)

        stamp = Stamp(event_id=new_event_id(), actor=SYSTEM, origin=origin)
        await self._store.log.append(ticket_id, stamp, on_ticket(decide, ticket_id))
