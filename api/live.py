"""Sockets: whoever shows a token hears what happens to their tickets, from wherever they left off."""

import asyncio
import logging
import math
from functools import partial
from typing import Annotated, Any, Final

import socketio
from aiohttp import web
from pydantic import BaseModel, Field, StrictBool, StrictInt, StrictStr, StringConstraints, ValidationError

from api.auth import LEEWAY, TokenRefused, Verified, Verifier
from api.live_engine import MOST_QUEUED, OPTIONS, Engine
from api.live_events import Payloads, is_for_requester
from api.live_reader import Reader
from api.objects import Objects
from tickets.events import Event
from tickets.model import UserKey
from tickets.ports import Clock, Fed, Store, StoreUnavailable

log = logging.getLogger(__name__)

NAMESPACE: Final = "/"
PATH: Final = "/socket.io/"
LONGEST_TIMER: Final = 3600.0
"""Seconds; a token that is good for longer is looked at again then."""
STOP_GRACE: Final = 0.25
"""Seconds that clients get to take their leave when the server stops."""

EventIdText = Annotated[StrictStr, StringConstraints(pattern="^[0-9]{1,15}$")]
EventIdNumber = Annotated[StrictInt, Field(ge=0, lt=10**15)]


class Authorize(BaseModel, extra="ignore"):
    """What a client says to be told of its tickets: in the query, in the handshake, or by the event."""

    token: StrictStr
    last_event_id: EventIdText | EventIdNumber | None = None
    echo: StrictBool | None = None


class Line:
    """One client, from its first request to the end of its transport."""

    __slots__ = ("eio_sid", "query", "reader", "sid", "timer")

    def __init__(self, eio_sid: str, query: dict[str, Any]) -> None:
        self.eio_sid = eio_sid
        self.query = query
        self.sid: str | None = None
        self.reader: Reader | None = None
        self.timer: asyncio.TimerHandle | None = None
        """Ends the client: unauthorized for too long, or with a token that has expired."""

    def hang_up_at(self, timer: asyncio.TimerHandle | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer


class _Server(socketio.AsyncServer):
    def _engineio_server_class(self) -> type[Engine]:
        return Engine


def _server() -> Any:
    """Answers the connection before the handlers run, so that what they emit is not the first thing said."""
    return _Server(always_connect=True, namespaces=[NAMESPACE], **OPTIONS)  # type: ignore[no-untyped-call]


class Live:
    """The sockets of one application."""

    def __init__(
        self, store: Store, objects: Objects, verifier: Verifier, clock: Clock, unauthorized_for: float
    ) -> None:
        self._store = store
        self._verifier = verifier
        self._clock = clock
        self._unauthorized_for = unauthorized_for
        self._payloads = Payloads(store, objects)
        self._lines: dict[str, Line] = {}
        self._readers: dict[UserKey, set[Reader]] = {}
        self._server: Any = _server()
        self._engine: Engine = self._server.eio
        self._connect_engine()
        self._server.on("connect", self._connected)
        self._server.on("authorize", self._asked)
        self._server.on("disconnect", self._left)
        self._stop_listening = store.bell.listen(self._heard)

    @property
    def connected(self) -> int:
        """How many clients there are, with a token or not yet."""
        return len(self._lines)

    def attach(self, app: web.Application) -> None:
        """Serve the sockets on the application's port, until it shuts down."""
        app.router.add_route("GET", PATH, self._server.handle_request)
        app.router.add_route("POST", PATH, self._server.handle_request)
        app.on_shutdown.append(self._stop)

    def _connect_engine(self) -> None:
        engine: Any = self._engine
        opened, closed = engine.handlers["connect"], engine.handlers["disconnect"]

        async def open_line(eio_sid: str, environ: dict[str, Any]) -> None:
            await opened(eio_sid, {})
            query = environ["aiohttp.request"].query
            shown = {name: query[name] for name in ("token", "last_event_id") if name in query}
            line = self._lines[eio_sid] = Line(eio_sid, shown)
            self._expect_token(line)

        async def close_line(eio_sid: str, reason: str) -> None:
            await closed(eio_sid, reason)
            self._engine.cut_later(eio_sid)  # where engine.io gives a client up, but not its transport
            if (line := self._lines.pop(eio_sid, None)) is not None:
                self._forget(line)
                line.hang_up_at(None)

        engine.on("connect", open_line)
        engine.on("disconnect", close_line)

    # What clients do. A client may send any event with any arguments, "connect" and "disconnect" as well.

    async def _connected(self, sid: str, _: object, handshake: object = None) -> None:
        if (line := self._line(sid)) is None:
            return
        line.sid = sid
        shown = handshake if isinstance(handshake, dict) else {}
        wanted = line.query | {name: value for name, value in shown.items() if value is not None}
        if "token" in wanted:
            await self._authorize(line, wanted)

    async def _asked(self, sid: str, wanted: object = None, *_: object) -> dict[str, Any]:
        if (line := self._line(sid)) is None:
            return {"ok": False, "error": "not connected"}
        return await self._authorize(line, wanted)

    async def _left(self, sid: str, *_: object) -> None:
        if (line := self._line(sid)) is not None:
            self._forget(line)
            self._expect_token(line)

    async def _authorize(self, line: Line, wanted: object) -> dict[str, Any]:
        try:
            request = Authorize.model_validate(wanted)
            verified = await self._verifier.verify(request.token)
            missed = await self._begin(line, request, verified)
        except ValidationError as error:
            return await self._refuse(line, _reason(error))
        except TokenRefused as refused:
            return await self._refuse(line, str(refused))
        except StoreUnavailable:
            return await self._refuse(line, "unavailable, try again soon")
        except Exception:
            log.exception("authorizing a socket failed")
            return await self._refuse(line, "something went wrong on our side")
        user_id = verified.caller.key.id
        await self._emit(line, "authorized", {"user_id": user_id})
        if line.reader is not None:  # once this call has been answered
            asyncio.get_running_loop().call_soon(line.reader.wake)
        return {"ok": True, "user_id": user_id, "missed": missed}

    async def _begin(self, line: Line, request: Authorize, verified: Verified) -> int:
        """Give the line a reader, or reach further back with the one it has; how much was missed."""
        user = verified.caller.key
        reader = line.reader if line.reader is not None and line.reader.user == user else None
        if reader is None:
            reader = self._new_reader(line, user)
        if request.echo is not None:
            reader.echo = request.echo
        missed = await reader.begin(None if request.last_event_id is None else int(request.last_event_id))
        if self._lines.get(line.eio_sid) is line:
            if reader is not line.reader:
                self._forget(line)
                line.reader = reader
                self._readers.setdefault(user, set()).add(reader)
            self._hang_up_when_expired(line, verified.expires_at)
        return missed

    def _new_reader(self, line: Line, user: UserKey) -> Reader:
        return Reader(
            user,
            self._store.feed,
            tell=partial(self._tell, line),
            taken=partial(self._engine.drained, line.eio_sid),
            drop=partial(self._engine.cut, line.eio_sid),
        )

    async def _refuse(self, line: Line, reason: str) -> dict[str, Any]:
        await self._emit(line, "error", {"message": reason})
        return {"ok": False, "error": reason}

    # What clients are told.

    def _heard(self, event: Event, requester: UserKey) -> None:
        for reader in self._readers.get(requester, ()):
            if is_for_requester(event, echo=reader.echo):
                reader.wake()

    async def _tell(self, line: Line, fed: Fed) -> None:
        await self._emit(line, *await self._payloads.of(fed))

    async def _emit(self, line: Line, name: str, payload: dict[str, Any]) -> None:
        if self._engine.queued(line.eio_sid) >= MOST_QUEUED:
            self._engine.cut(line.eio_sid)
        elif line.sid is not None:
            await self._server.emit(name, payload, to=line.sid)

    # How it ends.

    def _expect_token(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        line.hang_up_at(loop.call_later(self._unauthorized_for, self._engine.end, line.eio_sid))

    def _hang_up_when_expired(self, line: Line, expires_at: float) -> None:
        """The end of the token is the end of the line; its client may come back with another."""
        line.hang_up_at(None)
        if math.isinf(expires_at):
            return
        seconds = max(expires_at + LEEWAY - self._clock() / 1000, 0.0)
        later = asyncio.get_running_loop().call_later
        if seconds <= LONGEST_TIMER:
            line.hang_up_at(later(seconds, self._expire, line))
        else:
            line.hang_up_at(later(LONGEST_TIMER, self._hang_up_when_expired, line, expires_at))

    def _expire(self, line: Line) -> None:
        saying = asyncio.ensure_future(self._refuse(line, "token expired"))
        saying.add_done_callback(lambda _: self._engine.end(line.eio_sid))

    def _forget(self, line: Line) -> None:
        if (reader := line.reader) is None:
            return
        line.reader = None
        reader.stop()
        readers = self._readers[reader.user]
        readers.discard(reader)
        if not readers:
            del self._readers[reader.user]

    def _line(self, sid: str) -> Line | None:
        return self._lines.get(self._server.manager.eio_sid_from_sid(sid, NAMESPACE))

    async def _stop(self, _: web.Application) -> None:
        """Close every transport, never the namespace: a client whose transport goes comes back by itself."""
        self._stop_listening()
        for line in self._lines.values():
            self._forget(line)
            line.hang_up_at(None)
            self._engine.end(line.eio_sid, STOP_GRACE)
        await self._server.shutdown()


def _reason(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if not fault["loc"] or fault["type"] == "missing":
        return "token missing"
    return f'"{fault["loc"][0]}" invalid'
