"""A ticket's transcript, for those of staff who saw the ticket."""

from aiohttp import web

from api.desks import DESKS
from api.door.streaming import stream
from pages.frame.page import reader_of
from pages.frame.sign_in import Visitor
from tickets import policy
from tickets.refusals import TicketNotFound
from transcripts import render_html
from transcripts.images import images_of
from transcripts.page import POLICY
from transcripts.pieces import in_pieces
from transcripts.reader import Reader


async def show_transcript(request: web.Request, visitor: Visitor) -> web.StreamResponse:
    """``GET /desk/tickets/{ticket}/transcript``: the page to which posts in Discord link."""
    caller, address, desks = visitor.caller, request.match_info["ticket"], request.app[DESKS]
    policy.must_be_staff(caller, "read transcripts")
    ticket = await desks.tickets.ticket(caller, address)
    if ticket.support_role not in policy.support_roles_seen_by(caller.person):
        raise TicketNotFound(address)
    transcript = await desks.staff.transcript(caller, ticket.id)
    images = await images_of(desks.store.files, transcript)
    reader = Reader(reader_of(request), desks.options.zone())
    written = render_html(transcript, desks.file_urls.url, reader=reader, images=images)
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
        "Cache-Control": "private, no-store",
        "Vary": "Accept-Language, Cookie",
    }
    return await stream(request, web.StreamResponse(headers=headers), in_pieces(written))
