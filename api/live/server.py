"""socket.io's server. It accepts only events that have a handler, and ends clients that do not listen."""

import logging
from typing import Any, Final

import socketio
from socketio.packet import ACK, EVENT

from api.live.engine import MOST_QUEUED, Engine
from api.live.packets import LARGEST_PACKET, Message, message
from api.live.refusals import EventUnknown, Why, why

NAMESPACE: Final = "/"
MOST_UNREAD: Final = 8 * MOST_QUEUED
"""So many packets, with answers, may wait for a client before it is cut."""

_silent = logging.getLogger(f"{__name__}.silent")
_silent.setLevel(logging.CRITICAL + 1)
"""engine.io and socket.io log what clients send, with tokens. So their logs are off; Guildesk logs what
matters."""

OPTIONS: Final = {
    "async_mode": "aiohttp",
    "async_handlers": False,
    "cors_allowed_origins": [],  # api.door.cors does this, as for REST
    "http_compression": False,  # api.door.compressing does this
    "max_http_buffer_size": LARGEST_PACKET,
    "logger": _silent,
    "engineio_logger": _silent,
}


def negative(it: Why) -> dict[str, Any]:
    """The acknowledgement of a refused call."""
    return {"ok": False, "error": it.message, "code": it.code}


class Server(socketio.AsyncServer):
    """Answers the connection before the handlers run, so that the client gets the answer before anything
    that they emit."""

    def __init__(self) -> None:
        options: Any = {**OPTIONS, "serializer": Message}
        super().__init__(always_connect=True, namespaces=[NAMESPACE], **options)  # type: ignore[no-untyped-call]

    @property
    def engine(self) -> Engine:
        engine: Engine = self.eio
        return engine

    async def say(self, eio_sid: str, sid: str | None, name: str, payload: dict[str, Any]) -> None:
        """Send a client an event, unless too many packets wait for it already."""
        if self.engine.queued(eio_sid) >= MOST_QUEUED:
            self.engine.cut(eio_sid)
        elif self.manager.is_connected(sid, NAMESPACE):
            # its own emit takes a task, and two turns
            await self._send_packet(eio_sid, message(EVENT, [name, payload], NAMESPACE))

    def eio_sid_of(self, sid: str) -> str | None:
        eio_sid: str | None = self.manager.eio_sid_from_sid(sid, NAMESPACE)
        return eio_sid

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    async def _send_packet(self, eio_sid: str, pkt: Any) -> None:
        if self.engine.queued(eio_sid) >= MOST_UNREAD:
            self.engine.cut(eio_sid)
        else:
            await super()._send_packet(eio_sid, pkt)  # type: ignore[no-untyped-call]

    async def _handle_event_internal(self, server: Any, sid: str, eio_sid: str, *said: Any) -> None:
        (name, *_), namespace, number = said
        if name in self.handlers[namespace] and name not in self.reserved_events:
            await super()._handle_event_internal(server, sid, eio_sid, *said)  # type: ignore[no-untyped-call]
        elif number is not None:
            answer = negative(why(EventUnknown()))
            await self._send_packet(eio_sid, message(ACK, [answer], namespace, number))


def server() -> Any:
    """A server. It is typed here, because socket.io has no types."""
    return Server()
