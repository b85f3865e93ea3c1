"""Programs as processes of their own that begin with everything imported: a house starts hundreds of them.

They are children of a server that has imported ``chaos.preloaded`` and does nothing else
(``multiprocessing``'s forkserver). From there on they run what ``python -m`` runs."""

import asyncio
import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from demo.processes import Process, Program, end_with_parent

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["chaos.preloaded"])


async def forked(program: Program) -> Process:
    """The program, as a child of the server. It takes no standard input."""
    program.log_file.touch()
    settings = {**os.environ, **program.environment}
    process = context.Process(target=_run, args=(program.arguments, settings, program.log_file), daemon=True)
    await asyncio.to_thread(process.start)  # the first one waits until the server has imported everything
    return Forked(process)


class Forked:
    """A process of ``multiprocessing`` as asyncio's are."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._has_ended)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, signal: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has ended, and the server has not said so yet
                os.kill(self.pid, signal)

    def _has_ended(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._process.join()
        self._ended.set()


def _run(arguments: Sequence[str], settings: Mapping[str, str], log_file: Path) -> None:
    """In the new process: what ``python`` does with these arguments."""
    end_with_parent()
    os.setsid()
    log = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(settings)
    option, module, *rest = arguments
    assert option == "-m"
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
