"""Ready descriptors in two sets."""

import asyncio
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

if sys.platform != "linux":
    pytest.skip("epoll is Linux's", allow_module_level=True)

from api.door.epolls import MOST_SETS, Epolls
from api.door.turns import LITTLE, LOOKED_AT, MOST_IN_A_TURN, Fair, Flow, new_loop, take_turns

READABLE = select.EPOLLIN


@pytest.fixture
def epolls() -> Iterator[Epolls]:
    it = Epolls()
    yield it
    it.close()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as it:
        yield it


def readable(stack: ExitStack, number: int) -> list[socket.socket]:
    """Sockets on which something has arrived."""
    pairs = [socket.socketpair() for _ in range(number)]
    for ours, theirs in pairs:
        stack.enter_context(ours)
        stack.enter_context(theirs)
        theirs.send(b"x")
    return [ours for ours, _ in pairs]


def reported(epolls: Epolls, most: int = 2, most_of_one: int = 1) -> list[int]:
    return [descriptor for descriptor, _ in epolls.poll(0, most, most_of_one)]


def test_however_many_of_one_are_set_aside_all_others_are_reported(epolls: Epolls, stack: ExitStack) -> None:
    many, few, one = readable(stack, 40), readable(stack, 2), readable(stack, 1)[0]
    for it in (*many, *few, one):
        epolls.register(it.fileno(), READABLE)
    for it in many:
        epolls.set_aside(it.fileno(), "many")
    for it in few:
        epolls.set_aside(it.fileno(), "few")

    for _ in range(20):
        there = reported(epolls)
        assert one.fileno() in there
        assert {it.fileno() for it in few} & set(there)
        assert len(there) == 3


def test_all_that_are_set_aside_are_reported_in_turn(epolls: Epolls, stack: ExitStack) -> None:
    many = {it.fileno() for it in readable(stack, 20)}
    for descriptor in many:
        epolls.register(descriptor, READABLE)
        epolls.set_aside(descriptor, "many")

    assert {descriptor for _ in range(20) for descriptor in reported(epolls)} == many


def test_more_owners_than_there_are_sets_share_one(epolls: Epolls, stack: ExitStack) -> None:
    them = [it.fileno() for it in readable(stack, MOST_SETS + 10)]
    for descriptor in them:
        epolls.register(descriptor, READABLE)
        epolls.set_aside(descriptor, descriptor)

    assert {descriptor for _ in range(10) for descriptor in reported(epolls)} == set(them)
    assert len(reported(epolls)) == MOST_SETS + 1


def test_what_is_set_aside_can_change_what_it_waits_for_and_leave(epolls: Epolls, stack: ExitStack) -> None:
    it = readable(stack, 1)[0].fileno()
    epolls.register(it, READABLE)
    epolls.set_aside(it, "one")

    epolls.modify(it, select.EPOLLOUT)
    assert epolls.poll(0, 2, 1) == [(it, select.EPOLLOUT)]
    epolls.take_back(it)
    assert epolls.poll(0, 2, 1) == [(it, select.EPOLLOUT)]
    epolls.set_aside(it, "one")
    epolls.unregister(it)
    assert epolls.poll(0, 2, 1) == []

    epolls.register(it, READABLE)
    assert it not in epolls.aside
    assert epolls.poll(0, 2, 1) == [(it, READABLE)]


def test_of_what_was_closed_before_it_left_nothing_is_kept(epolls: Epolls) -> None:
    ours, theirs = socket.socketpair()
    it = ours.fileno()
    epolls.register(it, READABLE)
    epolls.set_aside(it, "one")
    ours.close()
    theirs.close()

    with pytest.raises(OSError, match="Bad file descriptor"):
        epolls.unregister(it)

    assert it not in epolls.aside
    assert reported(epolls) == []


def test_who_asks_for_little_is_found_behind_more_busy_ones_than_are_looked_at() -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(_latest_of_people()) < MOST_IN_A_TURN


async def _latest_of_people() -> int:
    """How many were heard before the last of two who ask for little, beside twice as many busy ones as are
    looked at."""

    def clients(number: int, work: float) -> list[socket.socket]:
        made = []
        for _ in range(number):
            ours, theirs = socket.socketpair()
            stack.enter_context(ours)
            made.append(stack.enter_context(theirs))
            fair.flows[ours.fileno()] = flow = Flow()
            fair.charge(flow, work)
            loop.add_reader(ours, hear, ours, theirs)
        return made

    def hear(ours: socket.socket, theirs: socket.socket) -> None:
        ours.recv(1)
        heard.append(theirs)
        if len(heard) == len(asked):
            all_heard.set()

    async def order_of(*asking: socket.socket) -> list[socket.socket]:
        asked[:] = asking
        heard.clear()
        all_heard.clear()
        for it in asking:
            it.send(b"x")
        await all_heard.wait()
        return list(heard)

    fair, all_heard = Fair(), asyncio.Event()
    asked: list[socket.socket] = []
    heard: list[socket.socket] = []
    loop = asyncio.get_running_loop()
    with ExitStack() as stack:
        take_turns(fair)
        busy, people = clients(2 * LOOKED_AT, 2 * LITTLE), clients(2, LITTLE / 10)

        await order_of(*busy)
        order = await order_of(*busy, *people)

    return max(order.index(it) for it in people)
