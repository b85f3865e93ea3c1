"""Where a page of a list begins."""

from aiohttp import web
from pydantic_core import PydanticCustomError

from api.door.paging import Parts
from tickets.ports.lists import Cursor


def cursor_in(request: web.Request, parts: Parts) -> Cursor | None:
    """The cursor in the link; None for the first page. Raises HTTPBadRequest for a cursor that we did not
    make."""
    given = request.query.get("cursor")
    if given is None:
        return None
    try:
        return parts.parse(given)
    except PydanticCustomError:
        raise web.HTTPBadRequest from None
