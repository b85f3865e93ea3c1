"""Ready descriptors in two sets, so that many in the second hide none in the first."""

import select
import sys
from collections.abc import Collection

if sys.platform == "linux":

    class Epolls:
        """Does what ``select.epoll`` does for the standard library's selector. If very many descriptors are
        ready, the system reports some of them each time, in turn. So those of busy clients are set aside: it
        reports as many of them as of all others."""

        def __init__(self) -> None:
            self._first, self._second = select.epoll(), select.epoll()
            self._nested = self._second.fileno()
            self._first.register(self._nested, select.EPOLLIN)
            self._masks: dict[int, int] = {}
            self._aside: set[int] = set()

        @property
        def aside(self) -> Collection[int]:
            """The descriptors that are set aside."""
            return self._aside

        def register(self, descriptor: int, mask: int) -> None:
            self._first.register(descriptor, mask)
            self._aside.discard(descriptor)
            self._masks[descriptor] = mask

        def modify(self, descriptor: int, mask: int) -> None:
            self._of(descriptor).modify(descriptor, mask)
            self._masks[descriptor] = mask

        def unregister(self, descriptor: int) -> None:
            """Raises OSError if it was closed."""
            there = self._of(descriptor)
            self._aside.discard(descriptor)
            self._masks.pop(descriptor, None)
            there.unregister(descriptor)

        def set_aside(self, descriptor: int, aside: bool) -> None:
            """Set it aside, or no longer."""
            self._of(descriptor).unregister(descriptor)
            (self._aside.add if aside else self._aside.discard)(descriptor)
            self._of(descriptor).register(descriptor, self._masks[descriptor])

        def poll(self, timeout: float, most: int) -> list[tuple[int, int]]:
            """Those that are ready, with what they are ready for, at most so many of each set. ``timeout`` is
            in seconds; -1 waits until one is ready."""
            found = self._first.poll(timeout, most)
            ready = [it for it in found if it[0] != self._nested]
            if len(ready) < len(found):
                ready += self._second.poll(0, most)
            return ready

        def fileno(self) -> int:
            return self._first.fileno()

        def close(self) -> None:
            self._first.close()
            self._second.close()

        def _of(self, descriptor: int) -> select.epoll:
            return self._second if descriptor in self._aside else self._first
