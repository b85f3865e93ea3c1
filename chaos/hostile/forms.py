"""Uploads that hold anything but a file."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from itertools import islice
from typing import Final

from chaos.hostile.raw import PATIENCE, Raw
from chaos.hostile.target import Target

MB: Final = 1024 * 1024
PART: Final = b'Content-Disposition: form-data; name="file"; filename="a;b;c.png"\r\n'
BEGIN: Final = b"--b\r\n" + PART + b"\r\n"
END: Final = b"\r\n--b--\r\n"
FORM: Final = ("POST /api/v1/attachments HTTP/1.1", "Content-Type: multipart/form-data; boundary=b")
FLOODS: Final[Mapping[str, tuple[bytes, bytes]]] = {
    "newlines before the first boundary": (b"", b"\r\n" * MB),
    "bare newlines before the first boundary": (b"", b"\n" * MB),
    "words before the first boundary": (b"", b"a form begins " * 80_000),
    "almost a boundary before the first": (b"", b"\r\n--" * 300_000),
    "a header without an end": (b"--b\r\nX: ", b"x" * MB),
    "headers without an end": (b"--b\r\n", b"X: x\r\n" * 200_000),
    "one header on many lines": (b"--b\r\n" + PART, b" more\r\n" * 200_000),
    "a name of quotes": (b'--b\r\nContent-Disposition: form-data; name="file"; filename="', b'\\"' * MB),
    "newlines behind the last boundary": (BEGIN + b"x" + END, b"\r\n" * MB),
    "words behind the last boundary": (BEGIN + b"x" + END, b"that was it " * 80_000),
    "parts without an end": (b"", (BEGIN + b"x\r\n") * 20_000),
    "empty parts": (b"", b"--b\r\n\r\n\r\n" * 200_000),
    "forms within forms": (
        b"--b\r\n" + PART + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n",
        b"--c\r\n" * MB,
    ),
    "newlines in the file, too many": (BEGIN, b"\r\n" * 8 * MB),
    "almost a boundary in the file, too often": (BEGIN, b"\r\n--" * 4 * MB),
}


async def upload(
    target: Target, pieces: Iterator[bytes] | AsyncIterator[bytes], within: float = PATIENCE
) -> tuple[int, str]:
    """An upload in HTTP chunks of these bytes: status and body of its answer, which may come early."""
    async with target.connected() as raw:
        await raw.send(*FORM, target.shown, "Transfer-Encoding: chunked")
        sending = asyncio.create_task(_send(raw, pieces))
        try:
            head = await raw.head(within)
            return head.status, (await raw.body(head)).decode()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


def cut(content: bytes, size: int = 64 * 1024) -> Iterator[bytes]:
    """The content in pieces of this size."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def _send(raw: Raw, pieces: Iterator[bytes] | AsyncIterator[bytes]) -> None:
    if isinstance(pieces, AsyncIterator):
        async for piece in pieces:
            raw.writer.write(_chunk(piece))
            await raw.writer.drain()
    else:
        for several in iter(lambda: list(islice(pieces, 1_000)), []):
            raw.writer.write(b"".join(map(_chunk, several)))
            await raw.writer.drain()
    raw.writer.write(b"0\r\n\r\n")


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
