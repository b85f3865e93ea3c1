"""An HTTP client that costs next to nothing, so that the server is measured and not the client."""

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """``seconds`` from the sending to the last byte of the answer."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time. If the server closed it meanwhile, as it may one on
    which nothing is asked, it is made anew."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.lost = asyncio.Event()
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._sent_at = 0.0
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._received = transport, b""
        self.lost.clear()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("closed in the middle of an answer"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        length = _LENGTH.search(self._received, 0, end)
        body = self._received[end + 4 :]
        if self._answer.done() or length is None or len(body) < int(length[1]):
            return
        answer = Answer(int(self._received[9:12]), body, time.perf_counter() - self._sent_at)
        self._received = b""
        self._answer.set_result(answer)

    async def ask(self, request: bytes) -> Answer:
        assert self._transport is not None
        assert self._answer is None or self._answer.done(), "one request at a time"
        if self._transport.is_closing():
            await self.make()
        self._answer = asyncio.get_running_loop().create_future()
        self._sent_at = time.perf_counter()
        self._transport.write(request)
        return await self._answer

    async def make(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def connect(port: int) -> Connection:
    connection = Connection(port)
    await connection.make()
    return connection


def request(method: str, path: str, token: str, body: object = None) -> bytes:
    """The bytes of a request as a usual client sends them."""
    content = b"" if body is None else json.dumps(body).encode()
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: benchmark/1",
        f"Authorization: Bearer {token}",
    ]
    if content:
        head += [f"Content-Length: {len(content)}", "Content-Type: application/json"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


@dataclass(frozen=True, slots=True)
class Load:
    """What became of a load: requests a second, and each request's seconds."""

    per_second: float
    latencies: list[float]


async def keep_busy(
    connections: Sequence[Connection], requests: Sequence[Sequence[bytes]], seconds: float, expected: int
) -> Load:
    """Every connection asks again as soon as it is answered; each has its own requests, one after another
    and then from the first again."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def work(connection: Connection, own: Sequence[bytes]) -> None:
        following = cycle(own)
        while time.perf_counter() < until:
            answer = await connection.ask(next(following))
            if answer.status != expected:
                raise AssertionError(f"answered {answer.status}: {answer.body[:300]!r}")
            latencies.append(answer.seconds)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for connection, own in zip(connections, requests, strict=True):
            tasks.create_task(work(connection, own))
    return Load(len(latencies) / (time.perf_counter() - began), latencies)
