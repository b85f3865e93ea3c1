"""All open connections: limits per address and in all, and the choice of the one that makes room for a new
one.

At a limit, a new connection replaces the one that has been silent longest. So silent or idle connections
keep nobody out. A new one is refused only if all others are at work."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from api.door.turns import Fair, Flow

log = logging.getLogger(__name__)

SEARCHED: Final = 200
"""So many connections are examined for one that may go, each time different ones."""
SHARE: Final = 0.2
"""The share of the process's time for reading what one address sends."""
SHORTEST_REST: Final = 0.01
MOST_AT_ONCE: Final = 0.01
"""At most so many seconds are counted for one piece of work. If it took longer, it was interrupted, for
instance by the garbage collector."""
TELL_EVERY: Final = 60.0
"""Seconds between two lines in the log about the same limit."""


class Connected(Protocol):
    """What the crowd needs of a connection."""

    @property
    def is_idle(self) -> bool:
        """Whether no work is being done for the connection."""
        ...

    def give_way(self) -> None:
        """End the connection at once."""
        ...


C = TypeVar("C", bound=Connected)


class _Place(NamedTuple):
    address: str
    descriptor: int
    flow: Flow


class _Group(Generic[C]):
    """Connections of one address or of all: those without a request so far, in the order of their arrival,
    and the others in the order of their last requests."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.paid_until = 0.0
        """The time at which reading from them is within their share again."""
        self.silent: dict[C, None] = {}
        self.known: dict[C, None] = {}

    def __len__(self) -> int:
        return len(self.silent) + len(self.known)

    def asked(self, it: C) -> None:
        self.discard(it)
        self.known[it] = None

    def discard(self, it: C) -> None:
        self.silent.pop(it, None)
        self.known.pop(it, None)

    def dispensable(self) -> C | None:
        """A connection that may be ended, if one is found soon. Busy ones that were examined move back in
        the order."""
        if self.silent:
            return next(iter(self.silent))
        for it in tuple(islice(self.known, SEARCHED)):
            if it.is_idle:
                return it
            self.known[it] = self.known.pop(it)
        return None


class Crowd(Generic[C]):
    """All open connections.

    ``most`` connections may be open in all, and ``most_of_one`` of one address, except addresses of which
    ``counts_alone`` says that many people come from them. ``network`` gives what counts as one address."""

    def __init__(
        self,
        most: int,
        most_of_one: int,
        network: Callable[[str | None], str],
        counts_alone: Callable[[str | None], bool],
    ) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._network = network
        self._counts_alone = counts_alone
        self._all: _Group[C] = _Group()
        self._by_address: dict[str, _Group[C]] = {}
        self._places: dict[C, _Place] = {}
        self._many: set[str] = set()
        """Addresses that many people come from."""
        self.fair = Fair()
        """Decides whose turn it is. An address is a flow. If many people come from it, each connection is
        one."""
        self._told_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[C]:
        yield from tuple(self._all.silent)
        yield from tuple(self._all.known)

    def admit(self, newcomer: C, peer: str | None, descriptor: int = -1) -> bool:
        """Whether the connection may stay. Another one may be ended for it."""
        address = self._network(peer)
        of_address: _Group[C] = self._by_address.get(address, _Group())
        if len(of_address) >= self._most_of_one and self._counts_alone(peer):
            self._tell(f"{address} has {len(of_address)} connections open, {_CURE_OF_ONE}", "of one address")
            if not self._make_room(of_address):
                return False
        if len(self) >= self._most:
            self._tell(f"{len(self)} connections are open, as many as MAX_CONNECTIONS allows", "in all")
            if not self._make_room(self._all):
                return False
        if not self._counts_alone(peer):
            self._many.add(address)
        flow = Flow() if address in self._many else of_address.flow
        self._places[newcomer] = _Place(address, descriptor, flow)
        self.fair.flows[descriptor] = flow
        self._by_address[address] = of_address
        of_address.silent[newcomer] = None
        self._all.silent[newcomer] = None
        return True

    def asked(self, it: C) -> None:
        """Note that the connection has sent a request."""
        if (place := self._places.get(it)) is not None:
            self._all.asked(it)
            self._by_address[place.address].asked(it)

    def spend(self, it: C, seconds: float, now: float) -> float:
        """Note that reading from it took so many seconds. Returns the seconds for which nothing more should
        be read from it, so that its address gets at most ``SHARE`` of all time."""
        place = self._places.get(it)
        if place is None or place.address in self._many:
            return 0.0
        group = self._by_address[place.address]
        group.paid_until = max(group.paid_until, now) + min(seconds, MOST_AT_ONCE) / SHARE
        rest = group.paid_until - now
        return rest if rest >= SHORTEST_REST else 0.0

    def work(self, it: C, seconds: float) -> None:
        """Note that other work for the connection took so many seconds."""
        if (place := self._places.get(it)) is not None:
            self.fair.charge(place.flow, min(seconds, MOST_AT_ONCE))

    def discard(self, it: C) -> None:
        """Forget a connection that has gone, or was not admitted."""
        place = self._places.pop(it, None)
        if place is None:
            return
        self.fair.flows.pop(place.descriptor, None)
        self._all.discard(it)
        self._by_address[place.address].discard(it)

    def tidy(self, now: float) -> None:
        """Forget addresses without connections that are within their share."""
        over = [it for it, group in self._by_address.items() if not group and group.paid_until <= now]
        for address in over:
            del self._by_address[address]

    def _make_room(self, group: _Group[C]) -> bool:
        leaving = group.dispensable()
        if leaving is None:
            return False
        self.discard(leaving)
        leaving.give_way()
        return True

    def _tell(self, text: str, about: str) -> None:
        now = monotonic()
        if now - self._told_at.get(about, -TELL_EVERY) >= TELL_EVERY:
            self._told_at[about] = now
            log.warning("%s; idle connections are ended for new ones", text)


_CURE_OF_ONE: Final = (
    "as many as MAX_CONNECTIONS_PER_ADDRESS allows (a reverse proxy is to be named in TRUSTED_PROXIES)"
)
