"""No call to MongoDB is waited for longer than its time; and once the server is silent, none is tried."""

import asyncio
import time
from collections.abc import Callable

import pytest
from pymongo.errors import DuplicateKeyError, ExecutionTimeout, NetworkTimeout, ServerSelectionTimeoutError

from storage.mongo.deadlines import Line
from tests.waiting import until

PATIENCE = 0.6


class Server:
    """Answers once it is told to; until then whoever asks waits."""

    def __init__(self) -> None:
        self.is_there = asyncio.Event()
        self.asked = 0

    async def answer(self) -> str:
        self.asked += 1
        await self.is_there.wait()
        return "yes"


async def fails(error: Exception) -> None:
    raise error


async def soon() -> str:
    return "yes"


async def refused(line: Line, asked: Callable[[], object]) -> float:
    """Seconds until it was."""
    began = time.monotonic()
    with pytest.raises(NetworkTimeout):
        await line.answer(asked)  # type: ignore[arg-type]
    return time.monotonic() - began


async def test_whoever_waits_on_a_silent_server_is_told_when_the_first_one_is() -> None:
    server = Server()
    line = Line("questions", server.answer, PATIENCE)
    first = asyncio.create_task(refused(line, server.answer))
    await asyncio.sleep(PATIENCE / 2)

    later = await asyncio.gather(*(refused(line, server.answer) for _ in range(100)))

    assert await first >= PATIENCE * 0.9
    assert max(later) < PATIENCE * 0.9
    await line.end()


async def test_a_silent_server_is_not_asked_again_until_a_probe_is_answered() -> None:
    server = Server()
    line = Line("questions", server.answer, PATIENCE)
    await refused(line, server.answer)
    asked = server.asked

    assert await refused(line, lambda: fails(AssertionError("it was asked"))) < PATIENCE / 2

    await until(lambda: server.asked > asked)
    server.is_there.set()
    await until(lambda: not line.is_cut)
    assert await line.answer(soon) == "yes"
    await line.end()


async def test_one_slow_question_cuts_nobody_off() -> None:
    """As a report over everything."""
    server = Server()
    line = Line("questions", server.answer, PATIENCE)
    slow = asyncio.create_task(refused(line, server.answer))
    await asyncio.sleep(PATIENCE / 2)
    assert await line.answer(soon) == "yes"

    await slow

    cut = [line.is_cut]
    with pytest.raises(ExecutionTimeout):
        await line.answer(lambda: fails(ExecutionTimeout("it takes too long", 50)))
    cut.append(line.is_cut)
    assert cut == [False, True], "nobody else was answered meanwhile"
    server.is_there.set()
    await until(lambda: not line.is_cut)
    await line.end()


@pytest.mark.parametrize("error", [DuplicateKeyError("E11000"), ValueError("ours")])
async def test_an_error_that_is_an_answer_cuts_nothing(error: Exception) -> None:
    line = Line("writes", soon, PATIENCE)

    with pytest.raises(type(error)):
        await line.answer(lambda: fails(error))

    assert not line.is_cut


async def test_no_server_at_all_is_as_good_as_a_silent_one() -> None:
    server = Server()
    line = Line("writes", server.answer, PATIENCE)

    with pytest.raises(ServerSelectionTimeoutError):
        await line.answer(lambda: fails(ServerSelectionTimeoutError("no servers found yet")))

    assert line.is_cut
    await line.end()


async def test_whoever_hangs_up_is_cancelled_and_not_answered() -> None:
    server = Server()
    line = Line("questions", server.answer, PATIENCE)
    asking = asyncio.create_task(line.answer(server.answer))
    await until(lambda: server.asked)

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not line.is_cut
