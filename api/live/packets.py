"""What clients may send: text packets of the few kinds that are used here, and not too fast.

engine.io and socket.io accept far more: they keep the attachments of binary packets, decode base64, and
parse everything that looks like JSON. Nothing here needs that, and all of it can be abused."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from engineio import packet as engine
from socketio import packet as socketio

from api.live.refusals import SocketRefusal

LARGEST_PACKET: Final = 64 * 1024
"""Bytes of one packet, and of the whole body of a POST."""
MOST_IN_ONE: Final = 200
"""At most so many packets are in one POST."""
COUNTS_AS_ONE: Final = 2 * 1024
"""Bytes. A larger packet counts as several."""
END_OF_PACKET: Final = b"\x1e"

_READ: Final = {
    str(it): it for it in (engine.CLOSE, engine.PING, engine.PONG, engine.MESSAGE, engine.UPGRADE)
}
_KINDS: Final = {str(it): it for it in (socketio.CONNECT, socketio.DISCONNECT, socketio.EVENT)}
_SHAPE: Final = re.compile(r"(?:(/[^,]{0,64})(?:,|$))?([0-9]{0,15})", re.DOTALL)
"""What is between a packet's kind and its JSON: a namespace, and the number of an acknowledgement."""


class PacketRefused(SocketRefusal):
    """The client sent something forbidden, and is ended. The text tells its developer why."""

    code = "packet_invalid"


class NotAPacket(PacketRefused):
    def __init__(self) -> None:
        super().__init__("this is no packet that a client sends")


class BinaryRefused(PacketRefused):
    code = "binary_refused"

    def __init__(self) -> None:
        super().__init__("no event takes binary data; upload files over REST")


class TooLarge(PacketRefused):
    code = "packet_too_large"

    def __init__(self) -> None:
        super().__init__(f"a packet holds {LARGEST_PACKET} bytes at most, a POST {MOST_IN_ONE} packets")


class TooFast(PacketRefused):
    code = "too_fast"

    def __init__(self) -> None:
        super().__init__("too many packets at once")


def packet_of(text: str) -> engine.Packet:
    """The packet in a client's text, its data unparsed. Raises PacketRefused."""
    if text[:1] == "b":
        raise BinaryRefused
    if (kind := _READ.get(text[:1])) is None:
        raise NotAPacket
    if kind == engine.MESSAGE and len(text) == 1:
        raise NotAPacket
    return engine.Packet(kind, text[1:])


def packets_of(payload: bytes) -> list[engine.Packet]:
    """The packets in a client's POST. Raises PacketRefused."""
    if len(payload) > LARGEST_PACKET or payload.count(END_OF_PACKET) >= MOST_IN_ONE:
        raise TooLarge
    try:
        texts = [it.decode() for it in payload.split(END_OF_PACKET)]
    except UnicodeDecodeError:
        raise NotAPacket from None
    return [packet_of(it) for it in texts]


class Message(socketio.Packet):
    """socket.io's packet, which reads only events, and the beginning and end of a namespace. Clients send no
    acknowledgements, because the server never asks for one."""

    def decode(self, encoded_packet: Any) -> None:
        kind, rest = encoded_packet[:1], encoded_packet[1:]
        if kind in (str(socketio.BINARY_EVENT), str(socketio.BINARY_ACK)):
            raise BinaryRefused
        if kind not in _KINDS or (shape := _SHAPE.match(rest)) is None:
            raise NotAPacket
        self.packet_type = _KINDS[kind]
        self.namespace = shape[1]
        self.id = int(shape[2]) if shape[2] else None
        self.data = _json(rest[shape.end() :])
        if self.packet_type == socketio.EVENT and not _is_event(self.data):
            raise NotAPacket


def message(kind: int, data: list[Any], namespace: str, number: int | None = None) -> Any:
    """A packet to a client."""
    return Message(kind, data=data, namespace=namespace, id=number)  # type: ignore[no-untyped-call]


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        raise NotAPacket from None


def _is_event(data: object) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)


@dataclass(frozen=True, slots=True)
class PacketRate:
    """Allows so many packets at once, and then so many per second. A large packet counts as several."""

    at_once: int
    per_second: float

    def times(self, times: int) -> "PacketRate":
        return self if times == 1 else PacketRate(self.at_once * times, self.per_second * times)


STRANGERS: Final = PacketRate(100, 2.0)
"""For a socket that has not shown a valid token. A client may try a few tokens."""
CALLERS: Final = PacketRate(300, 20.0)
"""For any other. After a lost connection, a client may watch a hundred tickets."""


class Pace:
    """How fast one client sends: a leaky bucket."""

    __slots__ = ("_at", "_level")

    def __init__(self) -> None:
        self._level = 0.0
        self._at = 0.0

    def must_allow(self, size: int, flow: PacketRate, now: float) -> None:
        """Count a packet of so many bytes at ``now``, in seconds. Raises TooFast."""
        level = max(self._level - (now - self._at) * flow.per_second, 0.0)
        self._level = level + 1 + size // COUNTS_AS_ONE
        self._at = now
        if self._level > flow.at_once:
            raise TooFast
