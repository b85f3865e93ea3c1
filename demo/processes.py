"""The two processes of the demo. Each is started again when it ends by itself."""

import asyncio
import ctypes
import os
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import aiohttp

PATIENCE = 30.0
"""Seconds that a process may take until it is ready."""
LAST_WORDS = 8
"""So many of the last lines of a process that did not start are shown."""
MOST_STARTS = 5
"""Starts within MINUTE after which a process that keeps ending is left alone."""
MINUTE = 60.0
STOPPING = 6.0
"""Seconds that a process may take to stop before it is killed."""


class DidNotStart(Exception):
    """A process ended, or was not ready in time; the text ends with what it said last."""

    def __init__(self, name: str, log_file: Path) -> None:
        said = (
            log_file.read_text(errors="replace").strip().splitlines()[-LAST_WORDS:]
            if log_file.exists()
            else []
        )
        super().__init__("\n".join((f"{name} did not start; it said:", *(f"  {line}" for line in said))))


class PortInUse(Exception):
    """Somebody listens on the port already."""

    def __init__(self, port: int, option: str) -> None:
        super().__init__(
            f"port {port} of 127.0.0.1 is in use; choose another with {option}, or none for any free"
        )


@dataclass
class Program:
    """A program to keep running; ``ready`` returns once it can be used."""

    name: str
    arguments: list[str]
    log_file: Path
    ready: Callable[[], Awaitable[None]]
    environment: Mapping[str, str] = field(default_factory=dict)
    patience: float = PATIENCE


class Process(Protocol):
    """The interface of a started process, as asyncio's has it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, signal: int) -> None: ...


Launch = Callable[[Program], Awaitable[Process]]


async def executed(program: Program) -> Process:
    """A new interpreter that runs the program."""
    with program.log_file.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *program.arguments,
            env={**os.environ, **program.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )


class Running:
    """A program's process; ``pid`` changes when it had to be started again."""

    def __init__(self, program: Program, changed: Callable[[], None], launch: Launch = executed) -> None:
        self._program = program
        self._changed = changed
        self._launch = launch
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def exit_code(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._process.returncode if self._process else None

    async def start(self) -> None:
        """Start the process and wait until it is ready; raises DidNotStart."""
        program = self._program
        self._process = await self._launch(program)
        ended = asyncio.create_task(self._process.wait())
        ready = asyncio.create_task(asyncio.wait_for(program.ready(), program.patience))
        try:
            await asyncio.wait((ended, ready), return_when=asyncio.FIRST_COMPLETED)
            if not ready.done() or ready.exception() is not None:
                raise DidNotStart(program.name, program.log_file)
        finally:
            ended.cancel()
            ready.cancel()

    async def keep(self) -> None:
        """Start the process again whenever it ends, until cancelled."""
        starts: deque[float] = deque(maxlen=MOST_STARTS)
        while self._process is not None:
            code = await self._process.wait()
            starts.append(time.monotonic())
            if len(starts) == MOST_STARTS and starts[-1] - starts[0] < MINUTE:
                print(DidNotStart(self._program.name, self._program.log_file), flush=True)
                return
            print(f"{self._program.name} ended ({code}); starting it again", flush=True)
            await self.start()
            self._changed()

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOPPING)
        except TimeoutError:
            process.send_signal(signal.SIGKILL)
            await process.wait()


@asynccontextmanager
async def running(program: Program, changed: Callable[[], None]) -> AsyncIterator[Running]:
    """The program, ready, kept running inside the block and stopped after it."""
    process = Running(program, changed)
    try:
        await process.start()
        keeping = asyncio.create_task(process.keep())
        try:
            yield process
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
    finally:
        await process.stop()


async def answers(url: str, **fields: str) -> None:
    """Return once the address answers with 200, and with a JSON object in which these fields are so."""
    timeout = aiohttp.ClientTimeout(total=2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            try:
                async with session.get(url) as response:
                    told = await response.json() if fields else {}
                    if response.status == 200 and fields.items() <= told.items():
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


async def connects(host: str, port: int) -> None:
    """Return once somebody takes connections there."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return


def must_be_free(port: int, option: str) -> int:
    """The port, or any free one for 0; raises PortInUse."""
    if not port:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUse(port, option) from None
    return port


def free_port() -> int:
    """A port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def end_with_parent() -> None:
    """Linux: be told to stop when the demo is gone, however it went (prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
