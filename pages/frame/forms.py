"""The forms that somebody may use, in the language of the page."""

from dataclasses import replace

from aiohttp import web

from api.desks import DESKS
from pages.frame.page import reader_of
from tickets.desks.filling_in import OfferedForm
from tickets.model import Caller
from wire.form_names import called


def offered_to(request: web.Request, caller: Caller) -> list[OfferedForm]:
    """The forms for this caller. Built-in ones have a name in the reader's language."""
    offered, language = request.app[DESKS].tickets.forms_for(caller), reader_of(request)
    return [replace(it, form=called(it.form, language)) for it in offered]
