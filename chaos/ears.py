"""A requester's socket, which comes back after every break and resumes behind what it heard last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import socketio
from socketio.exceptions import ConnectionError as NoConnection

from chaos.house import until

EVENTS = (
    *("message", "edit_message", "delete_message"),
    *("ticket_closed", "ticket_updated", "ticket_reopened", "ticket_opened"),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as a socket heard it."""

    event_id: int
    name: str
    payload: dict[str, Any]

    @property
    def short(self) -> tuple[int, str, str]:
        return (self.event_id, self.name, str(self.payload.get("id")))


class Ears:
    """What one socket hears from the event after ``last`` on."""

    def __init__(self, token: Callable[[], str], last: str = "0") -> None:
        self.heard: list[Heard] = []
        self.connections = 0
        self._token = token
        self._last = last

    @asynccontextmanager
    async def listening(self, url: str) -> AsyncIterator["Ears"]:
        """Listen inside the block, through any number of breaks."""
        socket = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.3)
        socket.on("connect", self._connected)
        for name in EVENTS:
            socket.on(name, lambda payload, name=name: self._hear(name, payload))
        while not socket.connected:
            try:
                await socket.connect(url, auth=self._authorization, transports=["websocket"])
            except NoConnection:
                await asyncio.sleep(0.1)
        try:
            yield self
        finally:
            await socket.disconnect()
            await socket.shutdown()

    def _authorization(self) -> dict[str, Any]:
        return {"token": self._token(), "last_event_id": self._last}

    def _connected(self) -> None:
        self.connections += 1

    def _hear(self, name: str, payload: dict[str, Any]) -> None:
        self._last = payload["event_id"]
        self.heard.append(Heard(int(self._last.partition("-")[0]), name, payload))


async def replayed(url: str, token: Callable[[], str]) -> list[Heard]:
    """All that a socket is told that has never heard anything."""
    ears = Ears(token)
    socket = socketio.AsyncClient(reconnection=False)
    for name in EVENTS:
        socket.on(name, lambda payload, name=name: ears._hear(name, payload))
    await socket.connect(url, transports=["websocket"])
    try:
        answer = await socket.call("authorize", {"token": token(), "last_event_id": 0})
        await until(lambda: _has_heard(ears, answer["missed"]))
    finally:
        await socket.disconnect()
    return ears.heard


async def _has_heard(ears: Ears, number: int) -> bool:
    return len(ears.heard) >= number
