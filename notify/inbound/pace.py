"""Limits how often somebody may answer by mail. Further mails wait in the mailbox."""

from typing import Final

from tickets.model import Millis
from tickets.ports.store import Clock

AT_ONCE: Final = 15
"""Answers that are accepted at once: as many as messages over the API in a minute."""
ONE_IN: Final[Millis] = 4_000
"""Milliseconds after which another answer is accepted."""
_MANY: Final = 1_000


class Waits(Exception):
    """The mail stays in the mailbox until then: its sender has answered too often, or an earlier mail of
    theirs waits."""

    def __init__(self, who: str, until: Millis) -> None:
        super().__init__(f"{AT_ONCE} answers in a minute are allowed")
        self.who = who
        self.until = until


class Pace:
    """A leaky bucket for each sender, as the API has for each user and route."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._empty_at: dict[str, Millis] = {}

    def admit(self, who: str) -> None:
        """Count an answer. Raises Waits."""
        now = self._clock()
        empty_at = max(self._empty_at.get(who, now), now)
        if empty_at - now > (AT_ONCE - 1) * ONE_IN:
            raise Waits(who, empty_at - (AT_ONCE - 1) * ONE_IN)
        if len(self._empty_at) >= _MANY:
            self._empty_at = {key: at for key, at in self._empty_at.items() if at > now}
        self._empty_at[who] = empty_at + ONE_IN
