"""Rate limits: a leaky bucket per user and route. A request over the limit is refused at once and never
waits."""

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
"""The person or address that a request counts against."""

_WINDOWS = {1: "second", 60: "minute", 3600: "hour"}


@dataclass(frozen=True, slots=True)
class Limit:
    """Allows ``amount`` requests at once, refilled evenly over ``seconds``."""

    name: str
    amount: int
    seconds: int = 60
    whose: Whose | None = None
    """None: against the caller."""

    def __str__(self) -> str:
        return f"{self.amount} per {_WINDOWS.get(self.seconds, f'{self.seconds} seconds')}"


UNAUTHORIZED = Limit("unauthorized", 60)
"""The limit for requests without a valid token, per address."""


class Bucket(AsyncLimiter):
    """aiolimiter's leaky bucket, which can also tell how full it is."""

    __slots__ = ()

    def room(self) -> int:
        """How many more requests fit in now."""
        self._leak()
        return math.floor(self.max_rate - self._level)

    def seconds_until(self, level: float) -> float:
        """Seconds until the bucket has leaked down to ``level``; 0 if it is lower already."""
        self._leak()
        return max(self._level - level, 0.0) / self._rate_per_sec


class Limits:
    """All buckets in use. An empty bucket is removed, so idle users cost nothing."""

    def __init__(self, service_times: int = 1) -> None:
        """``service_times`` is how many times as many requests a service may send."""
        self._service_times = service_times
        self._buckets: dict[tuple[str, int, Hashable], Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def times(self, caller: Caller | None) -> int:
        """How many times a person's limit the caller has."""
        return self._service_times if caller is not None and caller.is_service else 1

    async def admit(self, limit: Limit, who: Hashable, caller: Caller | None = None) -> Mapping[str, str]:
        """Count a request against ``who``. Returns the headers with the caller's standing, or raises
        RateLimited."""
        if (times := self.times(caller)) > 1:
            limit = replace(limit, amount=limit.amount * times)
        key = (limit.name, limit.amount, who)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(limit.amount, limit.seconds)
            self._forget_when_drained(key, limit.seconds / limit.amount)
        if not bucket.has_capacity():
            raise RateLimited(str(limit), _standing(limit, bucket))
        await bucket.acquire()  # does not wait: there is room, and no other task ran in between
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
    """What counts as one address: an IPv4 address, or the IPv6 /64 that a single customer gets."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))


def _standing(limit: Limit, bucket: Bucket) -> Mapping[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After if another request would be
    refused now."""
    room = bucket.room()
    wait = math.ceil(bucket.seconds_until(limit.amount - 1))
    return {
        **({"Retry-After": str(wait)} if wait else {}),
        "RateLimit": f'"{limit.name}";r={room};t={math.ceil(bucket.seconds_until(0))}',
        "RateLimit-Policy": f'"{limit.name}";q={limit.amount};w={limit.seconds}',
    }
