"""Answers whose body comes piece by piece."""

from collections.abc import AsyncIterable

from aiohttp import hdrs, web


async def stream(
    request: web.Request, answer: web.StreamResponse, pieces: AsyncIterable[bytes]
) -> web.StreamResponse:
    """Send ``answer`` with these pieces as its body. After HEAD none of them is even made."""
    await answer.prepare(request)
    if request.method != hdrs.METH_HEAD:
        async for piece in pieces:
            await answer.write(piece)
    await answer.write_eof()
    return answer
