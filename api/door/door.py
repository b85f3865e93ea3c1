"""The door of every route: it finds out who is calling, and whether they may call so often."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from api.documents.documented import documentation_of
from api.door.addresses import address_of
from api.door.auth import TokenRefused, Verifier, token_in
from api.door.errors import Unauthorized
from api.door.limits import UNAUTHORIZED, Limits, network
from api.door.queries import must_have_no_query
from api.door.routes import AnyRoute, CallerHandler, Handler, OpenRoute, Route
from tickets.model import Caller, UserKey

STANDING = web.RequestKey("STANDING", Mapping[str, str])
"""The caller's standing with the route's limit, as headers for every answer of the route."""
CALLER = web.RequestKey("CALLER", UserKey)
"""The caller, by the request's token."""

VERIFIER = web.AppKey("VERIFIER", Verifier)
"""The verifier for tokens in bodies."""


def shown(key: UserKey) -> str:
    """Issuer and id for the log, escaped so that no id can break or forge a line."""
    return f"{quote(key.issuer, safe='')}/{quote(key.id, safe='@:+')}"


class Door:
    """Lets callers through to handlers. ``limits`` is None if rate limits are off."""

    def __init__(self, verifier: Verifier, limits: Limits | None) -> None:
        self._verifier = verifier
        self._limits = limits

    def guard(self, route: Route, handler: CallerHandler) -> Handler:
        """The handler of the route, behind 401, 429, and 400 for a query where it takes none."""
        limit, takes_query = route.limit, _takes_query(route)

        async def guarded(request: web.Request) -> web.StreamResponse:
            caller = await self._caller(request)
            if self._limits is not None:
                who = caller.key if limit.whose is None else await limit.whose(request, caller)
                request[STANDING] = await self._limits.admit(limit, who, caller)
            if not takes_query:
                must_have_no_query(request)
            return await handler(request, caller)

        return guarded

    async def _caller(self, request: web.Request) -> Caller:
        try:
            token = token_in(request.headers.get("Authorization"))
            caller = (await self._verifier.verify(token)).caller
        except TokenRefused as refused:
            if self._limits is not None:
                await self._limits.admit(UNAUTHORIZED, network(address_of(request)))
            raise Unauthorized(refused.code, str(refused)) from None
        request[CALLER] = caller.key
        return caller


def unguarded(route: OpenRoute, limits: Limits | None) -> Handler:
    """The handler of a route for everybody, behind 429, and 400 for a query where it takes none."""
    limit, takes_query = None if limits is None else route.limit, _takes_query(route)
    if limit is None and takes_query:
        return route.handler

    async def checked(request: web.Request) -> web.StreamResponse:
        if limits is not None and limit is not None:
            request[STANDING] = await limits.admit(limit, network(address_of(request)))
        if not takes_query:
            must_have_no_query(request)
        return await route.handler(request)

    return checked


def _takes_query(route: AnyRoute) -> bool:
    return documentation_of(route.handler).query is not None
