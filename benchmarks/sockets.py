"""A Socket.IO client that costs next to nothing: engine.io's packets, taken off a WebSocket."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp


class Listener:
    """One socket; ``heard`` maps the content of each message to the time of its arrival."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.heard: dict[str, float] = {}
        self.authorized = asyncio.Event()
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        async for packet in self._socket:
            arrived = time.time()
            if packet.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = packet.data
            if text == "2":  # a ping
                await self._socket.send_str("3")
            elif text.startswith("0"):  # opened: connect to the namespace
                await self._socket.send_str("40")
            elif text.startswith("42"):
                await self._event(json.loads(text[2:]), arrived)

    async def until_heard(self, content: str) -> None:
        async with self._news:
            await self._news.wait_for(lambda: content in self.heard)

    async def _event(self, event: list[Any], arrived: float) -> None:
        name, *arguments = event
        if name == "message":
            self.heard[arguments[0]["content"]] = arrived
            async with self._news:
                self._news.notify_all()
        elif name == "authorized":
            self.authorized.set()
        elif name == "error":
            raise AssertionError(arguments)


@asynccontextmanager
async def listening(port: int, tokens: Sequence[str]) -> AsyncIterator[list[Listener]]:
    """A socket for each token, authorized by the query."""
    async with AsyncExitStack() as stack:
        connector = aiohttp.TCPConnector(limit=0)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        listeners, running = [], []
        for token in tokens:
            url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket&token={token}"
            listener = Listener(await session.ws_connect(url, autoclose=True))
            running.append(tasks.create_task(listener.listen()))
            listeners.append(listener)
        for listener in listeners:
            await asyncio.wait_for(listener.authorized.wait(), 10)
        try:
            yield listeners
        finally:
            for task in running:
                task.cancel()
