"""Every "no", in the one shape."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.door.errors import ErrorBody, status_of
from tests.api.stage import TICKETS, Clock, Stage
from tickets.ports.store import Store, StoreUnavailable
from tickets.refusals import Refusal


def all_refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from all_refusals(child)


@pytest.mark.parametrize("refusal", sorted(set(all_refusals()), key=str))
def test_every_refusal_has_an_answer(refusal: type[Refusal]) -> None:
    status, error = status_of(refusal)

    assert 400 <= status < 500
    assert error == error.upper()


@pytest.mark.parametrize(
    "path", ["/", "/nope", "/api/v1", "/api/v2/tickets", f"{TICKETS}/a/b/c/d", "//", "/%00"]
)
async def test_unknown_paths_are_404(stage: Stage, path: str) -> None:
    answer = await stage.ask("GET", path, None)

    assert answer.status == 404
    assert answer.json["error"] == "NOT_FOUND"
    ErrorBody.model_validate(answer.json)


async def test_a_wrong_method_is_405_and_the_right_ones_are_told(stage: Stage) -> None:
    answer = await stage.ask("PUT", TICKETS)

    assert (answer.status, answer.json["error"]) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(",")) == {"GET", "HEAD", "POST"}


async def test_what_is_no_http_is_answered_in_our_shape(stage: Stage) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nHost\r\n\r\n")
    answer = await reader.read()
    writer.close()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert b" 400 " in head
    assert b"X-Request-ID: " in head
    assert ErrorBody.model_validate_json(body).error == "BAD_REQUEST"


class Broken:
    """A part of the store that raises, whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: Any, **__: Any) -> None:
            raise self._error

        return fail


async def test_a_store_that_is_away_is_503(store: Store, clock: Clock) -> None:
    away: Any = Broken(StoreUnavailable("/secret/path/desk.db is locked"))

    async with Stage(replace(store, log=away, views=away), clock).open() as stage:
        posted = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"})
        listed = await stage.ask("GET", TICKETS)
        healthy = await stage.ask("GET", "/healthz", None)

    for answer in (posted, listed):
        assert answer.status == 503
        assert answer.json["error"] == "UNAVAILABLE"
        assert "secret" not in answer.json["message"]
        assert int(answer.headers["Retry-After"]) > 0
    assert healthy.status == 200


async def test_a_fault_of_ours_is_500_and_is_told_to_the_log_alone(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Any = Broken(RuntimeError("SELECT secret FROM people"))

    async with Stage(replace(store, views=broken), clock).open() as stage:
        answer = await stage.ask("GET", TICKETS, headers={"X-Request-ID": "find-me"})

    assert answer.status == 500
    assert answer.json == {
        "error": "INTERNAL_SERVER_ERROR",
        "message": "Something went wrong on our side.",
        "code": "internal_server_error",
    }
    assert answer.headers["X-Request-ID"] == "find-me"
    assert "SELECT secret" in caplog.text


async def test_log_lines_hold_no_secret(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "api")
    await stage.ask("GET", f"{TICKETS}?token=hush-query", headers={"X-Request-ID": "id-of-this"})
    await stage.ask("GET", "/files/abc/hush-signature/name.png")
    await stage.ask("GET", "/files/abc/hush-mistyped")
    await stage.ask("GET", "/socket.io/?EIO=4&transport=polling&token=hush-socket")

    lines = [record.getMessage() for record in caplog.records if record.name == "api.door.server"]
    assert len(lines) == 4
    assert f"GET {TICKETS} 400" in lines[0]
    assert "id-of-this" in [getattr(it, "request_id", None) for it in caplog.records]
    assert not [line for line in lines if "hush" in line]
