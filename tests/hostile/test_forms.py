"""Forms: whatever stands before, around and behind the file, others do not wait for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice

import pytest

from chaos.hostile.raw import Raw, connected
from chaos.house import Customer, House
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

MB = 1024 * 1024
PART = b'Content-Disposition: form-data; name="file"; filename="a;b;c.png"\r\n'
BEGIN = b"--b\r\n" + PART + b"\r\n"
FLOODS = {
    "newlines before the first boundary": (b"", b"\r\n" * MB),
    "bare newlines before the first boundary": (b"", b"\n" * MB),
    "words before the first boundary": (b"", b"a form begins " * 80_000),
    "almost a boundary before the first": (b"", b"\r\n--" * 300_000),
    "a header without an end": (b"--b\r\nX: ", b"x" * MB),
    "headers without an end": (b"--b\r\n", b"X: x\r\n" * 200_000),
    "one header on many lines": (b"--b\r\n" + PART, b" more\r\n" * 200_000),
    "a name of quotes": (b'--b\r\nContent-Disposition: form-data; name="file"; filename="', b'\\"' * MB),
    "newlines behind the last boundary": (BEGIN + b"x\r\n--b--\r\n", b"\r\n" * MB),
    "words behind the last boundary": (BEGIN + b"x\r\n--b--\r\n", b"that was it " * 80_000),
    "parts without an end": (b"", (BEGIN + b"x\r\n") * 20_000),
    "empty parts": (b"", b"--b\r\n\r\n\r\n" * 200_000),
    "forms within forms": (
        b"--b\r\n" + PART + b"Content-Type: multipart/mixed; boundary=c\r\n\r\n",
        b"--c\r\n" * MB,
    ),
    "newlines in the file, too many": (BEGIN, b"\r\n" * 8 * MB),
    "almost a boundary in the file, too often": (BEGIN, b"\r\n--" * 4 * MB),
}


async def send(house: House, pieces: Iterator[bytes] | AsyncIterator[bytes]) -> tuple[int, str]:
    """An upload in HTTP chunks of these bytes: status and body of its answer, which may come early."""
    mallory = Customer(house, "mallory")
    async with connected(house.api_port, "127.0.0.66") as raw:
        await raw.send(
            "POST /api/v1/attachments HTTP/1.1",
            f"Authorization: Bearer {mallory.token}",
            "Content-Type: multipart/form-data; boundary=b",
            "Transfer-Encoding: chunked",
        )
        sending = asyncio.create_task(_send(raw, pieces))
        try:
            head = await raw.head()
            return head.status, (await raw.body(head)).decode()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _send(raw: Raw, pieces: Iterator[bytes] | AsyncIterator[bytes]) -> None:
    if isinstance(pieces, AsyncIterator):
        async for piece in pieces:
            raw.writer.write(chunk(piece))
            await raw.writer.drain()
    else:
        for several in iter(lambda: list(islice(pieces, 1_000)), []):
            raw.writer.write(b"".join(map(chunk, several)))
            await raw.writer.drain()
    raw.writer.write(b"0\r\n\r\n")


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def pieces(content: bytes, size: int = 64 * 1024) -> Iterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


@pytest.mark.parametrize(("begin", "flood"), FLOODS.values(), ids=FLOODS.keys())
async def test_a_flood_in_a_form_is_refused_and_holds_up_nobody(
    house: House, begin: bytes, flood: bytes
) -> None:
    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(send(house, pieces(begin + flood)) for _ in range(4)))

    assert {status for status, _ in answers} <= {400, 413}


async def test_a_file_in_the_smallest_of_chunks_holds_up_nobody(house: House) -> None:
    whole = BEGIN + b"x" * 30_000 + b"\r\n--b--\r\n"

    async with nobody_else_notices(house):
        answers = await asyncio.gather(*(send(house, pieces(whole, size=1)) for _ in range(20)))

    assert [status for status, _ in answers] == [201] * 20
    assert all('"name":"a;b;c.png"' in body and '"size":30000' in body for _, body in answers)


async def test_a_large_file_that_comes_slowly_arrives(house: House) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield BEGIN
        for _ in range(100):
            yield b"x" * 100_000
            await asyncio.sleep(0.02)
        yield b"\r\n--b--\r\n"

    async with nobody_else_notices(house):
        status, body = await send(house, slowly())

    assert (status, '"size":10000000' in body) == (201, True)
