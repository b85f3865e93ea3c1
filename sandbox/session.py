"""One gateway session: its events in order, and its connection while it has one."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

import discord
from aiohttp import ClientConnectionResetError, web

from sandbox.compression import Compressor

REPLAY = 5_000
"""Events a session keeps for a RESUME."""
_DISPATCH = 0


class Connection:
    """A WebSocket with its compression. It sends in order, and nobody waits for a slow reader."""

    def __init__(self, socket: web.WebSocketResponse, compress: Compressor | None) -> None:
        self.socket = socket
        self._compress = compress
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue()

    def send(self, text: str) -> None:
        """Queue a message."""
        self._outbox.put_nowait(text)

    def send_op(self, op: int, body: Any = None) -> None:
        """Send anything that is not an event."""
        self.send(json.dumps({"op": op, "d": body, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close the connection after everything that is queued was sent."""
        self._outbox.put_nowait(code)

    async def write(self) -> None:
        """Send what is queued until the connection is closed."""
        try:
            while True:
                item = await self._outbox.get()
                if isinstance(item, int):
                    await self.socket.close(code=item)
                    return
                if self._compress is None:
                    await self.socket.send_str(item)
                else:
                    await self.socket.send_bytes(self._compress(item))
        except ClientConnectionResetError:
            return


class Session:
    """A session, which READY begins and RESUME continues."""

    def __init__(self, intents: discord.Intents) -> None:
        self.id = secrets.token_hex(16)
        self.intents = intents
        self.connection: Connection | None = None
        self.is_held = False
        self._sequence = 0
        self._shown = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=REPLAY)

    def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Number an event, keep it for a RESUME, and send it if there is a connection."""
        self._sequence += 1
        text = json.dumps({"op": _DISPATCH, "s": self._sequence, "t": event, "d": payload})
        self._sent.append((self._sequence, text))
        if self.connection is not None and not self.is_held:
            self.connection.send(text)
            self._shown = self._sequence

    def release(self) -> None:
        """Send what was held back."""
        self.is_held = False
        if self.connection is not None:
            for number, text in self._sent:
                if number > self._shown:
                    self.connection.send(text)
            self._shown = self._sequence

    def resume(self, connection: Connection, sequence: int) -> bool:
        """Send what was missed since a sequence number; False if those events are no longer kept."""
        known_from = self._sent[0][0] if self._sent else self._sequence + 1
        if not known_from - 1 <= sequence <= self._sequence:
            return False
        self.connection = connection
        self._shown = sequence
        self.release()
        self._sequence += 1
        self._shown = self._sequence
        connection.send(
            json.dumps({"op": _DISPATCH, "s": self._sequence, "t": "RESUMED", "d": {"_trace": []}})
        )
        return True
