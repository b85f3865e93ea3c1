"""Rate limits: a leaky bucket per user and route. Requests over the limit are refused at once and never
wait."""

import asyncio
import ipaddress
import math
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from aiohttp import web
from aiolimiter import AsyncLimiter

from api.door.errors import RateLimited
from tickets.model import Caller, UserKey

Whose = Callable[[web.Request, Caller], Awaitable[UserKey]]
"""Against whom a request counts."""

_WINDOWS = {1: "second", 60: "minute", 3600: "hour"}


@dataclass(frozen=True, slots=True)
class Limit:
    """``amount`` at once, and evenly refilled over ``seconds``."""

    name: str
    amount: int
    seconds: int = 60
    whose: Whose | None = None
    """None: against the caller."""

    def __str__(self) -> str:
        return f"{self.amount} per {_WINDOWS.get(self.seconds, f'{self.seconds} seconds')}"


UNAUTHORIZED = Limit("unauthorized", 60)
"""Requests without a valid token, per address."""


class Bucket(AsyncLimiter):
    """aiolimiter's leaky bucket, which also tells how full it is."""

    __slots__ = ()

    def room(self) -> int:
        """How many more go in now."""
        self._leak()
        return math.floor(self.max_rate - self._level)

    def seconds_until(self, level: float) -> float:
        """How long it takes to leak down to ``level``; 0 where it is lower already."""
        self._leak()
        return max(self._level - level, 0.0) / self._rate_per_sec


class Limits:
    """All buckets in use. One that has drained is forgotten, so idle users cost nothing."""

    def __init__(self, service_times: int = 1) -> None:
        """Services may ask this many times as often."""
        self._service_times = service_times
        self._buckets: dict[tuple[str, int, Hashable], Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def times(self, caller: Caller | None) -> int:
        """How many times as much as one person the caller may."""
        return self._service_times if caller is not None and caller.is_service else 1

    async def admit(self, limit: Limit, who: Hashable, caller: Caller | None = None) -> Mapping[str, str]:
        """Count a request against ``who``: the headers that tell how matters stand, or RateLimited."""
        if (times := self.times(caller)) > 1:
            limit = replace(limit, amount=limit.amount * times)
        key = (limit.name, limit.amount, who)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(limit.amount, limit.seconds)
            self._forget_when_drained(key, limit.seconds / limit.amount)
        if not bucket.has_capacity():
            raise RateLimited(str(limit), _standing(limit, bucket))
        await bucket.acquire()  # does not wait: there is room, and nobody ran in between
        return _standing(limit, bucket)

    def _forget_when_drained(self, key: tuple[str, int, Hashable], seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds + 0.001, self._forget, key)

    def _forget(self, key: tuple[str, int, Hashable]) -> None:
        left = self._buckets[key].seconds_until(0)
        if left:
            self._forget_when_drained(key, left)
        else:
            del self._buckets[key]


def network(address: str | None) -> str:
    """What counts as one address: one of IPv4, and of IPv6 the /64 that a single customer gets."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def _standing(limit: Limit, bucket: Bucket) -> Mapping[str, str]:
    """Fields of draft-ietf-httpapi-ratelimit-headers; Retry-After where the next one would be refused now."""
    room = bucket.room()
    wait = math.ceil(bucket.seconds_until(limit.amount - 1))
    return {
        **({"Retry-After": str(wait)} if wait else {}),
        "RateLimit": f'"{limit.name}";r={room};t={math.ceil(bucket.seconds_until(0))}',
        "RateLimit-Policy": f'"{limit.name}";q={limit.amount};w={limit.seconds}',
    }
