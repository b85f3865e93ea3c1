"""Limits how often a session with Discord begins: less than 500 times a day, whatever happens.

Discord calls this "to identify". It allows 1,000 sessions a day, and resets the bot's token after that
(Discord, "Session Start Limit"). This module counts the sessions of this process; Discord tells those of
earlier processes."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit

MOST_IN_A_DAY = 500
AT_ONCE = 20
"""Sessions that may begin one right after the other."""
BETWEEN = 200.0
"""Seconds between further ones. In a day that makes 20 + 432."""
FREELY = 250
"""Sessions in a day, of any process, after which the remaining ones are spread over the rest of the day."""


class TooManySessions(discord.DiscordException):
    """The next session has to wait so many seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"the next session may begin in {wait:.0f} s")
        self.wait = wait


class Identifies:
    """Counts the sessions that this process begins, over all its terms."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._left = float(AT_ONCE)
        self._counted_at = now()

    def wait(self, limit: "SessionStartLimit | None" = None) -> float:
        """Seconds until the next session may begin. ``limit`` is what Discord says about its own limit."""
        self._refill()
        ours = 0.0 if self._left >= 1 else (1 - self._left) * BETWEEN
        return max(ours, 0.0 if limit is None else _spread(limit))

    def begin(self) -> None:
        """Count a session that begins now. Raises TooManySessions."""
        if (wait := self.wait()) > 0:
            raise TooManySessions(wait)
        self._left -= 1

    def _refill(self) -> None:
        now = self._now()
        self._left = min(self._left + (now - self._counted_at) / BETWEEN, AT_ONCE)
        self._counted_at = now


def _spread(limit: "SessionStartLimit") -> float:
    """Seconds that each session waits once many have begun today, in any process. A process that has just
    started does not know when the last one began, so it waits before its first session, too."""
    begun, rest = limit["total"] - limit["remaining"], limit["reset_after"] / 1000
    if begun < FREELY:
        return 0.0
    return rest / (MOST_IN_A_DAY - begun) if begun < MOST_IN_A_DAY else rest
