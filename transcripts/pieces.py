"""Transcripts made in threads, so that the event loop goes on meanwhile."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from typing import Final

MOST: Final = 64 * 1024
"""Characters after which a piece is sent."""


async def in_pieces(written: Iterator[str]) -> AsyncIterator[bytes]:
    """Passes on what is written while it is made, so that little is in memory at a time."""
    while piece := await asyncio.to_thread(_next, written):
        yield piece


async def whole(written: Iterator[str]) -> bytes:
    """The whole text."""
    return await asyncio.to_thread(_whole, written)


def _next(written: Iterator[str]) -> bytes:
    taken, length = [], 0
    for piece in written:
        taken.append(piece)
        length += len(piece)
        if length >= MOST:
            break
    return _encoded("".join(taken))


def _whole(written: Iterator[str]) -> bytes:
    content = io.BytesIO()
    for piece in written:
        content.write(_encoded(piece))
    return content.getvalue()


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")
