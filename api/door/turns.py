"""An event loop that takes short turns, in which everybody gets the same.

asyncio handles every descriptor that is ready before anything else goes on. A request needs several turns:
beside a flood of connections each of them would take as long as all that the flood has sent. Here a turn
handles few descriptors, and if more are ready, those of whoever has had least. So nobody gets more by opening
many connections or by sending much, and a request waits for a little of each of the others."""

import asyncio
import math
import select
import selectors
import sys
from time import perf_counter
from typing import Final

LOOKED_AT: Final = 256
"""Descriptors that are ready, of which some are chosen; the system gives the others next time."""
MOST_IN_A_TURN: Final = 64
LEAST_IN_A_TURN: Final = 8
LONG: Final = 0.002
"""Seconds. After a turn that took longer, fewer descriptors are handled in the next."""
A_LITTLE: Final = 0.0002
"""Seconds that an event takes, about, besides what becomes of it."""

Ready = tuple[selectors.SelectorKey, int]


class Flow:
    """Somebody who gets their share. ``done`` is how much work they have had, in seconds, where whoever comes
    back begins with what the others have had meanwhile."""

    __slots__ = ("done",)

    def __init__(self) -> None:
        self.done = 0.0


class Fair:
    """Start-time fair queueing (Goyal, Vin and Cheng, 1996). ``flows`` are by descriptor; descriptors without
    one, such as those of the program's own connections, come first."""

    def __init__(self) -> None:
        self.flows: dict[int, Flow] = {}
        self._least = self._greatest = 0.0
        """What those have had who have had least and most."""

    def charge(self, flow: Flow, seconds: float) -> None:
        """So much was done for them."""
        flow.done = max(flow.done, self._least) + seconds
        self._greatest = max(self._greatest, flow.done)

    def choose(self, ready: list[Ready], most: int) -> list[Ready]:
        """Those whose turn it is, ``most`` of them."""
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
        """The standard library's, but that it never gives all that is ready."""

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
            keys = self.get_map()
            return [
                (key, _directions(event) & key.events)
                for descriptor, event in found
                if (key := keys.get(descriptor)) is not None
            ]

    class Loop(asyncio.SelectorEventLoop):
        """``turns`` says who comes next."""

        def __init__(self) -> None:
            self.turns = Turns()
            super().__init__(self.turns)

    def _directions(event: int) -> int:
        """Errors and ends are told in both directions."""
        writes = selectors.EVENT_WRITE if event & ~select.EPOLLIN else 0
        return writes | (selectors.EVENT_READ if event & ~select.EPOLLOUT else 0)


def new_loop() -> asyncio.AbstractEventLoop:
    """Such a loop on Linux, and elsewhere that of the system."""
    return Loop() if sys.platform == "linux" else asyncio.new_event_loop()


def take_turns(fair: Fair) -> None:
    """Have this decide who comes next, where the running loop asks."""
    if sys.platform == "linux" and isinstance(loop := asyncio.get_running_loop(), Loop):
        loop.turns.fair = fair
