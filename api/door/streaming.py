"""Answers whose body is sent piece by piece."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

from aiohttp import hdrs, web

from api.door.answers import JSON, json_answer
from api.door.compressing import pack_stream


async def stream(
    request: web.Request, answer: web.StreamResponse, pieces: AsyncIterable[bytes]
) -> web.StreamResponse:
    """Send ``answer`` with these pieces as its body. After HEAD, no piece is even made. The generator of the
    pieces is closed here, also if the client has gone."""
    pack_stream(request, answer)
    try:
        await answer.prepare(request)
        if request.method != hdrs.METH_HEAD:
            async for piece in pieces:
                await answer.write(piece)
                await asyncio.sleep(
                    0
                )  # others have their turn, where making and writing a piece waits for nothing
        await answer.write_eof()
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
    return answer


async def stream_array(request: web.Request, pages: AsyncIterator[bytes]) -> web.StreamResponse:
    """A JSON array with all items of ``pages``, none of which is empty. At most two pages are held in memory.
    A single page is an ordinary answer."""
    first = await anext(pages, b"[]")
    second = await anext(pages, None)
    if second is None:
        return json_answer(first)
    return await stream(request, web.StreamResponse(headers=JSON), _joined(first, second, pages))


async def _joined(first: bytes, second: bytes, pages: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    yield first[:-1]
    yield b"," + second[1:-1]
    async for page in pages:
        yield b"," + page[1:-1]
    yield b"]"
