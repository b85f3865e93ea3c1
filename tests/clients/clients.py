"""The client library as a process, and the ways in which a connection to Guildesk breaks."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from chaos.house import until
from tests.clients.conftest import LIBRARY, NODE, SOCKETS

SCRIPT = Path(__file__).parent / "listening.mjs"
PASSING = ("typing", "read", "notification")
"""What sockets are told now or never; the feed does not have it."""


@dataclass
class Client:
    """What it said so far, oldest first, and a way to tell it what to do."""

    process: asyncio.subprocess.Process
    said: list[tuple[str, Any]] = field(default_factory=list)

    def of(self, name: str) -> list[Any]:
        return [payload for event, payload in self.said if event == name]

    @property
    def heard(self) -> list[tuple[str, str]]:
        """Name and id of what it was told of the feed, in order."""
        told = [it for it in self.of("event") if it["event"] not in PASSING]
        return [(it["event"], it["payload"]["event_id"]) for it in told]

    def tell(self, what: str, **how: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"what": what, **how}).encode() + b"\n")

    async def says(self, name: str, times: int = 1, seconds: float = 30) -> Any:
        """Wait until it said something so often; gives the last of it."""

        async def look() -> bool:
            return len(self.of(name)) >= times

        try:
            await until(look, seconds)
        except TimeoutError:
            raise AssertionError(f"{name} did not come {times} times; it said {self.said}") from None
        return self.of(name)[times - 1]

    async def hears(self, times: int) -> None:
        """Wait until it was told of so many events of the feed."""

        async def look() -> bool:
            return len(self.heard) >= times

        await until(look, 30)

    async def shows(self, **expected: object) -> None:
        """Wait until the conversation that it follows looks so."""

        async def look() -> bool:
            shown = self.of("shown")
            return bool(shown) and expected.items() <= shown[-1].items()

        try:
            await until(look, 30)
        except TimeoutError:
            raise AssertionError(f"{expected} was not shown, but {self.of('shown')[-1:]}") from None

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def running(folder: Path, url: str, token: str, **options: object) -> AsyncIterator[Client]:
    """The client, in a folder of its own in which it finds its packages."""
    modules = folder / "node_modules"
    modules.mkdir(exist_ok=True)
    if not (modules / "guildesk-client").exists():
        (modules / "guildesk-client").symlink_to(LIBRARY)
    if not (modules / "socket.io-client").exists():
        for package in SOCKETS.iterdir():
            if package.is_dir():
                (modules / package.name).symlink_to(package)
    script = folder / SCRIPT.name
    script.write_text(SCRIPT.read_text("utf-8"), "utf-8")
    process = await asyncio.create_subprocess_exec(
        NODE or "node",
        script,
        json.dumps({"url": url, "token": token, **options}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    client = Client(process)

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            told = json.loads(line)
            client.said.append((told["event"], told["payload"]))

    reading = asyncio.create_task(read())
    try:
        yield client
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await reading


class Cable:
    """A way to the server that can be cut: what is under way then is lost, as a network loses it. With
    several ports, connections go to one after the other, and past those that do not answer."""

    def __init__(self, *ports: int) -> None:
        self._ports = deque(ports)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_cut = False
        self.swallow = 0
        """Answers to POSTs that are to be lost: the request arrives, and the connection ends."""
        self.swallowed = 0
        self.websockets: Literal["pass", "are refused", "get no answer"] = "pass"
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Cable"]:
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self, *, for_good: bool = True) -> None:
        """End all connections, and take no others unless it is ``mend``ed or cut but for a moment."""
        self.is_cut = for_good
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    def mend(self) -> None:
        self.is_cut = False

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        if (found := await self._connected()) is None:
            writer.transport.abort()
            return
        there, here = found
        self._writers |= {writer, here}
        posted = asyncio.Event()
        for task in (
            asyncio.create_task(self._pump(reader, here, posted, asks=True)),
            asyncio.create_task(self._pump(there, writer, posted, asks=False)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for _ in range(len(self._ports)):
            self._ports.rotate(-1)
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self._ports[-1])
        return None

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, posted: asyncio.Event, *, asks: bool
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                if asks and data.startswith(b"POST /api/"):
                    posted.set()
                if asks and self.websockets != "pass" and b"transport=websocket" in data:
                    if self.websockets == "are refused":
                        break
                    continue
                if not asks and posted.is_set() and self.swallow:
                    self.swallow -= 1
                    self.swallowed += 1
                    break
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
        self._writers.discard(sink)
