"""Sockets: a client that shows a token gets the events of its user's tickets, from the position where it
left off."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from aiohttp import web

from api.door.addresses import address_of
from api.door.auth import LEEWAY, TokenFault, TokenRefused, Verified, Verifier
from api.door.errors import RateLimited
from api.door.limits import UNAUTHORIZED, Limits, network
from api.live.asks import Asks, Authorize
from api.live.endings import Endings
from api.live.engine import Engine
from api.live.line import Line
from api.live.lines import Lines
from api.live.packets import CALLERS, STRANGERS, PacketRefused
from api.live.reader import Reader
from api.live.refusals import NotAuthorized, Why, why
from api.live.server import negative, server
from api.live.shown import ShownOnSockets
from api.live.signals import SocketSignals
from tickets.desks.ticket_desk import Desk
from tickets.events import Event
from tickets.model import Caller, UserKey
from tickets.ports.feed import Fed, Position
from tickets.ports.store import Clock, Store
from wire.events import Payloads
from wire.objects import Objects

PATH: Final = "/socket.io/"
LONGEST_TIMER: Final = 3600.0
"""Seconds after which a token that is still valid is checked again."""
STOP_GRACE: Final = 0.25
"""Seconds that clients get to close their connections when the server stops."""

Ask = Callable[[Caller, Reader, object], Awaitable[dict[str, Any]]]


class Live:
    """The sockets of one application."""

    def __init__(
        self,
        desk: Desk,
        store: Store,
        objects: Objects,
        verifier: Verifier,
        clock: Clock,
        unauthorized_for: float,
        limits: Limits | None,
        shown: ShownOnSockets | None = None,
    ) -> None:
        self._store = store
        self._shown = shown
        self._verifier = verifier
        self._clock = clock
        self._unauthorized_for = unauthorized_for
        self._objects = objects
        self._lines = Lines(unauthorized_for)
        self._limits = limits
        self._asks = Asks(desk, store, limits)
        self._server: Any = server()
        self._engine: Engine = self._server.engine
        self._connect_engine()
        self._server.on("connect", self._connected)
        self._server.on("authorize", self._asked)
        self._server.on("watch", partial(self._ask, self._asks.watch))
        self._server.on("unwatch", partial(self._ask, self._asks.unwatch))
        self._server.on("typing", partial(self._ask, self._asks.typing))
        self._server.on("read", partial(self._ask, self._asks.read))
        self._server.on("disconnect", self._left)
        passing = SocketSignals(self._lines, self._engine, self._emit, self._seen_by, store)
        self._tell_of_block = passing.tell_of_block
        self._stop_listening = (store.bell.listen(self._heard), *passing.listen())

    @property
    def connected(self) -> int:
        """How many clients there are, with a token or not yet."""
        return len(self._lines)

    @property
    def strangers(self) -> int:
        """How many of them have not shown a valid token yet."""
        return len(self._lines.strangers)

    def attach(self, app: web.Application) -> None:
        """Serve the sockets on the application's port, until it shuts down."""
        app.cleanup_ctx.append(
            Endings(self._lines, self._verifier, self._hang_up, self._tell_of_block).running
        )
        app.router.add_route("GET", PATH, self._serve)
        app.router.add_route("POST", PATH, self._serve)
        app.on_shutdown.append(self._stop)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self._limits is not None and "sid" not in request.query:
            self._lines.strangers.must_have_room(network(address_of(request)))
        if request.method == "POST":
            return await self._engine.post(request)
        response: web.StreamResponse = await self._server.handle_request(request)
        return response

    def _connect_engine(self) -> None:
        engine: Any = self._engine
        opened, closed = engine.handlers["connect"], engine.handlers["disconnect"]

        async def open_line(eio_sid: str, environ: dict[str, Any]) -> None:
            await opened(eio_sid, {})
            request = environ["aiohttp.request"]
            query = request.query
            shown = {name: query[name] for name in ("token", "last_event_id") if name in query}
            line = Line(eio_sid, shown, network(address_of(request)))
            self._lines.add(line)
            self._expect_token(line)

        async def close_line(eio_sid: str, reason: str) -> None:
            await closed(eio_sid, reason)
            self._engine.cut_later(eio_sid)  # engine.io gives a client up here, but not its transport
            if (line := self._lines.remove(eio_sid)) is not None:
                line.hang_up_at(None)

        engine.on("connect", open_line)
        engine.on("disconnect", close_line)
        engine.must_allow = self._must_allow
        engine.explain = self._explain

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
            return negative(why(NotAuthorized()))
        return await self._authorize(line, wanted)

    async def _left(self, sid: str, *_: object) -> None:
        if (line := self._line(sid)) is not None:
            self._lines.forget(line)
            self._expect_token(line)

    async def _authorize(self, line: Line, wanted: object) -> dict[str, Any]:
        try:
            request = Authorize.model_validate(wanted)
            verified = await self._verifier.verify(request.token)
            missed, position = await self._begin(line, request, verified)
        except TokenRefused as refused:
            return await self._refuse_token(line, refused)
        except Exception as error:
            return await self._refuse(line, why(error))
        told = {"user_id": verified.caller.key.id, "event_id": str(position), "blocked": line.is_blocked}
        await self._emit(line, "authorized", told)
        self._wake_soon(line.reader)
        return {"ok": True, **told, "missed": missed}

    async def _ask(self, ask: Ask, sid: str, said: object = None, *_: object) -> dict[str, Any]:
        """Handle a call that only authorized clients may make."""
        if (line := self._line(sid)) is None:
            return negative(why(NotAuthorized()))
        caller, reader = line.caller, line.reader
        if caller is None or reader is None:
            return await self._refuse(line, why(NotAuthorized()))
        try:
            answer = await ask(caller, reader, said)
        except Exception as error:
            return await self._refuse(line, why(error))
        self._lines.keep_watch(line)
        self._wake_soon(reader)
        return {"ok": True, **answer}

    def _wake_soon(self, reader: Reader | None) -> None:
        """Wake the reader once the client's call has been answered."""
        if reader is not None:
            asyncio.get_running_loop().call_soon(reader.wake)

    async def _begin(self, line: Line, request: Authorize, verified: Verified) -> tuple[int, Position]:
        """Give the line a reader, or let its reader reach further back. Returns how much was missed, and the
        position from which on it gets events."""
        user = verified.caller.key
        reader = line.reader if line.reader is not None and line.reader.user == user else None
        if reader is None:
            reader = self._new_reader(line, user)
        self._must_have_room(verified.caller, line)
        missed = await self._asks.begin(verified.caller, reader, request)
        position = await reader.position()
        is_blocked = await self._store.users.is_blocked(user)
        if self._lines.at(line.eio_sid) is line:  # below, nothing may be waited for: clients go meanwhile
            self._must_have_room(verified.caller, line)  # other lines may have come meanwhile
            self._lines.know(line, verified.caller, reader)
            line.token = request.token
            line.is_blocked = is_blocked
            self._hang_up_when_expired(line, verified.expires_at)
        return missed, position

    def _must_have_room(self, caller: Caller, line: Line) -> None:
        if self._limits is not None:
            self._lines.must_have_room(caller.key, line, self._limits.times(caller))

    def _new_reader(self, line: Line, user: UserKey) -> Reader:
        return Reader(
            user,
            self._store.feed,
            tell=partial(self._tell, line),
            taken=partial(self._engine.drained, line.eio_sid),
            drop=partial(self._engine.cut, line.eio_sid),
        )

    async def _refuse(self, line: Line, it: Why) -> dict[str, Any]:
        await self._emit(line, "error", {"message": it.message, "code": it.code})
        return negative(it)

    async def _refuse_token(self, line: Line, refused: TokenRefused) -> dict[str, Any]:
        """Refuse a token. It counts like a request without a token, and after too many tries the client is
        ended."""
        try:
            if self._limits is not None:
                await self._limits.admit(UNAUTHORIZED, line.address)
        except RateLimited as over:
            answer = await self._refuse(line, why(over))
            self._engine.end(line.eio_sid)
            return answer
        return await self._refuse(line, why(refused))

    def _must_allow(self, eio_sid: str, size: int) -> None:
        if (line := self._lines.at(eio_sid)) is not None:
            times = 1 if self._limits is None else self._limits.times(line.caller)
            flow = STRANGERS if line.caller is None else CALLERS.times(times)
            line.pace.must_allow(size, flow, time.monotonic())

    async def _explain(self, eio_sid: str, refused: PacketRefused) -> None:
        if (line := self._lines.at(eio_sid)) is not None:
            await self._refuse(line, why(refused))

    # What clients are told.

    def _heard(self, event: Event, requester: UserKey) -> None:
        for line in self._lines.who_may_hear(requester):
            if line.reader is not None and line.reader.hears_of(event, requester):
                line.reader.wake()

    async def _tell(self, line: Line, fed: Fed) -> None:
        is_staff = line.caller is not None and line.caller.is_staff
        payloads = Payloads(self._store, self._seen_by(line), revisions=is_staff)
        await self._emit(line, *await payloads.of(fed))
        if self._shown is not None and line.caller is not None and line.caller.key == fed.requester:
            self._shown.note(fed.requester, fed.event.ticket_id, fed.event.seq)

    def _seen_by(self, line: Line) -> Objects:
        return self._objects if line.caller is None else self._objects.seen_by(line.caller)

    async def _emit(self, line: Line, name: str, payload: dict[str, Any]) -> None:
        await self._server.say(line.eio_sid, line.sid, name, payload)

    # How it ends.

    def _expect_token(self, line: Line) -> None:
        loop = asyncio.get_running_loop()
        line.hang_up_at(loop.call_later(self._unauthorized_for, self._engine.end, line.eio_sid))

    def _hang_up_when_expired(self, line: Line, expires_at: float) -> None:
        """End the line when its token expires. Its client may come back with another token."""
        line.hang_up_at(None)
        if math.isinf(expires_at):
            return
        seconds = max(expires_at + LEEWAY - self._clock() / 1000, 0.0)
        later = asyncio.get_running_loop().call_later
        if seconds <= LONGEST_TIMER:
            line.hang_up_at(later(seconds, self._hang_up, line, TokenRefused(TokenFault.EXPIRED)))
        else:
            line.hang_up_at(later(LONGEST_TIMER, self._hang_up_when_expired, line, expires_at))

    def _hang_up(self, line: Line, refused: TokenRefused) -> None:
        saying = asyncio.ensure_future(self._refuse(line, why(refused)))
        saying.add_done_callback(lambda _: self._engine.end(line.eio_sid))

    def _line(self, sid: str) -> Line | None:
        return self._lines.at(self._server.eio_sid_of(sid))

    async def _stop(self, _: web.Application) -> None:
        """Close every transport, never the namespace: a client comes back by itself if its transport is
        closed."""
        for stop_listening in self._stop_listening:
            stop_listening()
        for line in self._lines:
            self._lines.forget(line)
            line.hang_up_at(None)
            self._engine.end(line.eio_sid, STOP_GRACE)
        await self._server.shutdown()
