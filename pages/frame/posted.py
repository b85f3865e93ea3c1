"""The fields that a form has sent."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from api.door.errors import PayloadTooLarge, UnsupportedMediaType
from api.door.expecting import ask_for_body
from api.door.media_types import type_and_charset
from pages.frame.origins import must_come_from_our_pages

MOST_BYTES: Final = 16 * 1024
MOST_FIELDS: Final = 50
FORM: Final = "application/x-www-form-urlencoded"


async def posted(request: web.Request) -> Mapping[str, str]:
    """The fields of a form of ours; of a field that comes twice, the last. Raises ForeignOrigin before
    anything is read, and a fault if the body cannot be read."""
    must_come_from_our_pages(request)
    if type_and_charset(request)[0] != FORM:
        raise UnsupportedMediaType(FORM)
    if (request.content_length or 0) > MOST_BYTES:
        raise PayloadTooLarge(MOST_BYTES)
    await ask_for_body(request)
    body = await request.read()
    if len(body) > MOST_BYTES:
        raise PayloadTooLarge(MOST_BYTES)
    try:
        return dict(
            parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        )
    except ValueError:
        raise web.HTTPBadRequest from None
