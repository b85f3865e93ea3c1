"""Answers are packed where the client asks for it, and say so truly."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web

from api.door.addresses import PROXIES, Proxies
from api.door.compressing import LEAST, MOST_AT_ONCE
from api.door.cors import Cors
from api.door.edge import add_headers, edge
from api.door.server import serving
from api.door.streaming import stream

TEXT = "What people write compresses well. "
GZIP = {"Accept-Encoding": "gzip"}
SIZES = [LEAST, MOST_AT_ONCE, MOST_AT_ONCE + 1, 3_000_000]


def _answer(request: web.Request) -> dict[str, Any]:
    headers = {"Content-Type": request.query.get("type", "application/json")}
    if etag := request.query.get("etag"):
        headers["ETag"] = etag
    if "ranges" in request.query:
        headers["Accept-Ranges"] = "bytes"
    return {"status": int(request.query.get("status", "200")), "headers": headers}


def _body(request: web.Request) -> bytes:
    size = int(request.query.get("size", "10000"))
    return (TEXT * (size // len(TEXT) + 1)).encode()[:size]


async def _whole(request: web.Request) -> web.Response:
    return web.Response(body=_body(request), **_answer(request))


async def _streamed(request: web.Request) -> web.StreamResponse:
    async def pieces() -> AsyncIterator[bytes]:
        body = _body(request)
        for at in range(0, len(body), 5_000):
            yield body[at : at + 5_000]

    return await stream(request, web.StreamResponse(**_answer(request)), pieces())


@asynccontextmanager
async def asking(**origins: Any) -> AsyncIterator[ClientSession]:
    cors = Cors(origins.get("origins", ["*"]), "http://127.0.0.1")
    app = web.Application(middlewares=[edge(cors, None)])
    app[PROXIES] = Proxies()
    app.router.add_get("/whole", _whole)
    app.router.add_get("/streamed", _streamed)

    async def finish(request: web.Request, response: web.StreamResponse) -> None:
        add_headers(cors, "https://desk.example.test", request, response)

    app.on_response_prepare.append(finish)
    async with (
        serving(app, "127.0.0.1", 0) as port,
        ClientSession(
            f"http://127.0.0.1:{port}", auto_decompress=False, headers={"Accept-Encoding": ""}
        ) as it,
    ):
        yield it


@pytest.mark.parametrize("path", ["/whole", "/streamed"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_packed_answer_is_small_and_the_same(path: str, size: int) -> None:
    async with asking() as session:
        async with session.get(f"{path}?size={size}") as answer:
            plain, plain_headers = await answer.read(), answer.headers
        async with session.get(f"{path}?size={size}", headers={"Accept-Encoding": "br, gzip"}) as answer:
            packed, headers = await answer.read(), answer.headers

    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 5
    assert headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain_headers
    assert headers["Vary"] == plain_headers["Vary"] == "Accept-Encoding"
    assert headers.get("Content-Length", str(len(packed))) == str(len(packed))


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=0.5", True),
        ("*", True),
        ("x-gzip", True),
        ("gzip; q=1.0", True),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("*, gzip;q=0.000", False),
        ("gzip;q=much", False),
        ("gzipped", False),
        ("," * 4_000, False),
    ],
)
@pytest.mark.parametrize("path", ["/whole", "/streamed"])
async def test_only_who_asks_for_it_gets_gzip(path: str, accepted: str, is_packed: bool) -> None:
    async with asking() as session, session.get(path, headers={"Accept-Encoding": accepted}) as answer:
        assert ("Content-Encoding" in answer.headers) is is_packed


@pytest.mark.parametrize(
    "query",
    [
        f"size={LEAST - 1}",
        "type=application/octet-stream",
        "type=image/png",
        "type=text/plain&ranges",
        "status=206",
    ],
)
async def test_what_is_a_file_or_gains_little_is_left_as_it_is(query: str) -> None:
    async with asking() as session, session.get(f"/whole?{query}", headers=GZIP) as answer:
        assert "Content-Encoding" not in answer.headers
        assert await answer.read() == (TEXT * 1_000).encode()[: int(answer.headers["Content-Length"])]


@pytest.mark.parametrize(("etag", "packed_etag"), [('"7"', 'W/"7"'), ('W/"7"', 'W/"7"')])
@pytest.mark.parametrize("path", ["/whole", "/streamed"])
async def test_other_bytes_have_no_strong_etag_in_common(path: str, etag: str, packed_etag: str) -> None:
    async with asking() as session:
        query = {"etag": etag}
        async with session.get(path, params=query) as plain:
            assert plain.headers["ETag"] == etag
        async with session.get(path, params=query, headers=GZIP) as packed:
            assert packed.headers["ETag"] == packed_etag


async def test_head_announces_what_get_sends() -> None:
    async with (
        asking() as session,
        session.head("/whole", headers=GZIP) as told,
        session.get("/whole", headers=GZIP) as got,
    ):
        assert told.headers["Content-Length"] == got.headers["Content-Length"]
        assert told.headers["Content-Encoding"] == got.headers["Content-Encoding"] == "gzip"


async def test_answers_vary_by_origin_too() -> None:
    async with asking(origins=["https://app.example"]) as session, session.get("/whole") as answer:
        assert answer.headers["Vary"] == "Origin, Accept-Encoding"
