"""A connection that has ended leaves nothing to the garbage collector, which would pause everybody."""

import asyncio
import gc
import socket
import struct
import time
from collections.abc import Mapping
from typing import Final

import pytest

from api.door.connection import Connection
from api.door.forms import OneFile
from chaos.house import until
from tests.api.stage import TICKETS, Stage, token


def asked(line: str, *headers: str, body: bytes = b"") -> bytes:
    shown = f"Authorization: Bearer {token()}"
    return "\r\n".join([f"{line} HTTP/1.1", "Host: x", shown, *headers, "", ""]).encode() + body


JSON: Final = "Content-Type: application/json"
FORM: Final = "Content-Type: multipart/form-data; boundary=x"
PART: Final = b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nabc"
SENT: Final[Mapping[str, bytes]] = {
    "requests whose answers nobody takes": asked("GET /openapi.json") * 30,
    "half a body": asked(f"POST {TICKETS}", JSON, "Content-Length: 50", body=b"{"),
    "half a chunk": asked(f"POST {TICKETS}", JSON, "Transfer-Encoding: chunked", body=b"ff\r\n{"),
    "a chunk without a size": asked(f"POST {TICKETS}", JSON, "Transfer-Encoding: chunked", body=b"zz\r\n{"),
    "half a form": asked("POST /api/v1/attachments", FORM, "Content-Length: 5000", body=PART),
    "no form": asked("POST /api/v1/attachments", FORM, "Content-Length: 5", body=b"aaaaa"),
    "no HTTP": b"\x00\x01\x02" * 100,
    "a wrong header": asked("GET /healthz", "A b: c"),
    "a huge header": asked("GET /healthz", "A: " + "x" * 40_000),
}


def send_and_go(port: int, sent: bytes) -> None:
    """In a thread: what a client in this loop left behind would count as well."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(sent)
        time.sleep(0.15)  # it goes while the program is about its requests
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.usefixtures("no_collector")
async def test_connections_that_have_ended_are_freed_without_the_collector(stage: Stage) -> None:
    def held() -> dict[int, object]:
        return {id(it): it for it in gc.get_objects() if type(it) in (Connection, OneFile)}

    await stage.ask("GET", "/healthz", None)  # on the connection that is kept
    before = held()

    async def is_free() -> bool:
        return held().keys() <= before.keys()

    for kind, sent in SENT.items():
        await asyncio.to_thread(send_and_go, stage.port, sent)
        await stage.ask("GET", "/openapi.json", None)  # its thread breaks if objects are counted meanwhile
        try:
            await until(is_free)
        except TimeoutError:
            pytest.fail(f"{kind}: what it left waits for the collector")
