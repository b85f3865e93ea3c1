"""Servers that come and go, and people who act one thing after the other as far as the servers let them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from chaos.plan import Act, What

TOO_MANY = 429
PAUSE = 0.05
"""Seconds until somebody knocks again at a door that was closed a moment ago."""


class Unknown(Exception):
    """Nobody can say whether it took effect."""


class Refused(Exception):
    """It had no effect; the text is the answer."""

    def __init__(self, status: int, answer: object) -> None:
        super().__init__(f"{status}: {answer}")
        self.status = status


def is_gone_already(act: Act, refused: Refused) -> bool:
    """A deletion whose answer was lost is repeated by the HTTP client, and then finds nothing."""
    return act.what is What.DELETE and refused.status == 404


class Voice:
    """What one side of one ticket does, in order. While it waits for a server it is not busy."""

    def __init__(
        self, perform: "Callable[[Act, Voice], Awaitable[None]]", changed: asyncio.Condition
    ) -> None:
        self._perform = perform
        self._changed = changed
        self._acts: deque[Act] = deque()
        self._new = asyncio.Event()
        self.is_waiting = False

    @property
    def left(self) -> int:
        """Acts that are not done."""
        return len(self._acts)

    @property
    def busy(self) -> int:
        """Acts that go on by themselves."""
        return 0 if self.is_waiting else len(self._acts)

    def put(self, act: Act) -> None:
        self._acts.append(act)
        self._new.set()

    async def run(self) -> None:
        """Act until cancelled."""
        while True:
            await self._new.wait()
            self._new.clear()
            while self._acts:
                await self._perform(self._acts[0], self)
                self._acts.popleft()
                await self._tell()

    async def wait_for(self, happens: Awaitable[Any]) -> Any:
        """Wait for something that does not depend on the people."""
        self.is_waiting = True
        await self._tell()
        try:
            return await happens
        finally:
            self.is_waiting = False

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class Door:
    """A server: asked while it is open, and waited for while it is known to be down."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._opened = asyncio.Event()

    def open(self) -> None:
        self._opened.set()

    def close(self) -> None:
        self._opened.clear()

    async def ask(self, voice: Voice | None, method: str, url: str, **more: Any) -> Any:
        """The answer; raises Refused for what had no effect, and Unknown where nobody can say."""
        while True:
            if not self._opened.is_set():
                await (voice.wait_for(self._opened.wait()) if voice else self._opened.wait())
            try:
                async with self._session.request(method, url, **more) as answer:
                    status = answer.status
                    body = await answer.json() if answer.content_type == "application/json" else None
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(PAUSE)
                continue
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise Unknown(f"{type(error).__name__}: {error}") from error
            if status >= 500 or answer.content_type == "text/html":
                raise Unknown(f"{status}: {body}")
            if status >= 400:
                raise Refused(status, body)
            return body

    async def read(self, method: str, url: str, **more: Any) -> Any:
        """The answer of a question that changes nothing: asked until it is answered."""
        while True:
            try:
                return await self.ask(None, method, url, **more)
            except Unknown:
                await asyncio.sleep(PAUSE)
            except Refused as refused:
                if refused.status != TOO_MANY:
                    raise
                await asyncio.sleep(PAUSE)
