"""What chaos runs as processes of its own."""

import asyncio
import multiprocessing
import os
import signal
import time
from types import SimpleNamespace

from chaos.forking import Forked


async def test_whoever_has_ended_and_is_not_known_to_takes_no_harm_from_a_signal() -> None:
    """The server that started it has seen its end before it says so."""
    ended = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(0,))
    ended.start()
    ended.join()
    read, write = os.pipe()
    forked = Forked(SimpleNamespace(sentinel=read, pid=ended.pid, exitcode=None))  # type: ignore[arg-type]

    forked.send_signal(signal.SIGTERM)

    assert forked.returncode is None
    asyncio.get_running_loop().remove_reader(read)
    for end in (read, write):
        os.close(end)
