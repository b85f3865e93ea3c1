"""Kept files, by signed URL: the signature is the permission, for no token travels in an <img>."""

import re
from typing import Final
from urllib.parse import quote

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import documented
from api.door.routes import OpenRoute
from api.door.streaming import stream
from tickets.characters import clean_file_name
from tickets.model import Attachment, FileId
from tickets.refusals import FileNotFound

HARMLESS: Final = {
    it: it
    for it in (
        "application/pdf",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/webm",
    )
} | {"text/plain": "text/plain; charset=utf-8"}
"""Media types that run nothing where they are shown; files of any other are bytes to be saved."""

_HEADERS: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")


@documented(
    "The bytes of a file",
    description="No token travels in an `<img>`: the signature in the URL is the permission.",
    media_types=("*/*",),
    headers={"Content-Disposition": "The file's name, to save it under."},
)
async def get_file(request: web.Request) -> web.StreamResponse:
    """``GET /files/{file_id}/{signature}/{name}``"""
    file_id = FileId(request.match_info["file_id"])
    if not request.app[DESKS].file_urls.verify(file_id, request.match_info["signature"]):
        raise FileNotFound(file_id)
    async with request.app[DESKS].store.files.opened(file_id) as kept:
        if kept is None:
            raise FileNotFound(file_id)
        response = web.StreamResponse(headers=_HEADERS | _headers_of(kept.file))
        response.content_length = kept.size
        return await stream(request, response, kept.pieces)


def _headers_of(file: Attachment) -> dict[str, str]:
    media_type = HARMLESS.get(file.type.partition(";")[0].strip().lower(), "application/octet-stream")
    return {"Content-Type": media_type, "Content-Disposition": disposition(file.name)}


def disposition(name: str) -> str:
    """To be saved under ``name``: RFC 6266, with a plain name for those who do not know RFC 8187."""
    name = clean_file_name(name)
    plain = _NOT_PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


ROUTES: Final = (OpenRoute("/files/{file_id}/{signature}/{name}", get_file),)
