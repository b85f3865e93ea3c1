"""Ready descriptors in several sets, so that many of one client hide nobody."""

import select
import sys
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final

MOST_SETS: Final = 64
"""Further busy clients share one."""

if sys.platform == "linux":

    @dataclass(slots=True, eq=False)
    class _Set:
        epoll: select.epoll
        owner: Hashable
        size: int = 0

    class Epolls:
        """Does what ``select.epoll`` does for the standard library's selector. If very many descriptors are
        ready, the system reports some of them each time, in turn. So those of a busy client can be set aside:
        then few of them are reported, however many are ready, and all others at once."""

        def __init__(self) -> None:
            self._first = select.epoll()
            self._masks: dict[int, int] = {}
            self._aside: dict[int, _Set] = {}
            self._sets: dict[Hashable, _Set] = {}
            self._nested: dict[int, _Set] = {}
            """The same by their own descriptors, which are in the first one."""

        @property
        def aside(self) -> Collection[int]:
            """The descriptors that are set aside."""
            return self._aside.keys()

        def register(self, descriptor: int, mask: int) -> None:
            self._first.register(descriptor, mask)
            self._masks[descriptor] = mask

        def modify(self, descriptor: int, mask: int) -> None:
            there = self._aside.get(descriptor)
            (self._first if there is None else there.epoll).modify(descriptor, mask)
            self._masks[descriptor] = mask

        def unregister(self, descriptor: int) -> None:
            """Raises OSError if it was closed."""
            self._masks.pop(descriptor, None)
            if (there := self._aside.pop(descriptor, None)) is None:
                self._first.unregister(descriptor)
                return
            try:
                there.epoll.unregister(descriptor)
            finally:
                self._leave(there)

        def set_aside(self, descriptor: int, owner: Hashable) -> None:
            """Put it among those of its owner."""
            there = self._set_of(owner)
            self._first.unregister(descriptor)
            there.epoll.register(descriptor, self._masks[descriptor])
            self._aside[descriptor] = there
            there.size += 1

        def take_back(self, descriptor: int) -> None:
            """It is set aside no longer."""
            there = self._aside.pop(descriptor)
            there.epoll.unregister(descriptor)
            self._leave(there)
            self._first.register(descriptor, self._masks[descriptor])

        def poll(self, timeout: float, most: int, most_of_one: int) -> list[tuple[int, int]]:
            """Those that are ready, with what they are ready for: at most ``most``, and for each owner at
            most ``most_of_one`` that are set aside. ``timeout`` is in seconds; -1 waits until one is
            ready."""
            ready = []
            for it in self._first.poll(timeout, most + len(self._sets)):
                if (there := self._nested.get(it[0])) is None:
                    ready.append(it)
                else:
                    ready += there.epoll.poll(0, most_of_one)
            return ready

        def fileno(self) -> int:
            return self._first.fileno()

        def close(self) -> None:
            for it in self._sets.values():
                it.epoll.close()
            self._first.close()

        def _set_of(self, owner: Hashable) -> _Set:
            if owner not in self._sets and len(self._sets) >= MOST_SETS:
                owner = None
            if (found := self._sets.get(owner)) is None:
                found = self._sets[owner] = _Set(select.epoll(), owner)
                self._nested[found.epoll.fileno()] = found
                self._first.register(found.epoll.fileno(), select.EPOLLIN)
            return found

        def _leave(self, there: _Set) -> None:
            """One left. Nothing is kept of an empty set."""
            there.size -= 1
            if not there.size:
                del self._sets[there.owner], self._nested[there.epoll.fileno()]
                self._first.unregister(there.epoll.fileno())
                there.epoll.close()
