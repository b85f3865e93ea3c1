"""Discord's rate limits, as its headers and answers state them."""

import hashlib
import math
import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.calls import Answer, Call

Limit = tuple[int, float]
"""So many requests in so many seconds."""


@dataclass(slots=True)
class Rates:
    """The limits by kind of request; everything but `renames` and `overall` shows in headers."""

    on: bool = False
    messages: Limit = (5, 5.0)
    edits: Limit = (5, 5.0)
    deletes: Limit = (5, 1.0)
    history: Limit = (5, 5.0)
    reactions: Limit = (1, 0.25)
    webhooks: Limit = (5, 2.0)
    webhook_messages: Limit = (5, 2.0)
    others: Limit = (10, 10.0)
    renames: Limit = (2, 600.0)
    overall: Limit = (50, 1.0)


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


@dataclass(slots=True)
class Buckets:
    """Counts requests in windows; each window begins with its first request."""

    rates: Rates = field(default_factory=Rates)
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)

    def take(self, call: Call, *, is_rename: bool) -> tuple[dict[str, str], Answer | None]:
        """Count a request; returns the headers for its answer, or the 429 that is its answer."""
        if not self.rates.on or call.path.startswith("/interactions"):
            return {}, None
        kind, major = bucket_of(call)
        if call.actor is not None:
            waiting = self._use("overall", "", self.rates.overall)[1]
            if waiting is not None:
                return {}, refusal(waiting, {"X-RateLimit-Global": "true"}, "global")
        limit: Limit = getattr(self.rates, kind)
        window, waiting = self._use(kind, major, limit)
        headers = _headers(kind, limit, window)
        if waiting is not None:
            return headers, refusal(waiting, headers, "user")
        if is_rename:
            waiting = self._use("renames", major, self.rates.renames)[1]
            if waiting is not None:
                return headers, refusal(waiting, headers, "user")
        return headers, None

    def forget(self) -> None:
        """Begin all windows again."""
        self._windows.clear()

    def _use(self, kind: str, major: str, limit: Limit) -> tuple[_Window, float | None]:
        now = time.monotonic()
        window = self._windows.get((kind, major))
        if window is None or window.ends <= now:
            if len(self._windows) > 10_000:
                self._windows = {key: old for key, old in self._windows.items() if old.ends > now}
            window = self._windows[kind, major] = _Window(now + limit[1])
        if window.used >= limit[0]:
            return window, window.ends - now
        window.used += 1
        return window, None


def bucket_of(call: Call) -> tuple[str, str]:
    """Which limit a request counts against, and for which channel, guild or webhook."""
    parts = call.path.strip("/").split("/")
    major = "/".join(parts[:2])
    if parts[0] == "webhooks" and len(parts) >= 3:
        major = "/".join(parts[:3])
        return ("webhooks" if len(parts) == 3 and call.method == "POST" else "webhook_messages"), major
    if parts[0] == "channels" and "reactions" in parts:
        return "reactions", major
    if parts[0] == "channels" and len(parts) in (3, 4) and parts[2] == "messages":
        kinds = {"POST": "messages", "PATCH": "edits", "DELETE": "deletes", "GET": "history"}
        return kinds.get(call.method, "others"), major
    shape = "/".join(part for part in parts if not part.isdecimal())
    return "others", f"{call.method} {shape} {major}"


def _headers(kind: str, limit: Limit, window: _Window) -> dict[str, str]:
    after = max(0.0, window.ends - time.monotonic())
    return {
        "X-RateLimit-Limit": str(limit[0]),
        "X-RateLimit-Remaining": str(limit[0] - window.used),
        "X-RateLimit-Reset": f"{time.time() + after:.3f}",
        "X-RateLimit-Reset-After": f"{after:.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(kind.encode()).hexdigest()[:32],
    }


def refusal(seconds: float, headers: dict[str, str], scope: str) -> Answer:
    """Discord's 429; without a Via header clients take it for Cloudflare's."""
    retry_after = math.ceil(seconds * 1000) / 1000
    body: dict[str, Any] = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": scope == "global",
    }
    told = {"Retry-After": str(math.ceil(seconds)), "X-RateLimit-Scope": scope, "Via": "1.1 sandbox"}
    return Answer(429, body, {**headers, **told})
