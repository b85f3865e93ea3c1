"""Sending webhooks to an endpoint that takes them at once."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.figures import Figure
from benchmarks.house import open_ticket
from benchmarks.http_load import Connection, connect, request
from benchmarks.options import Options
from benchmarks.programs import floor, guildesk, no_discord, process, token_of
from benchmarks.rounds import in_turn, tell
from demo.processes import free_port

TICKETS = 40
AT_ONCE = 8
"""Tickets of which an endpoint is told at once."""
LEAST = 300
"""A second, on one core."""
LEAST_OF_FLOOR = 0.15
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  made up
WORDS = "It still does not start, and the lamp on the left goes on and off every second or so."


class Endpoint:
    """Answers 204, once its gate is open, and counts."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.url = ""
        self.body = ""
        self._taken = 0
        self._awaited = 0
        self._came = asyncio.Event()

    async def take(self, asked: web.Request) -> web.Response:
        body = await asked.text()
        await self.gate.wait()
        self.body = body
        self._taken += 1
        if self._taken >= self._awaited:
            self._came.set()
        return web.Response(status=204)

    async def until(self, more: int) -> float:
        """Seconds until so many more were taken, from when the gate opens."""
        self._awaited = self._taken + more
        self._came.clear()
        began = time.perf_counter()
        self.gate.set()
        async with asyncio.timeout(120):
            await self._came.wait()
        return time.perf_counter() - began


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    it = Endpoint()
    app = web.Application()
    app.router.add_post("/hook", it.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield it
    finally:
        it.gate.set()
        await runner.cleanup()


async def run(options: Options) -> list[Figure]:
    """Guildesk keeps what it sends, reads what it is about, signs and posts it, and writes down the answer.
    The floor posts the same bytes, signed."""
    count = options.count(2000, small=800, tiny=80)
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guildesk-bench-")))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        taking = await stack.enter_async_context(endpoint())
        port = free_port()
        program = guildesk(scratch / "guildesk", no_discord(), port, connected=False, WEBHOOK_PRIVATE="on")
        await stack.enter_async_context(process(program, measured=True))
        tickets = [str((await open_ticket(port, "casey"))["id"]) for _ in range(TICKETS)]
        await _added(session, port, taking.url)
        connections = [await connect(port) for _ in range(8)]
        ours = partial(_of_guildesk, taking, connections, tickets, count)
        await ours()
        configuration = {
            "webhook_secret": SECRET,
            "url": taking.url,
            "body": taking.body,
            "at_once": AT_ONCE,
        }
        floor_port = free_port()
        bare = floor("post", scratch / "floor", floor_port, configuration)
        await stack.enter_async_context(process(bare, measured=True))
        theirs = partial(_of_floor, taking, session, floor_port, count)
        await theirs()
        found = await in_turn(ours, theirs, rounds=options.rounds(5))
        for connection in connections:
            connection.close()
    value, least = (tell(name, each, "1/s") for name, each in zip(("Guildesk", "floor"), found, strict=True))
    return [
        Figure(
            name="webhooks: sent to a fast endpoint", value=value, unit="1/s", target=LEAST, at_least=True
        ),
        Figure(
            name="the same, beside a floor that only posts",
            value=value,
            floor=least,
            unit="1/s",
            target=LEAST_OF_FLOOR,
            at_least=True,
        ),
    ]


async def _added(session: aiohttp.ClientSession, port: int, url: str) -> None:
    headers = {"Authorization": f"Bearer {token_of('root', 'ADMIN')}"}
    body = {"url": url, "events": ["message.posted"]}
    address = f"http://127.0.0.1:{port}/api/v1/webhooks"
    async with session.post(address, json=body, headers=headers) as answer:
        assert answer.status == 201, await answer.text()


async def _of_guildesk(
    taking: Endpoint, connections: Sequence[Connection], tickets: Sequence[str], count: int
) -> float:
    """Sent a second. The messages are posted while the endpoint holds what it was sent."""
    taking.gate.clear()

    async def post(connection: Connection, numbers: range) -> None:
        for number in numbers:
            path = f"/api/v1/tickets/{tickets[number % TICKETS]}/messages"
            answer = await connection.ask(request("POST", path, token_of("casey"), {"content": WORDS}))
            assert answer.status == 201, answer

    async with asyncio.TaskGroup() as tasks:
        for first, connection in enumerate(connections):
            tasks.create_task(post(connection, range(first, count, len(connections))))
    return count / await taking.until(count)


async def _of_floor(taking: Endpoint, session: aiohttp.ClientSession, port: int, count: int) -> float:
    taking.gate.clear()
    asked = asyncio.create_task(_send(session, port, count))
    seconds = await taking.until(count)
    await asked
    return count / seconds


async def _send(session: aiohttp.ClientSession, port: int, count: int) -> None:
    async with session.post(f"http://127.0.0.1:{port}/send?count={count}", raise_for_status=True):
        pass
