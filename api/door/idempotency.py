"""``Idempotency-Key``: a repeated request is done once, and gets the first answer again."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from hashlib import blake2b, sha256
from typing import Final
from weakref import WeakValueDictionary

from aiohttp import web

from api.door.answers import json_answer
from api.door.bodies import json_of
from api.door.errors import BadHeader, Fault, KeyReused, answer_to
from api.door.routes import CallerHandler
from tickets.model import Caller, EventId
from tickets.ports.idempotency import IdempotencyKeys, Reservation
from tickets.ports.store import Clock, StoreUnavailable

log = logging.getLogger(__name__)

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = {"Idempotent-Replayed": "true"}
WORK_WITHIN: Final = 5_000
"""Milliseconds after which another request may take over work that was not finished."""
LOOK_AGAIN: Final = 0.05
"""Seconds between two checks whether another process has finished."""

SEED = web.RequestKey("SEED", str)
"""The seed for the ids of what this request creates."""

_KEY = re.compile("[!-~]{1,255}")

Work = Callable[[], Awaitable[web.StreamResponse]]


def chosen_id(request: web.Request, what: str) -> EventId | None:
    """The id for ``what`` this request creates, the same at each attempt. None if any id will do."""
    seed = request.get(SEED)
    return None if seed is None else EventId(blake2b(f"{seed} {what}".encode(), digest_size=16).hexdigest())


class Once:
    """Does the work under a key once.

    Answers are kept, those of refusals too. Server errors are not: the next attempt starts again with the
    same ids, so that it finds what was appended before instead of appending it again."""

    def __init__(self, claims: IdempotencyKeys, clock: Clock) -> None:
        self._keys = claims
        self._clock = clock
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def guard(self, handler: CallerHandler) -> CallerHandler:
        """The handler, with keys observed. Without a key this costs nothing."""

        async def once(request: web.Request, caller: Caller) -> web.StreamResponse:
            if HEADER not in request.headers:
                return await handler(request, caller)
            _key_of(request, caller)
            body = await json_of(request) if request.body_exists else b""  # some posts need none
            digest = sha256(body).hexdigest()
            return await self.do(request, caller, digest, lambda: handler(request, caller))

        return once

    async def do(self, request: web.Request, caller: Caller, digest: str, work: Work) -> web.StreamResponse:
        """Do the work, or give the answer of the request that has done it. ``digest`` identifies the content
        of the request."""
        if HEADER not in request.headers:
            return await work()
        key = _key_of(request, caller)
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:
            while True:
                now = self._clock()
                reservation = await self._keys.reserve(key, digest, now=now, until=now + WORK_WITHIN)
                if reservation.digest != digest:
                    raise KeyReused
                if reservation.answer is not None:
                    status, body = reservation.answer
                    return json_answer(body, status=status, headers=REPLAYED)
                if reservation.is_mine:
                    return await self._work(request, key, reservation, work)
                await asyncio.sleep(LOOK_AGAIN)

    async def _work(
        self, request: web.Request, key: str, reservation: Reservation, work: Work
    ) -> web.StreamResponse:
        request[SEED] = reservation.seed
        try:
            response = await work()
        except Exception as error:
            refused = answer_to(error)
            if refused is None or refused.status >= 500 or refused.status == 429:
                with suppress(StoreUnavailable):
                    await self._keys.release(key, reservation.seed)
                raise
            response = refused
        if isinstance(response, web.Response):
            try:
                await self._keys.settle(key, reservation.seed, (response.status, response.text or ""))
            except StoreUnavailable as error:  # the work is done all the same, and the next attempt finds it
                log.warning("the answer under an Idempotency-Key was not kept: %s", error)
        return response


def _key_of(request: web.Request, caller: Caller) -> str:
    """The key of the reservation. The same key of another caller, or for another path or query, is a
    different one."""
    keys = request.headers.getall(HEADER)
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        message = "Idempotency-Key should hold 1 to 255 visible ASCII characters"
        raise BadHeader([Fault(location=HEADER, message=message, type="idempotency_key")])
    scope = [caller.key.issuer, caller.key.id, request.method, request.path, keys[0]]
    if request.query_string:
        scope.append(request.query_string)
    return sha256(json.dumps(scope).encode()).hexdigest()
