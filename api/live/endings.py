"""Looks at sockets for what nothing tells of: a token was ended, because its owner signed out, was disabled,
or has another password; or a block has run out."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from aiohttp import web

from api.door.auth import TokenRefused, Verifier
from api.live.line import Line
from api.live.lines import Lines
from tickets.model import UserKey
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 5.0
"""Seconds. It costs little: what the store says is remembered for some of them."""


class Endings:
    """Tokens of accounts and guests can be ended. Those of backends cannot, they only expire."""

    def __init__(
        self,
        lines: Lines,
        verifier: Verifier,
        hang_up: Callable[[Line, TokenRefused], None],
        tell_of_block: Callable[[UserKey], Awaitable[None]],
    ) -> None:
        self._lines = lines
        self._verifier = verifier
        self._hang_up = hang_up
        self._tell_of_block = tell_of_block

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Look while the application runs."""
        looking = asyncio.create_task(self._look_forever(), name="ended tokens")
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking

    async def _look_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except StoreUnavailable as error:
                log.debug("sockets are not looked at: %s", error)
            except Exception:
                log.exception("sockets are not looked at, so ended tokens keep theirs until they expire")

    async def _look(self) -> None:
        for line in [*self._lines]:
            caller = line.caller
            if caller is not None and line.is_blocked:
                await self._tell_of_block(caller.key)
            if caller is None or caller.key.issuer != UserKey.ACCOUNTS:
                continue
            token = line.token
            try:
                await self._verifier.verify(token)
            except TokenRefused as refused:
                if line.token == token:  # and no new one came meanwhile
                    self._hang_up(line, refused)
