"""Compresses answers with gzip for clients that ask for it. Files are sent uncompressed, because of
ranges."""

import asyncio
import gzip
from typing import Final

from aiohttp import hdrs, web
from aiohttp.compression_utils import ZLibCompressor
from aiohttp.helpers import must_be_empty_body
from multidict import CIMultiDict, CIMultiDictProxy

LEAST: Final = 1_000
"""Bytes. For shorter answers, compression saves less than its headers cost."""
MOST_AT_ONCE: Final = 64 * 1024
"""Up to so many bytes are compressed on the event loop, in half a millisecond. More are compressed in a
thread, which waits for the interpreter's lock twice: beside a busy loop, 5 ms each time."""
LEVEL: Final = 3
"""Takes half as long as 6, for 5 per cent more bytes."""
PACKABLE: Final = frozenset({"application/json", "application/javascript", "image/svg+xml"})
"""Media types, other than text, that become much smaller."""


async def packed(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """The answer, compressed if that is allowed and useful. For streams there is ``pack_stream``."""
    if not isinstance(answer, web.Response) or answer.prepared or not depends_on_asking(answer):
        return answer
    body = answer.body
    if not isinstance(body, bytes | bytearray) or len(body) < LEAST or not _is_wanted(request, answer):
        return answer
    if len(body) <= MOST_AT_ONCE:
        answer.body = _pack(body)
    else:
        answer.body = await asyncio.to_thread(_pack, body)
    answer.headers[hdrs.CONTENT_ENCODING] = "gzip"
    _weaken_etag(answer.headers)
    return answer


def pack_stream(request: web.Request, answer: web.StreamResponse) -> None:
    """Compress a stream that is about to begin, if that is allowed."""
    if answer.content_length is None and depends_on_asking(answer) and _is_wanted(request, answer):
        answer.enable_compression(web.ContentCoding.gzip)
        _weaken_etag(answer.headers)


def depends_on_asking(answer: web.StreamResponse) -> bool:
    """Whether the answer depends on what the client accepts."""
    kind = answer.content_type
    return (kind in PACKABLE or kind.startswith("text/")) and hdrs.ACCEPT_RANGES not in answer.headers


def compressor(coding: str) -> ZLibCompressor:
    """For a stream."""
    return ZLibCompressor(coding, level=LEVEL, max_sync_chunk_size=MOST_AT_ONCE)


def accepts_gzip(headers: CIMultiDictProxy[str]) -> bool:
    """Whether the client prefers gzip to nothing (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for element in ",".join(headers.getall(hdrs.ACCEPT_ENCODING, ())).lower().split(","):
        coding, _, weight = element.partition(";")
        weights[coding.strip()] = _weight(weight)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _weight(text: str) -> float:
    name, _, value = text.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _is_wanted(request: web.Request, answer: web.StreamResponse) -> bool:
    has_no_body = answer.status == 206 or must_be_empty_body("GET", answer.status)
    return not has_no_body and hdrs.CONTENT_ENCODING not in answer.headers and accepts_gzip(request.headers)


def _pack(body: bytes | bytearray) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)


def _weaken_etag(headers: CIMultiDict[str]) -> None:
    """The same content, but not the same bytes."""
    etag = headers.get(hdrs.ETAG, "")
    if etag.startswith('"'):
        headers[hdrs.ETAG] = f"W/{etag}"
