"""A server that speaks MongoDB's protocol, as a process that can be killed and frozen.

It is SecantusDB, which keeps its data on disk. One line of the pinned release is wrong: of two upserts at
once that ask for the document afterwards, one is answered nothing. It is corrected as the process starts."""

import importlib.metadata
import inspect
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from demo.processes import Program, Running, connects, free_port

RELEASE: Final = "0.7.0b3"
FUNCTION: Final = "_find_and_modify_impl"
WRONG: Final = 'if return_new and result["did_upsert"]:'
RIGHT: Final = "if return_new:"
VERSION: Final = "MONGO_SERVER_VERSION"
"""The variable of the environment by which the server gives itself out as an older one."""


class MongoServer:
    """A server with its data in a folder; it is killed, frozen and started again as often as one likes."""

    def __init__(self, folder: Path, port: int | None = None, version: str | None = None) -> None:
        self.port = port or free_port()
        self.uri = f"mongodb://127.0.0.1:{self.port}/"
        folder.mkdir(parents=True, exist_ok=True)
        program = Program(
            name="the MongoDB server",
            arguments=["-m", "chaos.mongo_server", str(self.port), str(folder / "mongo")],
            log_file=folder / "mongo.log",
            ready=lambda: connects("127.0.0.1", self.port),
            environment={VERSION: version} if version else {},
        )
        self.running = Running(program, lambda: None)

    async def start(self) -> None:
        await self.running.start()

    async def kill(self) -> None:
        """As a power cut would."""
        os.kill(self.running.pid, signal.SIGKILL)
        await self.running.stop()

    def freeze(self) -> None:
        """It keeps its connections, and answers nothing."""
        os.kill(self.running.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.running.pid, signal.SIGCONT)

    async def stop(self) -> None:
        if self.running.exit_code is None and self.running.pid:
            self.thaw()
        await self.running.stop()


@asynccontextmanager
async def mongo_server(folder: Path, version: str | None = None) -> AsyncIterator[MongoServer]:
    """A server that runs meanwhile."""
    server = MongoServer(folder, version=version)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


def corrected(commands: ModuleType, release: str) -> Callable[..., object]:
    """The function without the fault. Raises SystemExit where it is not as it was when this was written."""
    source = inspect.getsource(getattr(commands, FUNCTION))
    if release != RELEASE or source.count(WRONG) != 1:
        raise SystemExit(
            f"SecantusDB {release} is not the release that chaos/mongo_server.py corrects ({RELEASE}): "
            f"see whether {FUNCTION} still answers nothing to an upsert that lost a race, and correct "
            "that line or drop the correction."
        )
    code = compile(source.replace(WRONG, RIGHT), str(commands.__file__), "exec")
    exec(code, vars(commands))  # noqa: S102  the source of a pinned package
    function: Callable[..., object] = getattr(commands, FUNCTION)
    return function


def main(port: str, folder: str) -> int:
    from secantus import cli, commands  # a development dependency

    corrected(commands, importlib.metadata.version("secantusdb"))
    if version := os.environ.get(VERSION):
        commands.SERVER_VERSION = version
        commands.SERVER_VERSION_ARRAY = [*(int(part) for part in version.split(".")), 0]
    arguments = ["--host", "127.0.0.1", "--port", port, "--storage-path", folder, "--log-level", "WARNING"]
    arguments += ["--enable-test-commands"]  # for the faults that tests ask for
    return int(cli.main(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
