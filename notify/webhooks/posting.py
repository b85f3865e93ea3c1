"""Posts a signed body to an endpoint, and only to public addresses of the Internet."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from ipaddress import ip_address
from threading import Thread
from typing import Any, Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks import Webhook

from tickets.ports.store import Clock
from tickets.ports.webhooks import Answer
from tickets.webhook_urls import is_public
from tickets.webhooks import Endpoint

ANSWERS_WITHIN: Final = 15.0
"""Seconds that an endpoint has for an answer."""
KEPT_OF_BODY: Final = 1024
"""Bytes."""
BODY_WITHIN: Final = 2.0
"""Seconds to read this much of the body, after the status has come."""
LOOKUPS: Final = 32
"""Names that are looked up at the same time."""
LONGEST_FAULT: Final = 300
HEADERS: Final = {
    "User-Agent": "Guildesk-Webhooks/1",
    "Content-Type": "application/json",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}


class PrivateAddress(OSError):
    """The name leads to an address that is not public."""


AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]


def public_socket(info: AddressInfo) -> socket.socket:
    """A socket for exactly the address that will be connected to. Raises PrivateAddress."""
    family, kind, protocol, _, address = info
    if not is_public(ip_address(address[0])):
        told = f"{address[0]} is a private address; WEBHOOK_PRIVATE=on allows those"
        raise PrivateAddress(errno.EACCES, told)
    return socket.socket(family, kind, protocol)


Look = Callable[..., list[Any]]
"""A function like ``socket.getaddrinfo``."""


class Lookups(AbstractResolver):
    """Looks up names in threads of its own, each name once at a time. So a name whose lookup hangs delays
    neither other names nor the end of the program."""

    def __init__(self, look: Look = socket.getaddrinfo) -> None:
        self._look = look
        self._turns = asyncio.Semaphore(LOOKUPS)
        self._under_way: dict[tuple[str, int, int], asyncio.Task[list[Any]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """See ``AbstractResolver``."""
        key = (host, port, int(family))
        looking = self._under_way.get(key)
        if looking is None:
            look = partial(self._look, host, port, family=family, type=socket.SOCK_STREAM)
            looking = asyncio.create_task(self._looked(look), name="looking up a name")
            self._under_way[key] = looking
            looking.add_done_callback(partial(self._looked_up, key))
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=found,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, _, protocol, _, address in await asyncio.shield(looking)
        ]

    async def _looked(self, look: Callable[[], list[Any]]) -> list[Any]:
        async with self._turns:
            return await _aside(look)

    def _looked_up(self, key: tuple[str, int, int], looked: "asyncio.Task[list[Any]]") -> None:
        self._under_way.pop(key, None)
        if not looked.cancelled():
            looked.exception()  # somebody has seen it, even if all gave up waiting

    async def close(self) -> None:
        for it in self._under_way.values():
            it.cancel()


async def _aside(work: Callable[[], list[Any]]) -> list[Any]:
    """The result of the work. A thread does it, and the program does not wait for this thread when it
    ends."""
    loop = asyncio.get_running_loop()
    given: asyncio.Future[list[Any]] = loop.create_future()

    def run() -> None:
        try:
            tell = partial(given.set_result, work())
        except Exception as error:
            tell = partial(given.set_exception, error)
        with suppress(RuntimeError):  # the program has ended meanwhile
            loop.call_soon_threadsafe(lambda: given.done() or tell())

    Thread(target=run, name="looking up a name", daemon=True).start()
    return await given


@asynccontextmanager
async def webhook_session(*, private: bool, look: Look = socket.getaddrinfo) -> AsyncIterator[ClientSession]:
    """A session in which no endpoint waits for another. With ``private`` it connects to any address."""
    lookups = Lookups(look)
    connector = TCPConnector(
        limit=0,
        use_dns_cache=False,
        resolver=lookups,
        socket_factory=None if private else public_socket,
        keepalive_timeout=30,
    )
    session = ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers=HEADERS,
        timeout=ClientTimeout(total=ANSWERS_WITHIN),
        trust_env=False,
    )
    async with session:
        try:
            yield session
        finally:
            await lookups.close()


def signatures(secrets: Sequence[str], webhook_id: str, at: datetime, body: str) -> str:
    """The signature header, with one signature for each secret."""
    return " ".join(Webhook(it).sign(webhook_id, at, body) for it in secrets)


class Posting:
    """Posts, and returns the outcome of each try. It never raises."""

    def __init__(self, session: ClientSession, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def post(self, endpoint: Endpoint, webhook_id: str, body: str) -> tuple[Answer, float | None]:
        """The answer, and the seconds after which the endpoint asks to be tried again, if it does."""
        now = self._clock()
        at = datetime.fromtimestamp(now // 1000, UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(now // 1000),
            "webhook-signature": signatures(endpoint.secrets(now), webhook_id, at, body),
        }
        try:
            async with self._session.post(
                endpoint.url, data=body.encode(), headers=headers, allow_redirects=False
            ) as response:
                said = await _beginning(response)
                return Answer(now, response.status, said), _retry_after(response, at)
        except TimeoutError:
            return Answer(now, fault=f"no answer within {ANSWERS_WITHIN:.0f} s"), None
        except ClientConnectorError as error:
            why = error.os_error.strerror or error.os_error
            return Answer(now, fault=f"cannot connect: {why}"[:LONGEST_FAULT]), None
        except (ClientError, OSError, ValueError) as error:
            fault = f"{type(error).__name__}: {error}"
            return Answer(now, fault=fault[:LONGEST_FAULT]), None


async def _beginning(response: ClientResponse) -> str:
    """The first kB of the answer's body. The rest is not read, and a slow body is cut off."""
    said = b""
    with suppress(TimeoutError, ClientError):
        async with asyncio.timeout(BODY_WITHIN):
            while len(said) < KEPT_OF_BODY and (
                more := await response.content.read(KEPT_OF_BODY - len(said))
            ):
                said += more
    return said.decode(errors="replace").replace("\0", "\ufffd")


def _retry_after(response: ClientResponse, now: datetime) -> float | None:
    """The seconds of a ``Retry-After``, or the seconds until its date."""
    told = response.headers.get("Retry-After", "")
    if response.status not in (429, 503) or not told.isascii():
        return None
    if told.isdigit():
        return float(told)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds()) if until.tzinfo else None
