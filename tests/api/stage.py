"""A running API, the people around it, and what they say."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import jwt
import socketio
from aiohttp import ClientSession, web

from api.app import ROUTES, build
from api.door.auth import SingleIssuer, Times, Verifier
from api.door.routes import AnyRoute
from api.door.server import serving
from api.options import ApiOptions
from tickets.desks.ticket_desk import Desk, Said
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.positions import newest

SECRET = "an unguessable secret of the backend's"
TICKETS = "/api/v1/tickets"


class Clock:
    """The time, in milliseconds; it can be moved."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> int:
        return int((time.time() + self.ahead) * 1000)

    @property
    def seconds(self) -> int:
        return self() // 1000


def token(user: str = "ann", secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A token; a claim that is None is left out."""
    said: dict[str, Any] = {
        "id": user,
        "username": user.title(),
        "email": f"{user}@example.test",
        "role": "CUSTOMER",
        **claims,
    }
    return jwt.encode({name: it for name, it in said.items() if it is not None}, secret, algorithm)


def headers(user: str = "ann", **claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(user, **claims)}"}


def place(event_id: str) -> int:
    """The position of an event, without the proof of it."""
    return int(event_id.partition("-")[0])


STAFF = {"role": "AGENT"}
AS_ANN = Caller(Person(UserKey("default", "ann"), "Ann", UserRole.CUSTOMER, "ann@example.test"))
AS_SAM = Caller(Person(UserKey("default", "sam"), "Sam", UserRole.AGENT, "sam@example.test"))
"""Whom tokens of ann and sam stand for, sam being staff."""
AGENT = Caller(Person(UserKey("discord", "77"), "Sam of Support", UserRole.AGENT))
"""Somebody of staff, as Discord knows them."""


@dataclass
class Answer:
    status: int
    headers: Any
    json: Any


@dataclass
class Stage:
    """The API of one store. ``open`` it to have it served; it can be opened again, on the same port."""

    store: Store
    clock: Clock
    port: int = 0
    desk: Desk = field(init=False)
    http: ClientSession = field(init=False)
    app: web.Application = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.store, self.clock, Rules())

    @asynccontextmanager
    async def open(
        self,
        *,
        require_exp: bool = False,
        verifier: Verifier | None = None,
        routes: Collection[AnyRoute] = ROUTES,
        **options: Any,
    ) -> AsyncIterator[Self]:
        verifier = verifier or SingleIssuer(SECRET, self.clock, Times(require_exp))
        options = {"public_url": "https://desk.example.test/in", **options}
        self.app = app = build(self.desk, self.store, verifier, self.clock, ApiOptions(**options), routes)
        async with AsyncExitStack() as doors:
            self.port = await doors.enter_async_context(serving(app, "127.0.0.1", self.port))
            self.http = await doors.enter_async_context(ClientSession(self.url))
            yield self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def ask(self, method: str, path: str, user: str | None = "ann", **options: Any) -> Answer:
        """Ask as a user, with ``claims`` of theirs, or as nobody."""
        said = dict(options.pop("headers", {}))
        if user is not None:
            said = headers(user, **options.pop("claims", {})) | said
        async with self.http.request(method, path, headers=said, **options) as answer:
            is_json = answer.content_type == "application/json" and method != "HEAD"
            return Answer(answer.status, answer.headers, await answer.json() if is_json else None)

    async def opened(self, user: str = "ann", topic: str = "It is broken") -> str:
        """The id of a new ticket of the user's."""
        answer = await self.ask("POST", TICKETS, user, json={"topic": topic, "description": "Really."})
        assert answer.status == 201, answer.json
        return str(answer.json["id"])

    async def posted(self, ticket: str, content: str = "Hello?", user: str = "ann") -> str:
        answer = await self.ask("POST", f"{TICKETS}/{ticket}/messages", user, json={"content": content})
        assert answer.status == 201, answer.json
        return str(answer.json["id"])

    async def answered(self, ticket: str, content: str = "Have you tried?") -> str:
        """Staff says something, in Discord; the message's id."""
        return (await self.desk.post(AGENT, ticket, Said(content))).id

    async def newest(self) -> str:
        """The position of the newest event, as clients see it."""
        return str(await newest(self.store.feed))

    async def messages(self, ticket: str, user: str = "ann") -> list[Any]:
        answer = await self.ask("GET", f"{TICKETS}/{ticket}/messages", user)
        assert answer.status == 200
        return list(answer.json)


class Ear:
    """A socket.io client that keeps what it hears."""

    def __init__(self, **options: Any) -> None:
        self.client: Any = socketio.AsyncClient(**({"reconnection": False} | options))
        self.heard: list[tuple[str, Any]] = []
        self.closed = asyncio.Event()
        self._more = asyncio.Event()
        self.client.on("*", self._hear)
        self.client.on("disconnect", self._close)

    async def _hear(self, name: str, payload: Any = None) -> None:
        self.heard.append((name, payload))
        self._more.set()

    async def _close(self, *_: Any) -> None:
        self.closed.set()

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    def payloads(self, *names: str) -> list[Any]:
        return [payload for name, payload in self.heard if name in names]

    async def until(self, *names: str, count: int = 1) -> Any:
        """Wait until so many of these were heard; the last of them."""
        async with asyncio.timeout(30):
            while len(self.payloads(*names)) < count:
                self._more.clear()
                await self._more.wait()
        return self.payloads(*names)[count - 1]

    async def all_heard(self) -> None:
        """Wait until everything that the server has said to this client so far was heard."""
        await self.client.call("unwatch", {}, timeout=30)

    async def authorize(self, **said: Any) -> Any:
        return await self.client.call("authorize", said, timeout=30)


@asynccontextmanager
async def listening(
    stage: Stage,
    *,
    query: str | None = None,
    auth: Any = None,
    transports: tuple[str, ...] = ("websocket",),
    **options: Any,
) -> AsyncIterator[Ear]:
    ear = Ear(**options)
    url = stage.url if query is None else f"{stage.url}/?token={query}"
    await ear.client.connect(url, auth=auth, transports=list(transports), wait_timeout=30)
    try:
        yield ear
    finally:
        await ear.client.disconnect()
