"""Which web pages may use the API, over REST and over sockets alike.

The API knows no cookies, so every page may unless CORS_ORIGINS says otherwise."""

import logging
from collections.abc import Collection, Mapping
from typing import Final

from aiohttp import web
from yarl import URL

from api.door.errors import OriginRefused

log = logging.getLogger(__name__)

MOST_NAMED: Final = 100
"""So many refused origins are logged. Later ones are not, or anybody could fill the log."""

_EXPOSED = (
    "Accept-Ranges, Content-Disposition, Content-Range, Deprecation, ETag, Idempotent-Replayed, "
    "Last-Event-ID, Link, Retry-After, RateLimit, RateLimit-Policy, Sunset, X-Request-ID"
)
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "If-Range, Range, X-Request-ID",
    "Access-Control-Max-Age": "7200",
}


class Cors:
    """The allowed origins. The origin of ``public_url`` is always allowed: it is Guildesk's own."""

    def __init__(self, origins: Collection[str], public_url: str) -> None:
        self._all = "*" in origins
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins) | {
            str(URL(public_url).origin())
        }
        self._named: set[str] = set()

    def preflight(self, request: web.Request) -> web.Response | None:
        """The answer to a preflight, None for other requests. Raises OriginRefused for any request of an
        origin that is not allowed."""
        origin = request.headers.get("Origin")
        if origin is None:
            return None
        if not self._all and origin.lower() not in self._origins:
            self._name(origin)
            raise OriginRefused
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return web.Response(status=204, headers=_PREFLIGHT)
        return None

    def headers(self, request: web.Request) -> Mapping[str, str]:
        """The headers of an answer that let the page read it."""
        if self._all:
            return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}
        origin = request.headers.get("Origin")
        if origin is None or origin.lower() not in self._origins:
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": _EXPOSED,
        }

    def _name(self, origin: str) -> None:
        if origin not in self._named and len(self._named) < MOST_NAMED:
            self._named.add(origin)
            log.warning("origin %r was refused: CORS_ORIGINS does not name it", origin[:200])
