"""All open connections: how many there may be, per address and in all, and which gives way to a new one.

At the limit, a new connection replaces the one that has been silent longest. So neither silent nor idle
connections keep anybody out. A new one is refused only if all others are at work."""

import logging
from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from api.door.turns import Fair, Flow

log = logging.getLogger(__name__)

SEARCHED: Final = 200
"""Connections that are looked at for one that may go; with each newcomer others."""
SHARE: Final = 0.2
"""Of the time of the process, for reading what one address sends."""
SHORTEST_REST: Final = 0.01
MOST_AT_ONCE: Final = 0.01
"""Seconds that are counted of one piece of work. What takes longer was interrupted: by the garbage collector,
for instance, or by another process."""
TELL_EVERY: Final = 60.0
"""Seconds between two lines in the log about the same limit."""


class Connected(Protocol):
    """A connection, as the crowd sees it."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being done for it."""
        ...

    def give_way(self) -> None:
        """End at once."""
        ...


C = TypeVar("C", bound=Connected)


class _Place(NamedTuple):
    address: str
    descriptor: int
    flow: Flow


class _Group(Generic[C]):
    """Connections: those that have not asked anything yet, in the order in which they came, and the others,
    the last to have asked last."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.paid_until = 0.0
        """When the time that was spent on reading what they have sent is their share of all time again."""
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
        """One that nothing is being done for, if one is found soon; the busy ones that were met move back."""
        if self.silent:
            return next(iter(self.silent))
        for it in tuple(islice(self.known, SEARCHED)):
            if it.is_idle:
                return it
            self.known[it] = self.known.pop(it)
        return None


class Crowd(Generic[C]):
    """``most`` connections may be open, ``most_of_one`` of one address, where ``counts_alone`` does not say
    that many people come from it. ``network`` is what counts as one address."""

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
        """Addresses from which many people come."""
        self.fair = Fair()
        """Whose turn it is: an address is a flow; where many people come from it, each connection is one."""
        self._told_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[C]:
        yield from tuple(self._all.silent)
        yield from tuple(self._all.known)

    def admit(self, newcomer: C, peer: str | None, descriptor: int = -1) -> bool:
        """Whether it may stay. Another may have to go for it."""
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
        """It has sent a request."""
        if (place := self._places.get(it)) is not None:
            self._all.asked(it)
            self._by_address[place.address].asked(it)

    def spend(self, it: C, seconds: float, now: float) -> float:
        """So much was spent on reading what it sent; gives the seconds for which no more of it should be
        read, so that its address gets ``SHARE`` of all time at most, and others the rest."""
        place = self._places.get(it)
        if place is None or place.address in self._many:
            return 0.0
        group = self._by_address[place.address]
        group.paid_until = max(group.paid_until, now) + min(seconds, MOST_AT_ONCE) / SHARE
        rest = group.paid_until - now
        return rest if rest >= SHORTEST_REST else 0.0

    def work(self, it: C, seconds: float) -> None:
        """So much time was taken by something that was done for it."""
        if (place := self._places.get(it)) is not None:
            self.fair.charge(place.flow, min(seconds, MOST_AT_ONCE))

    def discard(self, it: C) -> None:
        """It has gone, or was never let in."""
        place = self._places.pop(it, None)
        if place is None:
            return
        self.fair.flows.pop(place.descriptor, None)
        self._all.discard(it)
        self._by_address[place.address].discard(it)

    def tidy(self, now: float) -> None:
        """Forget the addresses that have gone and owe nothing."""
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
            log.warning("%s; connections that ask nothing are ended for new ones", text)


_CURE_OF_ONE: Final = (
    "as many as MAX_CONNECTIONS_PER_ADDRESS allows (a reverse proxy is to be named in TRUSTED_PROXIES)"
)
