"""Tells the doctor, and nobody else, by which way a request has come, so that it can examine the proxy.

The doctor signs its requests with a key that both sides derive from a shared secret. So nobody else learns
the addresses of proxies."""

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from aiohttp import web

from api.door.addresses import PROXIES

ASKED: Final = "X-Guildesk-Doctor"
TOLD: Final = "X-Guildesk-Arrival"
GOOD_FOR: Final = 300
"""Seconds by which the two clocks may differ, in either direction."""
DOCTORS_KEY: Final = web.AppKey("DOCTORS_KEY", bytes)


def key_of(secret: str) -> bytes:
    return sha256(f"guildesk doctor {secret}".encode()).digest()


def asking(key: bytes, now: Callable[[], float] = time.time) -> dict[str, str]:
    """The header that the doctor sends with a request."""
    at = str(int(now()))
    return {ASKED: f"{at}.{_signature(key, at)}"}


def told(request: web.Request, now: Callable[[], float] = time.time) -> dict[str, str]:
    """The header of the answer to the doctor: the address from which the request came, and whether a trusted
    proxy passed it on, another one, or apparently none."""
    key, (at, _, signature) = request.app.get(DOCTORS_KEY), request.headers.get(ASKED, "").partition(".")
    if (
        key is None
        or not at.isdecimal()
        or not hmac.compare_digest(signature.encode(), _signature(key, at).encode())
    ):
        return {}
    if abs(int(at) - now()) > GOOD_FOR:
        return {}
    is_passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    trusts = request.app[PROXIES].trusts(request.remote)
    return {TOLD: f"peer={request.remote or ''}; passed_on={int(is_passed_on)}; trusted={int(trusts)}"}


def _signature(key: bytes, at: str) -> str:
    return hmac.new(key, at.encode(), sha256).hexdigest()
