"""How long to wait before connecting to Discord again."""

import random

FIRST = 1.0
"""Seconds before the second attempt; doubled after each."""
LONGEST_AWAY = 30.0
"""The longest pause while Discord does not answer, so the longest time until its return is noticed."""
LONGEST_BROKEN = 150.0
"""The longest pause if sessions end right after they begin: after 1,000 in a day Discord resets the token."""
REFUSED = 60.0
"""The pause if only people can help."""
SETTLED = 60.0
"""A session that lasts as many seconds did not end right after it began."""


class Pauses:
    """Pauses in seconds. Each is shortened by up to a half at random, so that not all clients come back at
    once."""

    def __init__(self) -> None:
        self._next = FIRST

    def without_session(self) -> float:
        """The pause after Discord could not be reached."""
        return self._take(LONGEST_AWAY)

    def after_session(self, lived: float) -> float:
        """The pause after a session that lasted so many seconds."""
        if lived >= SETTLED:
            self._next = FIRST
        return self._take(LONGEST_BROKEN)

    def after_refusal(self) -> float:
        """The pause after Discord refused the token, or something that the bot needs."""
        return _shortened(REFUSED)

    def _take(self, longest: float) -> float:
        pause = min(self._next, longest)
        self._next = min(pause * 2, longest)
        return _shortened(pause)


def _shortened(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311  jitter
