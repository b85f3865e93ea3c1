"""Makes a call of an HTTP request: who asks, what for, and with which files."""

import asyncio
import json
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, MultipartReader, web
from simcord.backend.errors import BackendError

from sandbox.calls import Call, Upload
from sandbox.world import World

_PUBLIC = (("interactions", 4), ("webhooks", 3))
"""Routes whose path carries a token of its own, from this many parts on."""


class Unauthorized(Exception):
    """The request carries no token, or an unknown one."""


def too_large() -> BackendError:
    """The refusal of a file or request that is too big."""
    return BackendError(413, 40005, "Request entity too large")


def api_path(request: web.Request) -> str:
    """The path below /api/v10 as it was written, except that `@` is readable."""
    tail = request.rel_url.raw_path.partition("/api/")[2]
    version, _, rest = tail.partition("/")
    return "/" + (rest if version.startswith("v") else tail).replace("%40", "@")


def actor_of(world: World, request: web.Request, path: str) -> int | None:
    """The person whose token the request carries; None if the path holds the token. Raises Unauthorized."""
    parts = path.strip("/").split("/")
    for first, length in _PUBLIC:
        if parts[0] == first and len(parts) >= length:
            return None
    if parts[0] == "sandbox":
        raise Unauthorized
    if path == "/gateway":
        return world.backend.bot.id
    try:
        return world.actors[request.headers["Authorization"]]
    except KeyError:
        raise Unauthorized from None


async def call_of(world: World, request: web.Request, path: str, actor: int | None) -> Call:
    """Read the whole request; raises a BackendError for what is malformed or too large."""
    if (request.content_length or 0) > world.request_bytes:
        raise too_large()
    body: Any = None
    files: tuple[Upload, ...] = ()
    if request.content_type == "multipart/form-data":
        body, files = await _multipart(world, await request.multipart())
    elif request.can_read_body:
        raw = await request.read()
        if len(raw) > world.request_bytes:
            raise too_large()
        body = _parsed(raw) if raw else None
    reason = request.headers.get("X-Audit-Log-Reason")
    return Call(
        method=request.method,
        path=path,
        params=dict(request.query),
        body=body,
        files=files,
        reason=unquote(reason) if reason else None,
        actor=actor,
    )


def _parsed(raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise BackendError(400, 50109, "The request body contains invalid JSON.") from None


async def _multipart(world: World, reader: MultipartReader) -> tuple[Any, tuple[Upload, ...]]:
    body: Any = None
    files: dict[int, tuple[str, bytes]] = {}
    total = 0
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read())
        total += len(data)
        if total > world.request_bytes or len(data) > world.file_bytes:
            await _drain(reader)
            raise too_large()
        if part.name == "payload_json":
            body = _parsed(data)
        elif part.name is not None and part.filename is not None:
            number = part.name.removeprefix("files[").removesuffix("]")
            files[int(number) if number.isdecimal() else len(files)] = (part.filename, data)
    return body, _described(body, files)


async def _drain(reader: MultipartReader) -> None:
    """Read the rest, so that the answer reaches a client that is still sending."""
    async with asyncio.timeout(5):
        while (part := await reader.next()) is not None:
            if isinstance(part, BodyPartReader):
                await part.release()


def _described(body: Any, files: dict[int, tuple[str, bytes]]) -> tuple[Upload, ...]:
    """The files in order of their numbers, with what the body's `attachments` say of them."""
    listed = body.get("attachments") if isinstance(body, dict) else None
    told = {str(item.get("id")): item for item in listed or [] if isinstance(item, dict)}
    uploads = []
    for number in sorted(files):
        filename, data = files[number]
        item = told.get(str(number), {})
        uploads.append(Upload(item.get("filename") or filename, data, item.get("description")))
    return tuple(uploads)
