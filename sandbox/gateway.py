"""The gateway: the WebSocket over which the bot hears of everything."""

import asyncio
import json
import logging
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord.backend import serializers
from simcord.backend.models import Guild

from sandbox.application import application_flags
from sandbox.compression import compressor
from sandbox.session import Connection, Session
from sandbox.shaping import members_chunks, shape
from sandbox.world import World, gateway_url

_log = logging.getLogger(__name__)
_PRIVILEGED = ("members", "presences", "message_content")
_SESSIONS = 16
ACK_AFTER = 0.02
"""Seconds; no network is faster. discord.py notes when it sent a heartbeat only once its thread wakes up: an
answer that comes before seems to be one to the heartbeat before, 41 s late ("Can't keep up")."""

HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS = 1, 2, 6, 7, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11


@dataclass
class Delay:
    """The next ``count`` events whose type fits ``event`` come so many seconds late, or at random up to that;
    all of them without a count."""

    event: str
    seconds: float
    count: int = 0
    is_random: bool = False


class Gateway:
    """All sessions of the bot; a subscriber of the backend."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._connections: dict[Connection, asyncio.Task[None]] = {}
        self._losses: dict[str, int] = {}
        self._delays: list[Delay] = []
        self.is_down = False
        self.refusing: int | None = None
        """The code with which every new session is closed."""
        self.mute_from: str | None = None
        """What new connections wait for in vain, with all that follows: the ``hello``, or ``ready``."""
        self.turns_away = False
        """Whether every RESUME is answered with an invalid session that may be resumed."""
        self.identified = 0
        self.turned_away = 0
        """So many times a RESUME was."""

    # events

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        """Give an event to every session that should get it."""
        if self._losses.get(event, 0) > 0:
            self._losses[event] -= 1
            return
        late = self._seconds_late(event)
        for session in self._sessions.values():
            shaped = shape(self._world.backend, session.intents, event, payload)
            if shaped is not None and late:
                asyncio.get_running_loop().call_later(late, self._tell_late, session.id, event, shaped)
            elif shaped is not None:
                session.dispatch(event, shaped)

    def _seconds_late(self, event: str) -> float:
        """How many seconds after it happens an event is told."""
        for delay in self._delays:
            if re.fullmatch(delay.event, event):
                delay.count -= 1
                if delay.count == 0:
                    self._delays.remove(delay)
                return delay.seconds if not delay.is_random else random.uniform(0, delay.seconds)  # noqa: S311
        return 0.0

    def _tell_late(self, session_id: str, event: str, shaped: Mapping[str, Any]) -> None:
        """Tell an event later, so that others may overtake it; a session that has ended is told nothing."""
        if (session := self._sessions.get(session_id)) is not None:
            session.dispatch(event, shaped)

    def delay(self, delay: "Delay | None") -> None:
        """Delay events, so that others overtake them; None ends all delays."""
        self._delays = [] if delay is None else [*self._delays, delay]

    def lose(self, event: str, count: int) -> None:
        """Drop the next events of a type: nobody hears of them."""
        self._losses[event] = count

    # disturbances

    def hold(self, *, is_held: bool) -> None:
        """Keep events back, or send what was kept back; sessions begun later are not held."""
        for session in self._sessions.values():
            session.is_held = is_held
            if not is_held:
                session.release()

    def drop(self, code: int = 4000, *, keep_sessions: bool = True) -> int:
        """Close every connection; sessions that are not kept cannot be resumed."""
        for connection in self._connections:
            connection.close(code)
        for session in self._sessions.values():
            session.connection = None
        if not keep_sessions:
            self._sessions.clear()
        return len(self._connections)

    def send_op(self, op: int, body: Any = None) -> int:
        """Send an operation to every connection; an invalid session that cannot resume is forgotten."""
        if op == INVALID_SESSION and body is False:
            self._sessions.clear()
        for connection in self._connections:
            connection.send_op(op, body)
        return len(self._connections)

    async def close(self) -> None:
        """Close every connection as a server that goes away does."""
        self.drop(1001)
        if self._connections:
            await asyncio.wait(list(self._connections.values()), timeout=0.5)

    # connections

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from HELLO to its end."""
        if self.is_down:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 20, compress=False, timeout=0.2)
        await socket.prepare(request)
        connection = Connection(socket, compressor(request.query.get("compress")))
        writer = asyncio.create_task(connection.write())
        self._connections[connection] = writer
        if self.mute_from != "hello":
            connection.send_op(HELLO, {"heartbeat_interval": 41_250, "_trace": []})
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._receive(connection, message.data)
        finally:
            del self._connections[connection]
            self._leave(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _leave(self, connection: Connection) -> None:
        for session in self._sessions.values():
            if session.connection is connection:
                session.connection = None

    def _receive(self, connection: Connection, raw: str | bytes) -> None:
        try:
            message = json.loads(raw)
            op, body = message["op"], message.get("d")
            if op == HEARTBEAT:
                asyncio.get_running_loop().call_later(ACK_AFTER, connection.send_op, HEARTBEAT_ACK)
            elif op == IDENTIFY:
                self._identify(connection, body)
            elif op == RESUME:
                self._resume(connection, body)
            elif op == REQUEST_MEMBERS:
                self._request_members(connection, body)
            elif op not in (3, 4):
                connection.close(4001)
        except (ValueError, KeyError, TypeError, AttributeError):
            _log.warning("a gateway message could not be read", exc_info=True)
            connection.close(4002)

    def _is_bot(self, token: Any) -> bool:
        return str(token).removeprefix("Bot ") == self._world.bot_token

    def _identify(self, connection: Connection, body: dict[str, Any]) -> None:
        intents = discord.Intents._from_value(int(body.get("intents", 0)))
        self._world.identifies += 1
        missing = [name for name in _PRIVILEGED if getattr(intents, name)]
        if self.refusing is not None:
            return connection.close(self.refusing)
        if not self._is_bot(body.get("token")):
            return connection.close(4004)
        if intents.value & ~discord.Intents.all().value:
            return connection.close(4013)
        if set(missing) - self._world.privileged:
            return connection.close(4014)
        if self.mute_from == "ready":
            return None
        while len(self._sessions) >= _SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = Session(intents)
        session.connection = connection
        self._sessions[session.id] = session
        self.identified += 1
        self._greet(session, body.get("shard"))
        return None

    def _greet(self, session: Session, shard: Any) -> None:
        backend = self._world.backend
        ready = {
            "v": 10,
            "user": dict(serializers.user_payload(backend.bot)),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in self._guilds()],
            "private_channels": [],
            "session_id": session.id,
            "resume_gateway_url": gateway_url(backend.files.base),
            "application": {
                "id": str(backend.application_id),
                "flags": application_flags(self._world.privileged),
            },
            "shard": shard or [0, 1],
        }
        session.dispatch("READY", ready)
        for guild in self._guilds():
            payload = {**serializers.guild_create_payload(backend, guild), **backend.standing()}
            shaped = shape(backend, session.intents, "GUILD_CREATE", payload)
            if shaped is not None:
                session.dispatch("GUILD_CREATE", shaped)

    def _guilds(self) -> list[Guild]:
        """The guilds that the bot is in."""
        backend = self._world.backend
        return [guild for guild in backend.guilds.values() if backend.bot.id in guild.members]

    def _resume(self, connection: Connection, body: dict[str, Any]) -> None:
        if not self._is_bot(body.get("token")):
            return connection.close(4004)
        if self.turns_away:
            self.turned_away += 1
            return connection.send_op(INVALID_SESSION, body=True)
        session = self._sessions.get(str(body.get("session_id")))
        if session is None or not session.resume(connection, int(body.get("seq") or 0)):
            connection.send_op(INVALID_SESSION, body=False)
        return None

    def _request_members(self, connection: Connection, body: dict[str, Any]) -> None:
        for session in self._sessions.values():
            if session.connection is connection:
                for chunk in members_chunks(self._world.backend, body):
                    session.dispatch("GUILD_MEMBERS_CHUNK", chunk)
