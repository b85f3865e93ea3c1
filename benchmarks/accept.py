"""Accepting a message while Discord does not answer: how many, and how fast the slowest."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.http_load import Connection, Load, connect, keep_busy, request
from benchmarks.options import Options
from benchmarks.programs import floor, guildesk, no_discord, side_by_side, token_of
from benchmarks.rounds import in_turn, percentile, tell
from demo.processes import free_port
from tickets.ids import new_id

CONNECTIONS = 50
TARGET = 0.7
MOST_EACH = 2_000
"""Fresh tokens of a user in a round; a user who needs more begins with the first again."""
WORDS = "It still does not start, and the lamp on the left goes on and off every second or so. "


async def run(options: Options) -> list[Figure]:
    """50 users, each with a connection and a ticket of their own, who post as fast as they are answered.

    Both programs know a token again that they have verified, so it is measured twice: with tokens that
    nobody has seen before, each verified in full, as where thousands of users each say a word; and with
    the same 50 tokens all the time. Discord's port is closed: the relay looks, finds nobody to tell, and
    rests."""
    users = [f"user{number}" for number in range(CONNECTIONS)]
    ports = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        folder = Path(scratch)
        tickets = {f"{number:032x}": user for number, user in enumerate(users)}
        programs = (
            guildesk(folder / "guildesk", no_discord(), ports[0], connected=False),
            floor("accept", folder / "floor", ports[1], {"tickets": tickets}),
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(side_by_side(*programs))
            ours, theirs = [[await connect(port) for _ in users] for port in ports]
            there = [await opened(it, token_of(user)) for it, user in zip(ours, users, strict=True)]
            figures = []
            for tokens in (fresh_tokens, known_tokens):
                ask_ours = partial(posting, ours, there, tokens, options.seconds(4.0))
                ask_floor = partial(posting, theirs, list(tickets), tokens, options.seconds(4.0))
                for warm_up in (ask_ours, ask_floor):
                    await warm_up()
                found, least = await in_turn(ask_ours, ask_floor, rounds=options.rounds(7))
                which = f"{CONNECTIONS} connections, {tokens.__name__.replace('_', ' ')}"
                figures += figures_of(which, found, least, TARGET)
            for connection in (*ours, *theirs):
                connection.close()
    return figures


def fresh_tokens(user: str) -> Iterator[str]:
    """As many as are wanted in a round, no two the same."""
    return (token_of(user, jti=new_id()) for _ in range(MOST_EACH))


def known_tokens(user: str) -> Iterator[str]:
    return iter([token_of(user, jti="known")])


async def opened(connection: Connection, token: str) -> str:
    body = {"topic": "It does not start", "description": "Nothing happens when I press the button."}
    answer = await connection.ask(request("POST", "/api/v1/tickets", token, body))
    assert answer.status == 201, answer
    return str(answer.json()["id"])


async def posting(
    connections: Sequence[Connection],
    tickets: Sequence[str],
    tokens: Callable[[str], Iterator[str]],
    seconds: float,
) -> Load:
    requests = []
    for number, ticket in enumerate(tickets):
        path = f"/api/v1/tickets/{ticket}/messages"
        requests.append([request("POST", path, it, {"content": WORDS}) for it in tokens(f"user{number}")])
    return await keep_busy(connections, requests, seconds, 201)


def figures_of(which: str, found: Sequence[Load], least: Sequence[Load], target: float) -> list[Figure]:
    p99s = [[percentile(load.latencies, 99) * 1000 for load in loads] for loads in (found, least)]
    return [
        Figure(
            name=f"accept: messages a second, {which}",
            value=tell(f"Guildesk, {which}", [load.per_second for load in found], "messages/s"),
            floor=tell(f"floor, {which}", [load.per_second for load in least], "messages/s"),
            unit="1/s",
            target=target,
            at_least=True,
        ),
        Figure(
            name=f"accept: p99, {which}",
            value=tell(f"Guildesk p99, {which}", p99s[0], "ms"),
            floor=tell(f"floor p99, {which}", p99s[1], "ms"),
            unit="ms",
            target=2.0,
        ),
    ]
