"""Files by signed URL. The signature is the permission, because an <img> sends no token."""

import re
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from aiohttp import web

from api.desks import DESKS
from api.documents.documented import BYTES, documented
from api.door.ranges import Part, is_there_already, part_asked_for
from api.door.routes import OpenRoute
from api.door.streaming import stream
from api.resources.file_types import UNKNOWN, UTF_16
from tickets.characters import clean_file_name
from tickets.model import Attachment, FileId
from tickets.ports.files import Kept
from tickets.refusals import FileNotFound

HARMLESS: Final = {
    it: it
    for it in (
        "application/pdf",
        "audio/aac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/gif",
        "image/heic",
        "image/heif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/3gpp",
        "video/3gpp2",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
    )
} | {"text/plain": "text/plain; charset=utf-8"}
"""Media types that are safe to show. Files of other types are sent as bytes to be saved."""

_HEADERS: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()-]")


@documented(
    "The bytes of a file",
    description="The signature in the URL is the permission, because an `<img>` sends no token. One "
    "`Range` of bytes is answered with that part, several ranges with the whole file.",
    media_types=(BYTES, "*/*"),
    answers={206: None, 304: None},
    errors=(416,),
    headers={
        "Content-Disposition": "The name under which to save the file.",
        "ETag": "The file's version: for `If-None-Match` and `If-Range`.",
        "Accept-Ranges": "`bytes`: a `Range` is answered with that part.",
        "Content-Range": "With 206: which part this is, and the size of the file in bytes.",
    },
)
async def get_file(request: web.Request) -> web.StreamResponse:
    file_id = FileId(request.match_info["file_id"])
    if not request.app[DESKS].file_urls.verify(file_id, request.match_info["signature"]):
        raise FileNotFound(file_id)
    async with request.app[DESKS].store.files.opened(file_id) as kept:
        if kept is None:
            raise FileNotFound(file_id)
        etag = _etag(kept)
        headers = _HEADERS | {"ETag": etag, "Accept-Ranges": "bytes"}
        if is_there_already(request, etag):
            return web.Response(status=304, headers=headers)
        asked = part_asked_for(request, etag, kept.size)
        part = asked or Part(0, kept.size)
        answer = web.StreamResponse(headers=headers | _headers_of(kept.file))
        if asked is not None:
            answer.set_status(206)
            answer.headers["Content-Range"] = asked.content_range(kept.size)
        answer.content_length = part.count
        return await stream(request, answer, kept.read(part.first, part.count))


def _etag(kept: Kept) -> str:
    """The tag of a file. The bytes of an id never change."""
    return f'"{sha256(kept.file.id.encode(errors="replace")).hexdigest()[:32]}-{kept.size:x}"'


def _headers_of(file: Attachment) -> dict[str, str]:
    media_type = HARMLESS.get(file.type.partition(";")[0].strip().lower(), UNKNOWN)
    return {
        "Content-Type": UTF_16 if file.type == UTF_16 else media_type,
        "Content-Disposition": disposition(file.name),
    }


def disposition(name: str) -> str:
    """The header that saves a file under ``name`` (RFC 6266), with a plain name for clients that do not know
    RFC 8187."""
    name = clean_file_name(name)
    plain = _NOT_PLAIN.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


ROUTES: Final = (OpenRoute("/files/{file_id}/{signature}/{name}", get_file),)
