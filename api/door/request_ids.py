"""The id of a request: the client's own if it is valid. Answers and log lines have it."""

import re
from contextvars import ContextVar
from typing import Final

from aiohttp import web

from tickets.ids import new_id

HEADER: Final = "X-Request-ID"
REQUEST_ID = web.RequestKey("REQUEST_ID", str)
current_request_id: ContextVar[str | None] = ContextVar("current_request_id", default=None)
"""For log lines that are written while a request is being answered."""

_SANE = re.compile(r"[\x21-\x7e]{1,128}")


def identify(request: web.Request) -> str:
    """Give the request its id."""
    theirs = request.headers.get(HEADER)
    ours = theirs if theirs is not None and _SANE.fullmatch(theirs) else new_id()
    request[REQUEST_ID] = ours
    current_request_id.set(ours)
    return ours
