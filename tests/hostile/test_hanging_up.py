"""A client that hangs up, whenever it does, is nothing that people are told of."""

import io
import socket
import struct
from uuid import uuid4

import aiohttp
import pytest

from chaos.hostile.raw import Raw, connected
from chaos.hostile.watch import descriptors_of
from chaos.house import Customer, House, until
from tests.hostile.noticing import nobody_else_notices

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = ("Content-Type: multipart/form-data; boundary=b", "Content-Length: 5000000")
HALF_A_FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"x" * 300_000
REQUESTS: dict[str, tuple[tuple[str, ...], bytes]] = {
    "half a request line": (("GET /api",), b""),
    "half a body": (
        ("POST /api/v1/tickets HTTP/1.1", "Content-Type: application/json", "Content-Length: 50"),
        b"{",
    ),
    "half a body with a key": (
        ("POST /api/v1/tickets HTTP/1.1", "Idempotency-Key: {key}", "Content-Length: 50"),
        b"{",
    ),
    "half a form": (("POST /api/v1/attachments HTTP/1.1", *FORM), HALF_A_FILE),
    "half a packet": (("POST /socket.io/?EIO=4&transport=polling HTTP/1.1", "Content-Length: 50"), b"4"),
    "a poll": (("GET /socket.io/?EIO=4&transport=polling HTTP/1.1",), b""),
    "half of a chunk": (("POST /api/v1/tickets HTTP/1.1", "Transfer-Encoding: chunked"), b"ff\r\n{"),
    "the answer": (("GET /api/v1/tickets HTTP/1.1",), b""),
    "a large answer": (("GET {file} HTTP/1.1",), b""),
}


def leave(raw: Raw, *, without_a_word: bool) -> None:
    """End the connection, as a crashed client does or as one that has changed its mind."""
    if without_a_word:
        connection = raw.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raw.writer.transport.abort()


async def file_of(who: Customer) -> str:
    """The path of a file that is larger than what fits on the way."""
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(b"x" * 9_000_000), filename="large.bin")
    url, headers = f"{who.house.api_url}/api/v1/attachments", {"Authorization": f"Bearer {who.token}"}
    async with who.house.session.post(url, data=form, headers=headers, raise_for_status=True) as answer:
        return "/files/" + str((await answer.json())["url"]).partition("/files/")[2]


@pytest.mark.parametrize("without_a_word", [True, False])
@pytest.mark.parametrize(("lines", "body"), REQUESTS.values(), ids=REQUESTS.keys())
async def test_who_hangs_up_is_no_fault(
    house: House, lines: tuple[str, ...], body: bytes, without_a_word: bool
) -> None:
    mallory = Customer(house, "mallory")
    path = await file_of(mallory) if "{file}" in lines[0] else ""
    assert house.guildesk is not None
    pid, log = house.guildesk.pid, house.data_dir / "guildesk.log"
    said_before, descriptors_before = len(log.read_text()), descriptors_of(pid)

    async def is_over() -> bool:
        return descriptors_of(pid) <= descriptors_before

    async with nobody_else_notices(house):
        for _ in range(20):
            async with connected(house.api_port, "127.0.0.66") as raw:
                filled = [line.format(file=path, key=uuid4()) for line in lines]
                await raw.send(*filled, f"Authorization: Bearer {mallory.token}", body=body)
                leave(raw, without_a_word=without_a_word)
    await until(is_over)

    said = log.read_text()[said_before:].splitlines()
    assert not [it for it in said if it.startswith(("WARNING", "ERROR", "CRITICAL", "Traceback"))]
