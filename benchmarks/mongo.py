"""Accepting a message on MongoDB, beside one insert into the same server."""

import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from benchmarks import accept
from benchmarks.figures import Figure
from benchmarks.http_load import connect
from benchmarks.options import Options
from benchmarks.programs import floor, guildesk, no_discord, side_by_side, token_of
from benchmarks.rounds import in_turn
from chaos.mongo_server import mongo_server
from demo.processes import free_port

CONNECTIONS = 25
TARGET = 0.5


async def run(options: Options) -> list[Figure]:
    """As ``accept`` does it, with tokens that both know. The server is SecantusDB, on the core of the load.
    It says nothing of how fast a MongoDB is, only how much Guildesk asks of a server beside the least."""
    users = [f"user{number}" for number in range(CONNECTIONS)]
    ports = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="guildesk-bench-") as scratch:
        folder = Path(scratch)
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(mongo_server(folder))
            tickets = {f"{number:032x}": user for number, user in enumerate(users)}
            there = {"tickets": tickets, "mongo_uri": server.uri}
            programs = (
                guildesk(
                    folder / "guildesk",
                    no_discord(),
                    ports[0],
                    connected=False,
                    MONGO_URI=server.uri,
                    DB_NAME="guildesk",
                ),
                floor("accept_mongo", folder / "floor", ports[1], there),
            )
            await stack.enter_async_context(side_by_side(*programs))
            ours, theirs = [[await connect(port) for _ in users] for port in ports]
            opened = [await accept.opened(it, token_of(user)) for it, user in zip(ours, users, strict=True)]
            seconds = options.seconds(6.0)
            ask_ours = partial(accept.posting, ours, opened, accept.known_tokens, seconds)
            ask_floor = partial(accept.posting, theirs, list(tickets), accept.known_tokens, seconds)
            for warm_up in (ask_ours, ask_floor):
                await warm_up()
            found, least = await in_turn(ask_ours, ask_floor, rounds=options.rounds(7))
            for connection in (*ours, *theirs):
                connection.close()
    return accept.figures_of(f"on MongoDB, {CONNECTIONS} connections", found, least, TARGET)
