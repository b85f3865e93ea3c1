"""Ends sockets whose token was ended: its owner signed out, was disabled, or has another password."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
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
    """Looks at the sockets of accounts and guests. Tokens of backends cannot be ended, they only expire."""

    def __init__(
        self, lines: Lines, verifier: Verifier, hang_up: Callable[[Line, TokenRefused], None]
    ) -> None:
        self._lines = lines
        self._verifier = verifier
        self._hang_up = hang_up

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
            if caller is None or caller.key.issuer != UserKey.ACCOUNTS:
                continue
            token = line.token
            try:
                await self._verifier.verify(token)
            except TokenRefused as refused:
                if line.token == token:  # and no new one came meanwhile
                    self._hang_up(line, refused)
