"""An event loop with short turns, in which all clients get an equal share.

asyncio handles every descriptor that is ready before anything else goes on. A request needs several turns;
beside a flood of connections, each turn would take as long as handling all that the flood has sent. Here a
turn handles few descriptors. If more are ready, clients that have asked for little of late come first, and
the others get equal shares. So nobody gets more by opening many connections or by sending much, and people
do not wait for those who do.

Short turns cost throughput: what many clients write in one turn is committed together. So turns are short
only while there are both kinds of clients."""

import asyncio
import math
import select
import selectors
import sys
from collections.abc import Callable
from heapq import nsmallest
from time import perf_counter, thread_time
from typing import Final, NamedTuple

LOOKED_AT: Final = 256
"""At most so many ready descriptors are read from the system, besides few of each busy client, and some of
them are chosen. The system reports the rest next time."""
MOST_IN_A_TURN: Final = 64
HALF_LIFE: Final = 10.0
LITTLE: Final = 0.03
"""Seconds of work in the last ``HALF_LIFE`` or so: some thirty requests. People need less, floods more."""
A_LITTLE: Final = 0.0002
"""Seconds that an event takes roughly, without the work that it causes."""

PATIENCE: Final = 3
"""If a turn is for one client, it is for a busy one in one of so many turns."""
BOTH: Final = 2.0
"""Seconds for which a client of either kind counts as there after work was done for it."""


class Turn(NamedTuple):
    """A turn takes about ``long`` seconds of the processor, but handles at least ``least`` descriptors."""

    least: int
    long: float


SHORT: Final = Turn(1, 0.001)
"""While people ask for little beside others who ask for much."""
WHOLE: Final = Turn(16, 0.016)
"""While all clients are alike, so that nobody is helped by coming first."""

Ready = tuple[int, int]
"""A descriptor, and what epoll says of it."""


class Flow:
    """A client that gets its share. ``done`` is how much work was done for it, in seconds. A client that
    comes back begins with as much as the others have had meanwhile. ``lately`` is the same work, of which
    half is forgotten each ``HALF_LIFE``, as it was at ``at``; until ``busy_until`` it is more than
    ``LITTLE``."""

    __slots__ = ("at", "busy_until", "done", "lately")

    def __init__(self) -> None:
        self.done = self.lately = self.at = self.busy_until = 0.0


class Fair:
    """Clients for whom little was done of late come first, one after the other. The rest get equal shares
    (start-time fair queueing; Goyal, Vin and Cheng, 1996). With equal shares alone, whoever asks for a few
    things in a row would wait until everybody else has had as much. ``flows`` are by descriptor. Descriptors
    without a flow, such as those of the program's own connections, always have their turn."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self.flows: dict[int, Flow] = {}
        self.doors: set[int] = set()
        """Descriptors by which new clients come in. While a turn is for one client, every other turn opens
        them: to let somebody in takes as long as to handle a request."""
        self._opens = False
        self._clock = clock
        self._least = self._greatest = 0.0
        """The least and the most work that a busy flow has had, in seconds."""
        self._waited = 0
        """Turns since a busy flow had to come."""
        self._little_at = self._busy_at = -math.inf
        """When work was last done for either kind of client."""

    def is_busy(self, descriptor: int) -> bool:
        """Whether much was done of late for the client."""
        flow = self.flows.get(descriptor)
        return flow is not None and flow.busy_until > self._clock()

    @property
    def turn(self) -> Turn:
        """How long turns should be."""
        return SHORT if self._clock() - min(self._little_at, self._busy_at) < BOTH else WHOLE

    def charge(self, flow: Flow, seconds: float) -> None:
        """Add so many seconds of work to the flow."""
        now = self._clock()
        if flow.busy_until > now:
            self._busy_at = now
        else:
            self._little_at = now
        flow.done = max(flow.done, self._least) + seconds
        flow.lately = flow.lately * 0.5 ** ((now - flow.at) / HALF_LIFE) + seconds
        flow.at = now
        flow.busy_until = now + HALF_LIFE * math.log2(max(flow.lately, A_LITTLE) / LITTLE)
        self._greatest = max(self._greatest, flow.done)

    def choose(self, ready: list[Ready], most: int) -> list[Ready]:
        """The descriptors whose turn it is: at most ``most`` of clients, and all others."""
        if len(ready) <= most:
            self._least = self._greatest  # nobody waits, so nobody has had too much
            return ready
        self._opens = most > 1 or not self._opens
        firsts: dict[Flow, Ready] = {}
        own: list[Ready] = []
        more: list[Ready] = []
        for it in ready:
            flow = self.flows.get(it[0])
            if flow is None:
                if self._opens or it[0] not in self.doors:
                    own.append(it)
            elif flow in firsts:
                more.append(it)
            else:
                firsts[flow] = it
        chosen = [firsts[it] for it in self._next(list(firsts), most)]
        chosen += more[: most - len(chosen)]
        for descriptor, _ in chosen:
            self.charge(self.flows[descriptor], A_LITTLE)
        return own + chosen

    def _next(self, flows: list[Flow], most: int) -> list[Flow]:
        now, least = self._clock(), self._least
        busy = [it for it in flows if it.busy_until > now]
        others = nsmallest(most, (it for it in flows if it.busy_until <= now), key=lambda it: it.at)
        busy = nsmallest(most, busy, key=lambda it: max(it.done, least))
        if busy:
            self._least = max(least, busy[0].done)
        if busy and others:  # however many the others are, the busy ones do not wait for ever
            self._waited = (self._waited + 1) % PATIENCE
            del others[most - 1 or bool(self._waited) :]
        return (others + busy)[:most]


if sys.platform == "linux":
    from api.door.epolls import Epolls

    class Turns(selectors.EpollSelector):
        """The standard library's selector, but it never returns everything that is ready."""

        _selector_cls = Epolls

        def __init__(self) -> None:
            super().__init__()
            self.fair = Fair()
            self._epolls: Epolls = self._selector  # type: ignore[attr-defined]
            self._cost = A_LITTLE
            """Seconds of the processor that a descriptor takes in a turn, as it was lately."""
            self._handled = 0
            self._began = thread_time()

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            if self._handled:
                self._cost += ((thread_time() - self._began) / self._handled - self._cost) / 4
            turn = self.fair.turn
            most = min(max(int(turn.long / self._cost), turn.least), MOST_IN_A_TURN)
            wait = -1.0 if timeout is None else max(math.ceil(timeout * 1000) / 1000, 0.0)
            found = self._found(wait, most)
            self._began = thread_time()
            chosen = self.fair.choose(found, most)
            self._handled = len(chosen)
            if len(chosen) < len(found):
                self._part(found, chosen)
            keys = self._fd_to_key  # type: ignore[attr-defined]  # get_map() takes ten times as long
            return [
                (key, _directions(event) & key.events)
                for descriptor, event in chosen
                if (key := keys.get(descriptor)) is not None
            ]

        def _found(self, wait: float, most: int) -> list[Ready]:
            try:
                return self._epolls.poll(wait, LOOKED_AT, most)
            except InterruptedError:
                return []

        def _part(self, found: list[Ready], chosen: list[Ready]) -> None:
            """Set busy clients aside, so that all others are found however many are ready. Who is chosen and
            no longer busy comes back."""
            for descriptor, _ in found:
                if descriptor not in self._epolls.aside and self.fair.is_busy(descriptor):
                    self._epolls.set_aside(descriptor, self.fair.flows[descriptor])
            for descriptor, _ in chosen:
                if descriptor in self._epolls.aside and not self.fair.is_busy(descriptor):
                    self._epolls.take_back(descriptor)

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
