"""The contract's page: complete, and true of the program."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import jwt
import pytest
from aiohttp import web

from api.app import ROUTES, build
from api.door.auth import SingleIssuer, TokenFault
from api.door.errors import (
    HTTP_FAULTS,
    REFUSALS,
    ApiError,
    ErrorBody,
    RateLimited,
    answer_to,
    status_of,
)
from api.door.limits import UNAUTHORIZED
from api.door.routes import Route, Who
from api.door.server import serving
from api.live.refusals import SocketRefusal
from api.live.socket_events import SOCKET_EVENTS
from api.options import ApiOptions, Process
from tests.api.stage import TICKETS
from tests.docs.pages import CONTRACT, blocks, names, rows, section
from tests.new_stores import open_new_sqlite
from tickets.desks.ticket_desk import Desk
from tickets.model import Delivery, Status
from tickets.policy import MOVES, Rules
from tickets.ports.channels import ChannelState
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.refusals import Refusal
from wire.objects import MessageBody
from wire.ticket_bodies import TicketBody

Kind = TypeVar("Kind")

TEXT = CONTRACT.read_text("utf-8")
SECRET = "a secret of more than thirty-two bytes"
PUBLIC_URL = "https://support.example.com"
NOON = 1_800_000_000_000
CASEY = {"id": "casey", "username": "Casey Customer", "email": "casey@example.test", "role": "CUSTOMER"}
ADDRESSES = {"id", "ticket_id", "created_at", "updated_at"}
"""What is another at each run."""

ENDPOINTS = {
    (method, path): row
    for row in rows(section(CONTRACT, "Endpoints"))
    for method, path in (it.split(" ", 1) for it in names(row[0]))
}


def clock() -> int:
    return NOON


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, clock) as store:
        yield store


@pytest.fixture
def app(store: Store) -> web.Application:
    tell_time: Clock = clock
    desk = Desk(store, tell_time, Rules())
    return build(
        desk,
        store,
        SingleIssuer(SECRET, tell_time),
        tell_time,
        ApiOptions(public_url=PUBLIC_URL, process=Process(discord_fault=lambda: "not connected")),
    )


def test_every_route_is_described_and_every_described_one_is_there(app: web.Application) -> None:
    routes = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    without_slash = {it for it in routes if (it[0], it[1].rstrip("/")) not in routes - {it}}

    assert without_slash == set(ENDPOINTS)


WORDS = {Who.STAFF: "staff: ", Who.ADMINS: "admins: "}


@pytest.mark.parametrize("route", [it for it in ROUTES if isinstance(it, Route)])
def test_limits_and_who_may_are_as_told(route: Route) -> None:
    _, limit, answer, _ = ENDPOINTS[route.method, route.path]

    assert limit == str(route.limit)
    assert [word for word in WORDS.values() if answer.startswith(word)] == [
        word for who, word in WORDS.items() if who is route.who
    ]


def test_the_limit_of_strangers_is_as_told() -> None:
    assert f"limited to {UNAUTHORIZED} and address" in section(CONTRACT, "Limits and headers")


def test_every_error_that_the_api_can_give_is_listed() -> None:
    away = answer_to(StoreUnavailable("away"))
    assert away is not None
    can_be = {
        *((kind.status, kind.error) for kind in _below(ApiError)),
        *REFUSALS.values(),
        *((status, name) for status, (name, _) in HTTP_FAULTS.items()),
        (away.status, json.loads(away.text or "")["error"]),
    }

    listed = {
        (int(row[0]), names(row[1])[0])
        for row in rows(section(CONTRACT, "Errors (Fixed)"))
        if row[0].isdigit()
    }

    assert listed == can_be


def test_the_two_messages_that_are_quoted_are_the_programs() -> None:
    told = section(CONTRACT, "Errors (Fixed)")

    opening = next(it.limit for it in ROUTES if (it.method, it.path) == ("POST", TICKETS))

    assert f'"{RateLimited(str(opening), {})}"' in told
    assert '"Invalid form of body"' in told


def test_every_code_is_listed_with_its_status_its_cause_and_its_cure() -> None:
    away = answer_to(StoreUnavailable("away"))
    assert away is not None
    can_be = {
        *((it.value, 401) for it in TokenFault),
        *((kind.code, status_of(kind)[0]) for kind in _below(Refusal) if not kind.__subclasses__()),
        *((kind.code, kind.status) for kind in _below(ApiError) if "code" in vars(kind)),
        *((name.lower(), status) for status, (name, _) in HTTP_FAULTS.items()),
        (json.loads(away.text or "")["code"], away.status),
        *((kind.code, "socket") for kind in _below(SocketRefusal)),
    }
    table = rows(section(CONTRACT, "Codes (Grown)"))

    assert sorted((names(code)[0], status) for code, status, _, _ in table) == sorted(
        (code, str(status)) for code, status in can_be
    )
    assert [code for code, _, cause, cure in table if not (cause.endswith(".") and cure.endswith("."))] == []


@pytest.mark.parametrize(("heading", "model"), [("Ticket", TicketBody), ("Message", MessageBody)])
def test_every_field_is_described(heading: str, model: type[TicketBody | MessageBody]) -> None:
    described = [name for row in rows(section(CONTRACT, heading)) for name in names(row[0])]

    assert sorted(described) == sorted(model.model_fields)


def test_every_event_of_the_sockets_is_listed() -> None:
    listed = {names(row[0])[0] for row in rows(section(CONTRACT, "Sockets"))}

    assert listed == {it.name for it in SOCKET_EVENTS}


def test_statuses_and_deliveries_are_those_of_the_desk() -> None:
    told = names(section(CONTRACT, "Statuses"))
    states = [names(row[0])[0] for row in rows(section(CONTRACT, "Delivery")) if row[0].startswith("`")]

    assert set(Status) <= set(told)
    assert set(states) - {"discord.state"} == {*Delivery, *ChannelState}
    moves = {(row[0], row[1], row[2]) for row in rows(section(CONTRACT, "Statuses"))}
    assert len(moves) == len(MOVES) - 1, "OPEN and PENDING share a row"


async def test_the_examples_are_what_happens(app: web.Application) -> None:
    spoken = blocks(TEXT, "http")
    assert len(spoken) > 15
    token = jwt.encode(CASEY, SECRET, "HS256")
    ids: dict[str, str] = {}
    async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as session:
        for request, told in zip(spoken[::2], spoken[1::2], strict=True):
            line, headers, body = _parsed(_with(request, ids).replace("<token>", token))
            method, path = line.split()
            async with session.request(
                method, f"http://127.0.0.1:{port}{path}", headers=headers, data=body
            ) as answer:
                given = await answer.json()
                line, expected_headers, expected = _parsed(told)

                assert line == f"HTTP/1.1 {answer.status} {answer.reason}", given
                assert {it: answer.headers[it] for it in expected_headers} == expected_headers
                _must_be_alike(json.loads(expected), given, ids)


def _parsed(text: str) -> tuple[str, dict[str, str], str]:
    """The first line, the headers, the body."""
    head, _, body = text.partition("\n\n")
    first, *headers = head.strip().splitlines()
    return first, dict(it.split(": ", 1) for it in headers), body


def _with(text: str, ids: Mapping[str, str]) -> str:
    for told, given in ids.items():
        text = text.replace(told, given)
    return text


def _must_be_alike(told: Any, given: Any, ids: dict[str, str], where: str = "") -> None:
    """Equal but for ids and times, which are learned or left."""
    if isinstance(told, dict):
        assert set(told) == set(given), where
        for name, value in told.items():
            if name == "id" and name in ADDRESSES and isinstance(value, str):
                ids.setdefault(value, given[name])
            if name in ADDRESSES:
                assert type(value) is type(given[name]), f"{where}.{name}"
            else:
                _must_be_alike(value, given[name], ids, f"{where}.{name}")
    elif isinstance(told, list):
        assert len(told) == len(given), where
        for number, (one, other) in enumerate(zip(told, given, strict=True)):
            _must_be_alike(one, other, ids, f"{where}[{number}]")
    else:
        assert told == given, where


def _below(kind: type[Kind]) -> set[type[Kind]]:
    return {it for child in kind.__subclasses__() for it in {child, *_below(child)}}


def test_errors_have_the_shape_that_is_told() -> None:
    assert [
        name for name in ErrorBody.model_fields if name not in names(section(CONTRACT, "Errors (Fixed)"))
    ] == []
