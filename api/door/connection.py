"""One connection, with limits on what it sends, how long it keeps the server waiting, and how much is
read."""

import asyncio
import logging
from dataclasses import dataclass
from enum import Enum, auto
from time import thread_time
from typing import Any, Final, cast

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EMPTY_PAYLOAD
from aiohttp.web_protocol import _ErrInfo

from api.door.crowd import Crowd
from api.door.errors import Stalled, answer_to_status
from api.door.freeing import let_go
from api.door.request_ids import HEADER
from api.door.untaken import untaken
from tickets.ids import new_id

log = logging.getLogger(__name__)

FIRST_READ: Final = 2 * 1024
LARGEST_READ: Final = 64 * 1024
SMALLEST_READ: Final = 1024
"""So many bytes are read from a connection before it is another's turn."""
TURN: Final = 0.0005
"""Seconds that parsing them may take. From a connection whose bytes cost more, fewer are read at a time."""
OPENING: Final = 0.0006
"""Seconds that opening and closing a connection take roughly."""
ANSWERING: Final = 0.0005
"""Seconds that a request takes roughly after it was read."""
LONGEST_REST: Final = 1.0
"""Seconds for which nothing is read from a client that has cost more than its share."""
LAST_WORDS: Final = 0.5
"""Seconds for which more is read after the answer to a broken request. If a connection is closed while
unread bytes are left, it is reset, and the client loses the answer."""
MOST_DROPPED: Final = 1024 * 1024
"""Bytes that are read in that time."""
LARGEST_HEAD: Final = 32 * 1024
"""Bytes of a request before its body. Also the longest run of bytes that add nothing to a body: aiohttp
limits each header line and their number, but not what follows the length of a chunk, or the last chunk."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a connection may keep the server waiting."""

    for_request: float = 15.0
    """From the opening of the connection, or from the first byte of a later request, until all headers have
    come."""
    idle: float = 75.0
    """Between two requests. This is longer than reverse proxies keep their connections."""
    stalled: float = 60.0
    """In which less than ``progress`` bytes of a body came, or of an answer were read by the client."""
    unread: float = 10.0
    """In which the rest of a body that nobody reads may still come. Then the connection is ended."""
    progress: int = 4 * 1024
    look_every: float = 1.0


PATIENCE: Final = Patience()


class Awaited(Enum):
    """What the server waits for from a client."""

    REQUEST = auto()
    BODY = auto()
    TAKING = auto()
    """Of what we have sent."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A wait. ``which`` tells it from the next one; ``amount`` grows with the client's progress."""

    what: Awaited
    which: int
    amount: int


class Connection(web.RequestHandler):
    """aiohttp's connection, with deadlines, and with our own form of errors for unreadable requests."""

    __slots__ = (
        "_at_once",
        "_barren",
        "_body",
        "_crowd",
        "_is_broken",
        "_patience",
        "_pauses",
        "_seen",
        "_seen_at",
        "_wire",
    )

    def __init__(
        self, manager: web.Server, crowd: "Crowd[Connection]", patience: Patience, **how: Any
    ) -> None:
        super().__init__(manager, keepalive_timeout=patience.idle, lingering_time=patience.unread, **how)
        self._crowd = crowd
        self._patience = patience
        self._wire: asyncio.Transport | None = None
        self._at_once = FIRST_READ
        self._barren = 0
        self._is_broken = False
        self._body: StreamReader = EMPTY_PAYLOAD
        self._pauses = 0
        self._seen: _Waiting | None = None
        self._seen_at = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether the connection only waits for the next request."""
        return self._waiter is not None and not self._messages

    def give_way(self) -> None:
        if self._wire is not None:
            self._wire.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = wire = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        connection = transport.get_extra_info("socket")
        if not self._crowd.admit(self, peer[0] if isinstance(peer, tuple) else None, connection.fileno()):
            wire.abort()
            return
        self._crowd.work(self, OPENING)
        self._read_at_once(FIRST_READ)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._crowd.discard(self)
        if self._wire is not None:
            self._wire._read_ready_cb = None  # type: ignore[attr-defined]  # it holds the transport itself
        self._wire, self._body = None, EMPTY_PAYLOAD
        super().connection_lost(None)  # whoever waits would keep the error, and the error the transport

    def data_received(self, data: bytes) -> None:
        if self._is_broken:
            self._barren += len(data)
            if self._barren > MOST_DROPPED:
                self.give_way()
            return
        requests, began = self._request_count, thread_time()
        body, had = self._body, self._body.total_bytes
        super().data_received(data)
        took = thread_time() - began
        self._account_for(took)
        self._crowd.work(self, took + ANSWERING * (self._request_count - requests))
        if self._request_count != requests:
            self._barren = 0
            message, self._body = self._messages[-1]
            self._crowd.asked(self)
            if isinstance(message, _ErrInfo):
                let_go(message.exc)
                self._is_broken = True
                self._end_body(body, web.RequestPayloadError("it cannot be read"))
                self._messages[-1] = (message, self._rest())
        elif body.total_bytes != had:
            self._barren = 0
        elif not (self._upgraded or self._close or self._force_close):
            self._bring_nothing(len(data))

    def pause_writing(self) -> None:
        self._pauses += 1
        super().pause_writing()

    def resume_reading(self, resume_parser: bool = True) -> None:
        """aiohttp calls this for every chunk that is read, and then parses what is left."""
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def look(self, now: float) -> None:
        """End the connection of a client that has made no progress for too long."""
        waiting = self._waiting()
        seen = self._seen
        if waiting is None or seen is None or self._is_progress(seen, waiting):
            self._seen, self._seen_at = waiting, now
            return
        patience = self._patience
        if now - self._seen_at >= (
            patience.for_request if waiting.what is Awaited.REQUEST else patience.stalled
        ):
            self._seen = None
            self._give_up(waiting.what)

    def log_exception(self, *args: Any, **how: Any) -> None:
        """Leave out broken bodies that were left unread after an answer: they are no fault of the server."""
        if not isinstance(how.get("exc_info"), (web.RequestPayloadError, HttpProcessingError)):
            super().log_exception(*args, **how)

    async def _handle_request(self, *request: Any) -> tuple[web.StreamResponse, bool]:
        """Also says whether the client has gone. aiohttp raises the error instead and its task keeps it."""
        try:
            return await super()._handle_request(*request)
        except ConnectionError as error:
            let_go(error)
            return web.Response(), True

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, ConnectionError) or request.writer.output_size > 0:
            raise ConnectionError("the client has gone, or the answer has begun already")
        log.log(logging.ERROR if status == 500 else logging.INFO, "a request failed: %r", type(exc))
        answer = answer_to_status(status)
        answer.headers[HEADER] = new_id()
        answer.headers["Server"] = "Guildesk"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.force_close()
        return answer

    def _account_for(self, took: float) -> None:
        """From now on read more or less at a time, by how long parsing took; or nothing for a while."""
        if (rest := self._crowd.spend(self, took, self._loop.time())) and self._wire is not None:
            self._wire.pause_reading()
            self._loop.call_later(min(rest, LONGEST_REST), self._go_on)
        if took > TURN:
            self._read_at_once(max(self._at_once // 2, SMALLEST_READ))
        elif took < TURN / 4 and self._at_once < LARGEST_READ:
            self._read_at_once(self._at_once * 2)

    def _go_on(self) -> None:
        if self._wire is not None and not (self._reading_paused or self._buffer_paused):
            self._wire.resume_reading()

    def _read_at_once(self, size: int) -> None:
        self._at_once = size
        if self._wire is not None:
            self._wire.max_size = size  # type: ignore[attr-defined]  # of asyncio's own transports

    def _waiting(self) -> _Waiting | None:
        wire, request = self._wire, self._current_request
        if wire is None:
            return None
        if self._paused or wire.is_closing():
            return _Waiting(Awaited.TAKING, self._pauses, -untaken(wire))
        if request is not None and not self._reading_paused and not request.content.is_eof():
            return _Waiting(Awaited.BODY, id(request), request.content.total_bytes)
        if self.is_idle and (self._barren or not self._request_count):
            return _Waiting(Awaited.REQUEST, self._request_count, 0)
        return None

    def _is_progress(self, seen: _Waiting, now: _Waiting) -> bool:
        is_another = (seen.what, seen.which) != (now.what, now.which)
        return is_another or now.amount >= seen.amount + self._patience.progress

    def _give_up(self, what: Awaited) -> None:
        match what:
            case Awaited.REQUEST:
                self.force_close()
            case Awaited.BODY if self._current_request is not None:
                self._end_body(self._current_request.content, Stalled())
            case _:
                self.give_way()

    def _end_body(self, body: StreamReader, why: Exception) -> None:
        """Tell the reader of the body that no more of it comes. The connection ends with the answer."""
        if not body.is_eof():
            body.set_exception(why)
            body.feed_eof()  # nobody needs to wait for the rest
            self.close()

    def _rest(self) -> StreamReader:
        """The rest of a broken request. Nobody reads it, and it ends soon; aiohttp waits for that."""
        rest = StreamReader(self, LARGEST_READ, loop=self._loop)
        self._loop.call_later(LAST_WORDS, rest.feed_eof)
        return rest

    def _bring_nothing(self, size: int) -> None:
        """Count bytes that add nothing to a body. Too many of them in a row end the connection."""
        self._barren += size
        if self._barren > LARGEST_HEAD:
            self._refuse()

    def _refuse(self) -> None:
        """Answer that the headers are too large, if no other answer is under way, and end the connection."""
        if self._wire is None or not self.is_idle:
            self.give_way()
            return
        body = (answer_to_status(431).text or "").encode()
        self._wire.write(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
            b"Content-Type: application/json; charset=utf-8\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        self._is_broken = True
        self._loop.call_later(LAST_WORDS, self.force_close)
