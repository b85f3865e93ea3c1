"""How long to wait before connecting to Discord again."""

import random

FIRST = 1.0
"""Seconds before the second attempt; doubled after each."""
LONGEST_AWAY = 30.0
"""While Discord does not answer. Its return is noticed after this time at the latest."""
LONGEST_BROKEN = 150.0
"""If sessions begin and end at once: Discord takes the token away after 1,000 sessions in a day."""
REFUSED = 60.0
"""If only people can help."""
SETTLED = 60.0
"""Seconds after which a session has not ended at once."""


class Pauses:
    """Seconds, of which up to a half is left out at random, lest many come back at the same moment."""

    def __init__(self) -> None:
        self._next = FIRST

    def without_session(self) -> float:
        """Discord could not even be asked."""
        return self._take(LONGEST_AWAY)

    def after_session(self, lived: float) -> float:
        """A session has ended that lived so many seconds."""
        if lived >= SETTLED:
            self._next = FIRST
        return self._take(LONGEST_BROKEN)

    def after_refusal(self) -> float:
        """The token is wrong, or the bot may not have what it needs."""
        return _shortened(REFUSED)

    def _take(self, longest: float) -> float:
        pause = min(self._next, longest)
        self._next = min(pause * 2, longest)
        return _shortened(pause)


def _shortened(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311  jitter
