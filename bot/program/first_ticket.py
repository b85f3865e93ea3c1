"""The first ticket of a new desk, so that staff sees what one looks like."""

from bot.program.clock import now
from config.issuers import DEFAULT_ISSUER
from config.settings import Settings
from storage.open import open_store
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.model import Caller, EventId, Person, Ticket, UserKey, UserRole
from tickets.policy import Rules
from tickets.ports.lists import TicketFilter
from tickets.ports.sinks import EVERYTHING
from tickets.sources import from_api

CASEY = Person(UserKey(DEFAULT_ISSUER, "casey"), "Casey", UserRole.CUSTOMER, "casey@example.test")
"""The user for whom ``guildesk token`` signs, unless it is told otherwise."""
FIRST = NewTicket(
    topic="The first ticket",
    description="This is what staff sees of a ticket: who asks, what for, and buttons to take it and to "
    "close it. Whatever you write here reaches the requester; what begins with // stays with you.",
)


async def open_first_ticket(settings: Settings) -> Ticket | None:
    """Open it if the store has no ticket yet, or else return None. Raises StoreUnavailable."""
    async with open_store(settings, now, EVERYTHING) as store:
        if await store.views.tickets(TicketFilter(), limit=1):
            return None
        source = from_api(EventId("setup-first-ticket"))
        return await Desk(store, now, Rules()).open(Caller(CASEY), FIRST, source=source)
