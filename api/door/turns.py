"""An event loop with short turns, in which all clients get an equal share.

asyncio handles every descriptor that is ready before anything else goes on. A request needs several turns;
beside a flood of connections, each turn would take as long as handling all that the flood has sent. Here a
turn handles few descriptors. If more are ready, those of the clients with the least work done so far are
handled first. So nobody gets more by opening many connections or by sending much, and a request waits for a
little of each of the others."""

import asyncio
import math
import select
import selectors
import sys
from time import perf_counter
from typing import Final

LOOKED_AT: Final = 256
"""At most so many ready descriptors are read from the system, and some of them are chosen. The system
reports the others again next time."""
MOST_IN_A_TURN: Final = 64
LEAST_IN_A_TURN: Final = 8
LONG: Final = 0.002
"""Seconds. After a longer turn, the next one handles fewer descriptors."""
A_LITTLE: Final = 0.0002
"""Seconds that an event takes roughly, without the work that it causes."""

Ready = tuple[selectors.SelectorKey, int]


class Flow:
    """A client that gets its share. ``done`` is how much work was done for it, in seconds. A client that
    comes back begins with as much as the others have had meanwhile."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = 0.0


class Fair:
    """Start-time fair queueing (Goyal, Vin and Cheng, 1996). ``flows`` are by descriptor. Descriptors
    without a flow, such as those of the program's own connections, come first."""

    def __init__(self) -> None:
        self.flows: dict[int, Flow] = {}
        self._least = self._greatest = 0.0
        """The least and the most work that a flow has had, in seconds."""

    def charge(self, flow: Flow, seconds: float) -> None:
        """Add so many seconds of work to the flow."""
        flow.done = max(flow.done, self._least) + seconds
        self._greatest = max(self._greatest, flow.done)

    def choose(self, ready: list[Ready], most: int) -> list[Ready]:
        """The descriptors whose turn it is, at most ``most``."""
        if len(ready) <= most:
            self._least = self._greatest  # nobody waits, so nobody has had too much
            return ready
        begins: list[float] = []
        ahead: dict[Flow, float] = {}
        for key, _ in ready:
            if (flow := self.flows.get(key.fd)) is None:
                begins.append(-1.0)
                continue
            begin = ahead.get(flow, max(flow.done, self._least))
            begins.append(begin)
            ahead[flow] = begin + A_LITTLE
        order = sorted(range(len(ready)), key=begins.__getitem__)[:most]
        chosen = [ready[it] for it in order]
        self._least = max(self._least, min((begins[it] for it in order if begins[it] >= 0), default=0.0))
        for key, _ in chosen:
            if (flow := self.flows.get(key.fd)) is not None:
                self.charge(flow, A_LITTLE)
        return chosen


if sys.platform == "linux":

    class Turns(selectors.EpollSelector):
        """The standard library's selector, but it never returns everything that is ready."""

        def __init__(self) -> None:
            super().__init__()
            self.fair = Fair()
            self._most = MOST_IN_A_TURN
            self._began = perf_counter()

        def select(self, timeout: float | None = None) -> list[Ready]:
            self._fit(perf_counter() - self._began)
            found = self._found(-1.0 if timeout is None else max(math.ceil(timeout * 1000) / 1000, 0.0))
            self._began = perf_counter()
            return self.fair.choose(found, self._most)

        def _fit(self, took: float) -> None:
            if took > LONG:
                self._most = max(self._most // 2, LEAST_IN_A_TURN)
            elif took < LONG / 4:
                self._most = min(self._most * 2, MOST_IN_A_TURN)

        def _found(self, wait: float) -> list[Ready]:
            try:
                found = self._selector.poll(wait, LOOKED_AT)  # type: ignore[attr-defined]
            except InterruptedError:
                return []
            keys = self._fd_to_key  # type: ignore[attr-defined]  # get_map() takes ten times as long
            return [
                (key, _directions(event) & key.events)
                for descriptor, event in found
                if (key := keys.get(descriptor)) is not None
            ]

    class Loop(asyncio.SelectorEventLoop):
        """An event loop in which ``turns`` says who comes next."""

        def __init__(self) -> None:
            self.turns = Turns()
            super().__init__(self.turns)

    def _directions(event: int) -> int:
        """Report errors and ends in both directions."""
        writes = selectors.EVENT_WRITE if event & ~select.EPOLLIN else 0
        return writes | (selectors.EVENT_READ if event & ~select.EPOLLOUT else 0)


def new_loop() -> asyncio.AbstractEventLoop:
    """Such a loop on Linux, and the standard loop elsewhere."""
    return Loop() if sys.platform == "linux" else asyncio.new_event_loop()


def take_turns(fair: Fair) -> None:
    """Let ``fair`` decide who comes next, if the running loop supports that."""
    if sys.platform == "linux" and isinstance(loop := asyncio.get_running_loop(), Loop):
        loop.turns.fair = fair
