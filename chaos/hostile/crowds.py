"""Very many connections, and very many requests on one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from chaos.hostile.target import Target


@asynccontextmanager
async def flood(port: int, addresses: Sequence[str], of_each: int, say: bytes) -> AsyncIterator[None]:
    """So many connections from each address, each of which says this and no more."""
    writers: list[asyncio.StreamWriter] = []
    try:
        for _ in range(of_each):
            for address in addresses:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
                    writer.write(say)
                    writers.append(writer)
        yield
    finally:
        for writer in writers:
            writer.transport.abort()


async def pipeline(target: Target, path: str, requests: int, within: float = 60.0) -> int:
    """How many answers came to so many requests, sent without waiting for any of them."""
    async with target.connected() as raw, asyncio.timeout(within):
        raw.writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * requests)
        answers = 0
        while answers < requests:
            answers += (await raw.reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 ")
            await raw.reader.readuntil(b"}")
        return answers
