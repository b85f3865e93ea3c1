"""What the portal's pages show of tickets, in the form of the API."""

from typing import Final

from aiohttp import web

from api.desks import DESKS
from pages.frame.sign_in import Visitor
from tickets.model import Attachment, Ticket
from tickets.ports.lists import TicketFilter
from wire.objects import ExpandedTicketBody, FileBody, MessageBody
from wire.ticket_bodies import TicketBody

MOST_TICKETS: Final = 50
"""Tickets on the first page."""
MOST_MESSAGES: Final = 200
"""Messages in the page as it is sent. Scripts read the rest."""
EXPAND: Final = ("last_message",)


async def own_tickets(request: web.Request, visitor: Visitor) -> tuple[list[ExpandedTicketBody], bool]:
    """The visitor's tickets, newest first, and whether there are more."""
    desks, caller = request.app[DESKS], visitor.caller
    own = TicketFilter(requester=caller.key)
    page = await desks.tickets.tickets(caller, own, limit=MOST_TICKETS)
    return await desks.objects.expanded(page.items, EXPAND), page.next is not None


async def own_ticket(request: web.Request, visitor: Visitor) -> tuple[Ticket, TicketBody]:
    """The ticket of the address; 404 for whatever is not the visitor's own."""
    desks = request.app[DESKS]
    ticket = await desks.tickets.ticket(visitor.caller, request.match_info["ticket"])
    if ticket.requester != visitor.caller.key:
        raise web.HTTPNotFound
    return ticket, await desks.objects.ticket(ticket)


async def newest_messages(request: web.Request, visitor: Visitor, ticket: Ticket) -> list[MessageBody]:
    desks = request.app[DESKS]
    page = await desks.tickets.messages(
        visitor.caller, ticket.id, after_seq=max(0, ticket.seq - MOST_MESSAGES), limit=MOST_MESSAGES
    )
    return await desks.objects.messages(page.items)


def files_of(request: web.Request, files: tuple[Attachment, ...]) -> list[FileBody]:
    return [request.app[DESKS].objects.file(it) for it in files]
