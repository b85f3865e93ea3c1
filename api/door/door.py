"""The door of every route that needs a token: who is calling, and whether they may call that often."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from api.door.addresses import address_of
from api.door.auth import TokenRefused, Verifier, token_in
from api.door.errors import Unauthorized
from api.door.limits import UNAUTHORIZED, Limit, Limits, network
from tickets.model import Caller

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CallerHandler = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]

STANDING = web.RequestKey("STANDING", Mapping[str, str])
"""How the caller stands with the route's limit, as headers; every answer of the route carries them."""


class Door:
    """Lets callers through to handlers. ``limits`` is None where rate limits are switched off."""

    def __init__(self, verifier: Verifier, limits: Limits | None) -> None:
        self._verifier = verifier
        self._limits = limits

    def guard(self, limit: Limit, handler: CallerHandler) -> Handler:
        """A handler that answers 401 and 429 itself."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            caller = await self._caller(request)
            if self._limits is not None:
                who = caller.key if limit.whose is None else await limit.whose(request, caller)
                request[STANDING] = await self._limits.admit(limit, who)
            return await handler(request, caller)

        return guarded

    async def _caller(self, request: web.Request) -> Caller:
        try:
            token = token_in(request.headers.get("Authorization"))
            return (await self._verifier.verify(token)).caller
        except TokenRefused as refused:
            if self._limits is not None:
                await self._limits.admit(UNAUTHORIZED, network(address_of(request)))
            raise Unauthorized(refused.code, str(refused)) from None
