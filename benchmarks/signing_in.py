"""Messages while people sign in, beside messages while nobody does: a password costs a core for 25 ms."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from benchmarks.accept import WORDS, opened
from benchmarks.figures import Figure
from benchmarks.http_load import Connection, connect, keep_busy, request
from benchmarks.options import Options
from benchmarks.programs import guildesk, no_discord, process, token_of
from benchmarks.rounds import in_turn, percentile, tell
from demo.processes import free_port

WRITERS = 20
EVERY = 0.1
"""Seconds between two messages of a writer."""
SIGNING_IN = 4
"""Connections on which somebody signs in all the time."""
PASSWORD = "a horse of another kind"  # noqa: S105  made up
TARGET = 1.5


async def run(options: Options) -> list[Figure]:
    """20 people write ten messages a second each; four sign in meanwhile as fast as they are let, or none."""
    users = [f"user{number}" for number in range(WRITERS)]
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        program = guildesk(Path(scratch) / "guildesk", no_discord(), port, connected=False, ACCOUNTS="on")
        async with process(program, measured=True):
            writers = [await connect(port) for _ in users]
            tickets = [await opened(it, token_of(user)) for it, user in zip(writers, users, strict=True)]
            doors = [await connect(port) for _ in range(SIGNING_IN)]
            logins = [await registered(it, number) for number, it in enumerate(doors)]
            write = partial(writing, writers, users, tickets, options.seconds(8.0))
            rates: list[float] = []
            sign_in = partial(signing_in, rates, doors, logins, options.seconds(8.0))
            crowded = partial(while_signing_in, write, sign_in)
            await crowded()
            rates.clear()
            busy, quiet = await in_turn(crowded, write, rounds=options.rounds(7))
            for connection in (*writers, *doors):
                connection.close()
    tell("sign-ins", rates, "1/s")
    return [
        Figure(
            name=f"signing in: p{percent} of messages while people sign in",
            value=tell(f"p{percent}, people sign in", _ms(busy, percent), "ms"),
            floor=tell(f"p{percent}, nobody does", _ms(quiet, percent), "ms"),
            unit="ms",
            target=target,
        )
        for percent, target in ((99, TARGET), (50, None))
    ]


async def registered(connection: Connection, number: int) -> list[bytes]:
    """The request by which somebody signs in who has just registered."""
    email = {"email": f"user{number}@example.test", "password": PASSWORD}
    answer = await connection.ask(
        request("POST", "/api/v1/accounts", "", {**email, "username": f"User {number}"})
    )
    assert answer.status == 201, answer
    return [request("POST", "/api/v1/accounts/login", "", email)]


async def writing(
    connections: Sequence[Connection], users: Sequence[str], tickets: Sequence[str], seconds: float
) -> list[float]:
    """The seconds that each message took; everybody writes at their own pace, one after another."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds

    async def write(number: int) -> None:
        path = f"/api/v1/tickets/{tickets[number]}/messages"
        message = request("POST", path, token_of(users[number]), {"content": WORDS})
        following = time.perf_counter() + EVERY * number / len(users)
        while following < until:
            await asyncio.sleep(max(0.0, following - time.perf_counter()))
            answer = await connections[number].ask(message)
            assert answer.status == 201, answer
            latencies.append(answer.seconds)
            following = max(following + EVERY, time.perf_counter())

    await asyncio.gather(*(write(number) for number in range(len(users))))
    return latencies


async def signing_in(
    rates: list[float], doors: Sequence[Connection], logins: Sequence[Sequence[bytes]], seconds: float
) -> None:
    """Sign in all the time, and write down how often a second that was."""
    rates.append((await keep_busy(doors, logins, seconds, 200)).per_second)


async def while_signing_in(
    write: Callable[[], Awaitable[list[float]]], sign_in: Callable[[], Awaitable[None]]
) -> list[float]:
    """What the messages took meanwhile."""
    latencies, _ = await asyncio.gather(write(), sign_in())
    return latencies


def _ms(rounds: Sequence[Sequence[float]], percent: int) -> list[float]:
    return [percentile(latencies, percent) * 1000 for latencies in rounds]
