"""The answer to every change of a ticket: the ticket as the caller sees it now."""

from collections.abc import Mapping

from aiohttp import web

from api.desks import DESKS
from api.door.answers import json_answer
from tickets.model import Caller, Ticket


async def ticket_answer(
    request: web.Request,
    caller: Caller,
    ticket: Ticket,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    shown = await request.app[DESKS].objects.seen_by(caller).ticket(ticket)
    return json_answer(shown.model_dump_json(), status=status, headers=headers)
