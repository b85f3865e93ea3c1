"""How a request came to the program, told to the doctor alone: it looks at the way through the proxy.

The doctor signs its requests with a key that both sides make of a secret that they share. So nobody else
learns the addresses of proxies."""

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
"""Seconds, either way: the two may have different clocks."""
DOCTORS_KEY: Final = web.AppKey("DOCTORS_KEY", bytes)


def key_of(secret: str) -> bytes:
    return sha256(f"guildesk doctor {secret}".encode()).digest()


def asking(key: bytes, now: Callable[[], float] = time.time) -> dict[str, str]:
    """The header of a request by the doctor."""
    at = str(int(now()))
    return {ASKED: f"{at}.{_signature(key, at)}"}


def told(request: web.Request, now: Callable[[], float] = time.time) -> dict[str, str]:
    """What is told to the doctor, as a header: from which address the request came, and whether it was passed
    on by a proxy that is trusted, by another, or by none that says so."""
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
