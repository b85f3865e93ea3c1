"""HTTP as bytes on a socket, so that nothing between a client and the process tidies up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

PATIENCE = 60.0


@dataclass(frozen=True)
class Head:
    """Status line and headers of an answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str]


@dataclass
class Raw:
    """A connection to the process."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *lines: str, body: bytes = b"") -> None:
        """A request of these lines, the request line first."""
        self.writer.write("\r\n".join([*lines, "Host: desk.example.test", "", ""]).encode() + body)
        await self.writer.drain()

    async def head(self, within: float = PATIENCE) -> Head:
        """The next answer up to its empty line; fails if what comes next is no answer."""
        async with asyncio.timeout(within):
            status_line, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        assert status_line.startswith("HTTP/1.1 "), f"these bytes belong to no answer: {status_line!r}"
        pairs = (line.partition(":") for line in lines)
        return Head(int(status_line.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs})

    async def body(self, head: Head) -> bytes:
        """The body that the answer to a GET announced."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readexactly(int(head.headers["content-length"]))

    async def rest(self) -> bytes:
        """Everything until the process closes the connection."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read()


@asynccontextmanager
async def connected(port: int, address: str = "127.0.0.1") -> AsyncIterator[Raw]:
    """A connection from this address of the machine; all of 127.0.0.0/8 may be used."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()
