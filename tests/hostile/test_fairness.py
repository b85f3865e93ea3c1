"""Whoever asks for little waits for a little of each of the others, and not for all that a flood has sent.

The process is stopped until everything has arrived: it finds all at once, the ordinary request last."""

import asyncio
import json
import os
import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from chaos.hostile.target import STRANGERS
from chaos.house import Customer, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 400
ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def connect(house: House, address: str, within: float = 10.0) -> socket.socket:
    connection = socket.socket()
    connection.settimeout(within)
    connection.bind((address, 0))
    connection.connect(("127.0.0.1", house.api_port))
    return connection


@contextmanager
def stopped(house: House) -> Iterator[None]:
    assert house.guildesk is not None
    os.kill(house.guildesk.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(house.guildesk.pid, signal.SIGCONT)


def answered(connections: list[socket.socket]) -> int:
    """How many have an answer now."""
    poll = select.poll()
    for it in connections:
        poll.register(it, select.POLLIN)
    return len(poll.poll(0))


def posting(ticket: str, token: str) -> bytes:
    body = json.dumps({"content": "Are you there?"}).encode()
    head = f"POST /api/v1/tickets/{ticket}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(("what", "at_most"), [("reads", MANY / 2), ("posts", MANY * 0.75)])
async def test_a_flood_of_requests_of_one_address_does_not_come_before_others(
    house: House, what: str, at_most: float
) -> None:
    """All of it came before, once. While the disk keeps a message, the flood is rightly served."""
    casey = Customer(house, "casey")
    asks = ASK if what == "reads" else posting((await casey.open())["id"], casey.token)
    with ExitStack() as closing:
        crowd = [closing.enter_context(connect(house, STRANGERS)) for _ in range(MANY)]
        known = closing.enter_context(connect(house, "127.0.0.7"))
        for it in (*crowd, known):
            it.sendall(ASK)
        for it in (*crowd, known):
            await asyncio.to_thread(it.recv, 4_000)

        with stopped(house):
            for it in crowd:
                it.sendall(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
            known.sendall(asks)
        answer, before = await asyncio.to_thread(lambda: (known.recv(4_000), answered(crowd)))

    assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 "))
    assert before < at_most


async def test_newcomers_wait_their_turn_and_are_not_sent_away(house: House) -> None:
    """A system that holds no more of them lets the others try again after a second."""
    with ExitStack() as closing, stopped(house):
        crowd = [closing.enter_context(connect(house, STRANGERS, within=0.9)) for _ in range(MANY)]

    assert len(crowd) == MANY
