"""Remembers how fast webhooks may post, from the headers of Discord's answers.

discord.py sleeps within the request that used up a limit, and then the relay sleeps, too. A relay that knows
the limit can show other tickets meanwhile, so that many webhooks use their limits at the same time."""

import math
import time
from collections.abc import Callable, Mapping

MOST = 1000
"""Webhooks to remember. Beyond this number, those that need not wait any more are forgotten."""
REMAINING = "X-RateLimit-Remaining"
RESET_AFTER = "X-RateLimit-Reset-After"


class WebhookLimits:
    """The time until which each webhook must wait, by its number."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[str, float] = {}

    def seconds_left(self, webhook: str) -> float:
        """Seconds until the webhook may post again; 0 if it may now."""
        return max(self._until.get(webhook, 0.0) - self._now(), 0.0)

    def note(self, webhook: str, headers: Mapping[str, str]) -> None:
        """Remember from the answer to a post when the next one may follow."""
        if headers.get(REMAINING) != "0":
            return
        if len(self._until) >= MOST:
            now = self._now()
            self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[webhook] = self._now() + number_in(headers.get(RESET_AFTER))


def number_in(text: str | None) -> float:
    """The seconds that a header names; 0 if it names none."""
    try:
        seconds = float(text or 0)
    except ValueError:
        return 0.0
    return seconds if 0 <= seconds < math.inf else 0.0
