"""The desk for things that happened in Discord without a command. It records such changes and refuses
none."""

from contextlib import suppress

from tickets.desks.deciding import (
    DecideOnTicket,
    NothingChanges,
    changes_to,
    deletion,
    forget_files,
    message_in,
    on_ticket,
    under_terms,
)
from tickets.events import EventData, TicketClosed
from tickets.model import SYSTEM, IssueLevel, Message, MessageId, Status, Ticket, TicketId
from tickets.policy import Rules
from tickets.ports.store import Appended, Store
from tickets.refusals import MessageNotFound, TicketIsClosed
from tickets.sources import Source


class ChannelDesk:
    """Every method raises StoreUnavailable when the store is down."""

    def __init__(self, store: Store, rules: Rules | None = None) -> None:
        self._store = store
        self._rules = rules or Rules()

    async def withdraw(self, ticket_id: TicketId, message_id: MessageId, source: Source) -> Message:
        """Withdraw a message or note whose original is gone, whoever removed it and whatever the state of the
        ticket."""

        def decide(ticket: Ticket, message: Message | None) -> EventData:
            if message is None or message.deleted:
                raise MessageNotFound(message_id)
            return deletion(message)

        appended = await self._append(ticket_id, decide, source, message_id)
        await forget_files(self._store.files, appended.event)
        return message_in(appended)

    async def reclassify(self, ticket_id: TicketId, level: IssueLevel, source: Source) -> None:
        """Change the level after somebody has moved the ticket's channel by hand into the category of another
        level."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            changed = changes_to(ticket, {"issue_level": level})
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return changed

        with suppress(NothingChanges):
            await self._append(ticket_id, decide, source)

    async def abandon(self, ticket_id: TicketId, reason: str, source: Source) -> None:
        """Close the ticket as UNRESOLVED because of circumstances, not because of a person."""

        def decide(ticket: Ticket, _: Message | None) -> EventData:
            if ticket.is_closed:
                raise TicketIsClosed(ticket.number)
            return TicketClosed(Status.UNRESOLVED, reason)

        await self._append(ticket_id, decide, source)

    async def _append(
        self, ticket_id: TicketId, decide: DecideOnTicket, source: Source, about: MessageId | None = None
    ) -> Appended:
        by_nobody = on_ticket(ticket_id, lambda _: SYSTEM, decide)
        return await self._store.log.append(ticket_id, source, under_terms(by_nobody, self._rules), about)
