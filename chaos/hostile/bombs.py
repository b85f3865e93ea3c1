"""Bodies that unpack to far more than they are."""

import gzip
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from chaos.hostile.target import Target

ENCODINGS: Final = ("gzip", "deflate", "br")
ROUTES: Final = (
    "GET /healthz",
    "POST /api/v1/tickets",
    "POST /api/v1/attachments",
    "POST /socket.io/",
    "PUT /nowhere",
)


@cache
def bombs() -> Mapping[str, bytes]:
    """By encoding; 200 MB of spaces are in each."""
    bomb = b" " * 200_000_000
    return {"gzip": gzip.compress(bomb), "deflate": zlib.compress(bomb), "br": b"\x00" * 200_000}


async def throw(target: Target, route: str, encoding: str) -> tuple[int, bytes]:
    """Status and body of the answer."""
    packed = bombs()[encoding]
    async with target.connected() as raw:
        await raw.send(
            f"{route} HTTP/1.1",
            target.shown,
            "Content-Type: application/json",
            f"Content-Encoding: {encoding}",
            f"Content-Length: {len(packed)}",
            body=packed,
        )
        head = await raw.head()
        return head.status, await raw.body(head)
