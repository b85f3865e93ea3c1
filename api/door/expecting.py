"""``Expect: 100-continue``: the server asks for the body only when it is about to read it.

aiohttp asks for it as soon as the headers are there. So a client would send a whole file, only to hear that
its token has expired."""

from typing import Final

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.http_parser import RawRequestMessage
from multidict import CIMultiDictProxy

EXPECTED = web.RequestKey("EXPECTED", str)
"""What the client expects before it sends the body, until it gets that."""
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def unexpecting(message: RawRequestMessage) -> tuple[RawRequestMessage, str]:
    """The message without the header, and the header's value."""
    if hdrs.EXPECT not in message.headers:
        return message, ""
    headers = message.headers.copy()
    expected = ",".join(headers.popall(hdrs.EXPECT)).strip().lower()
    without: RawRequestMessage = message._replace(headers=CIMultiDictProxy(headers))
    return without, expected if message.version >= HttpVersion11 else ""


def must_be_known(request: web.Request) -> None:
    """Raises HTTPExpectationFailed for an unknown expectation."""
    if request.get(EXPECTED, "100-continue") != "100-continue":
        raise web.HTTPExpectationFailed


async def ask_for_body(request: web.Request) -> None:
    """To be called before the body is read."""
    if request.pop(EXPECTED, None) is not None and not request.content.total_bytes:
        await request.writer.write(GO_ON)
        request.writer.output_size = 0  # the answer itself has not begun


def end_where_body_may_come(request: web.Request, answer: web.StreamResponse) -> None:
    """Close the connection after the answer: a client that was not asked for its body may send it all the
    same."""
    if EXPECTED in request and not request.content.is_eof():
        answer.force_close()
