"""What holds for every answer, whatever its handler does."""

import asyncio

import pytest
from aiohttp import web

from api.door.server import serving

PIECE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def _streams(request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(status=int(request.query.get("status", "200")))
    if "compressed" in request.query:
        answer.enable_compression()
    await answer.prepare(request)
    await answer.write(PIECE)
    await answer.write_eof(PIECE)
    return answer


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("HEAD", ""),
        ("HEAD", "?compressed"),
        ("HEAD", "?status=404"),
        ("GET", "?status=204"),
        ("GET", "?status=304"),
        ("GET", "?status=304&compressed"),
    ],
)
async def test_an_answer_without_a_body_has_none_even_if_its_handler_streams_one(
    method: str, query: str
) -> None:
    app = web.Application()
    app.router.add_route("*", "/", _streams)
    async with serving(app, "127.0.0.1", 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        accepts = "Accept-Encoding: gzip\r\n"
        writer.write(f"{method} /{query} HTTP/1.1\r\nHost: x\r\n{accepts}Connection: close\r\n\r\n".encode())

        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()

    assert answer.startswith(b"HTTP/1.1 ")
    assert answer.partition(b"\r\n\r\n")[2] == b""
