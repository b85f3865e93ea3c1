"""Checks PUBLIC_URL as a client would use it: through its proxy, and with a WebSocket."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
import yarl
from aiohttp import web

from api.door.addresses import PROXIES, Proxies
from api.door.arrivals import DOCTORS_KEY, TOLD, asking, key_of, told
from bot.checks.check import Skipped
from config.faults import (
    ADDRESS_AWAY,
    ADDRESS_ELSEWHERE,
    PROXY_SILENT,
    PROXY_UNKNOWN,
    SETTING_WRONG,
    SOCKETS_REFUSED,
    Fault,
)
from config.settings import Settings

PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError)


async def look_at_address(settings: Settings, *, is_running: bool) -> AsyncIterator[Fault]:
    """Works even if the program does not run yet: then a stand-in answers on its port."""
    if settings.public_url is None:
        raise Skipped("PUBLIC_URL is not set")
    if settings.web_server_port == 0:
        raise Skipped("WEB_SERVER_PORT is 0, which is another port each time")
    url, key = yarl.URL(settings.public_url), key_of(settings.discord_bot_token.get_secret_value())
    async with _session() as session, _answering(settings, key, session, is_running=is_running) as hindered:
        if hindered is not None:
            yield hindered
            return
        try:
            async with session.get(url / "healthz", headers=asking(key), allow_redirects=False) as answer:
                status, arrival = answer.status, answer.headers.get(TOLD)
                there = answer.headers.get("Location") or answer.headers.get("Server")
        except _FAILURES as error:
            yield ADDRESS_AWAY.of(url=settings.public_url, why=_in_words(error))
            return
        if arrival is None:
            yield ADDRESS_ELSEWHERE.of(
                url=settings.public_url, what=f"{status} of {there or 'somebody unknown'}"
            )
            return
        for fault in _faults_of_proxy(settings, url, arrival):
            yield fault
        if (why := await _no_socket(session, url)) is not None:
            yield SOCKETS_REFUSED.of(why=why)


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=PATIENCE, trust_env=False)


def _faults_of_proxy(settings: Settings, url: yarl.URL, arrival: str) -> list[Fault]:
    """Find out whether everybody behind this proxy would count as one client."""
    seen = dict(it.split("=", 1) for it in arrival.split("; "))
    if seen["passed_on"] == "1":
        return [] if seen["trusted"] == "1" else [PROXY_UNKNOWN.of(proxy=seen["peer"])]
    has_proxy = url.scheme == "https" or url.port != settings.web_server_port
    return [PROXY_SILENT.of()] if has_proxy else []


async def _no_socket(session: aiohttp.ClientSession, url: yarl.URL) -> str | None:
    """The reason why no WebSocket opens. A Socket.IO server greets with a packet of type 0."""
    there = (url / "socket.io/").with_query(EIO="4", transport="websocket")
    try:
        async with asyncio.timeout(PATIENCE.total), session.ws_connect(there) as socket:
            greeting = await socket.receive()
    except aiohttp.WSServerHandshakeError as refused:
        return f"the answer is {refused.status}"
    except _FAILURES as error:
        return _in_words(error)
    is_greeted = greeting.type is aiohttp.WSMsgType.TEXT and str(greeting.data).startswith("0")
    return None if is_greeted else "nobody greets there"


def _in_words(error: Exception) -> str:
    return "there is no answer" if isinstance(error, TimeoutError) else str(error)


@asynccontextmanager
async def _answering(
    settings: Settings, key: bytes, session: aiohttp.ClientSession, *, is_running: bool
) -> AsyncIterator[Fault | None]:
    """Make sure that something answers on the program's port: the program itself, or a stand-in. Yields the
    fault that prevents both."""
    if is_running:
        yield None
        return
    runner = web.AppRunner(_stand_in(settings, key))
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.web_server_host, settings.web_server_port).start()
        except OSError as error:
            hindered = error.errno != errno.EADDRINUSE or not await _is_ours(settings, key, session)
            yield _cannot_listen(settings, error) if hindered else None
        else:
            yield None
    finally:
        await runner.cleanup()


async def _is_ours(settings: Settings, key: bytes, session: aiohttp.ClientSession) -> bool:
    """Whether a Guildesk with these settings listens on the port."""
    there = yarl.URL.build(scheme="http", host=settings.own_host, port=settings.web_server_port)
    url = there.with_path(yarl.URL(settings.public_url or "").path) / "healthz"
    try:
        async with session.get(url, headers=asking(key), allow_redirects=False) as answer:
            return TOLD in answer.headers
    except _FAILURES:
        return False


def _cannot_listen(settings: Settings, error: OSError) -> Fault:
    host, port = settings.web_server_host, settings.web_server_port
    if error.errno == errno.EADDRINUSE:
        return SETTING_WRONG.of(what=f"WEB_SERVER_PORT: another program listens on port {port} of {host}")
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
    return SETTING_WRONG.of(
        what=f"WEB_SERVER_HOST, WEB_SERVER_PORT: nothing can listen on port {port} of {host}: {why}"
    )


def _stand_in(settings: Settings, key: bytes) -> web.Application:
    app = web.Application()
    app[PROXIES], app[DOCTORS_KEY] = Proxies(settings.trusted_proxies or ()), key

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"}, headers=told(request))

    async def socket(request: web.Request) -> web.WebSocketResponse:
        greeting = web.WebSocketResponse()
        await greeting.prepare(request)
        await greeting.send_str("0{}")
        await greeting.close()
        return greeting

    prefix = yarl.URL(settings.public_url or "").path.rstrip("/")
    for path in {"", prefix}:
        app.router.add_get(f"{path}/healthz", healthz)
        app.router.add_get(f"{path}/socket.io/", socket)
    return app
