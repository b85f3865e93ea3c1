"""An event loop on which hours pass in seconds: its clock goes on at once where nobody has anything to do."""

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

GRACE = 0.001
"""Real seconds in which threads and sockets may still bring something, before the clock goes on."""


class _Selector(selectors.DefaultSelector):
    """Waits no longer than it has to."""

    loop: "HurriedLoop"

    def select(self, timeout: float | None = None) -> Any:
        if not self.loop.hurries or timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(min(timeout, GRACE))
        if not found:
            self.loop.ahead += max(timeout, self.loop.jerk)
        return found


class HurriedLoop(asyncio.SelectorEventLoop):
    """It goes as all loops do until it hurries."""

    def __init__(self) -> None:
        self.hurries = False
        self.ahead = self.jerk = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return super().time() + self.ahead

    async def let_pass(self, seconds: float, jerk: float = 0.0) -> None:
        """So many seconds, in a hurry. With a ``jerk`` the clock goes on by so many at least, and what looks
        ten times a second looks less often."""
        self.hurries, self.jerk = True, jerk
        await asyncio.sleep(seconds)
        self.hurries = False


def in_a_hurry(act: Callable[[HurriedLoop], Awaitable[T]]) -> T:
    """What ``act`` gives, on such a loop."""
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, HurriedLoop)

        async def acting() -> T:
            return await act(loop)

        return runner.run(acting())
