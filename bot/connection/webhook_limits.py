"""How fast webhooks may post, as Discord's answers say.

discord.py sleeps within the request that used a limit up, and its relay sleeps with it. A relay that knows
the limit shows other tickets meanwhile, so that many webhooks use their limits side by side."""

import time
from collections.abc import Callable, Mapping

MOST = 1000
"""Webhooks that are kept in mind before those are forgotten that need not wait any more."""
REMAINING = "X-RateLimit-Remaining"
RESET_AFTER = "X-RateLimit-Reset-After"


class WebhookLimits:
    """Until when each webhook has to wait, by its number."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[str, float] = {}

    def seconds_left(self, webhook: str) -> float:
        """Before the webhook may post again; 0 if it may now."""
        return max(self._until.get(webhook, 0.0) - self._now(), 0.0)

    def note(self, webhook: str, headers: Mapping[str, str]) -> None:
        """What an answer to a post says of the next one."""
        if headers.get(REMAINING) != "0":
            return
        if len(self._until) >= MOST:
            now = self._now()
            self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[webhook] = self._now() + _number(headers.get(RESET_AFTER))


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
