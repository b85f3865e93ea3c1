"""The OpenAPI document: valid, complete, and true of the program."""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

import api
from api import resources
from api.app import ROUTES
from api.documents.documented import documentation_of
from api.documents.openapi import Document
from api.documents.texts import ERRORS
from api.door.errors import HTTP_FAULTS, REFUSALS
from api.door.metrics import SOCKETS
from api.door.routes import Who
from api.live.socket_events import SOCKET_EVENTS, Direction
from tests.api.stage import TICKETS, Stage
from tickets.event_kinds import EVENT_KINDS, Told

DOCUMENT = Document(ROUTES, "https://desk.example.test/in")
SPEC = DOCUMENT.json
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, operations in SPEC["paths"].items()
    for method, operation in operations.items()
]
by_operation = pytest.mark.parametrize(
    "operation", [it for _, it in OPERATIONS], ids=[name for name, _ in OPERATIONS]
)


async def test_it_is_served_to_everybody(stage: Stage) -> None:
    answer = await stage.ask("GET", "/openapi.json", None)

    assert answer.status == 200
    assert answer.json == SPEC


def test_it_is_valid() -> None:
    validate(SPEC)


async def test_every_route_that_is_served_is_in_it(stage: Stage) -> None:
    listed = {(method.upper(), path) for path, them in SPEC["paths"].items() for method in them}
    served = {
        (route.method, route.resource.canonical.rstrip("/"))
        for route in stage.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert {it for it in served if it[1] != SOCKETS} == listed


@pytest.mark.parametrize("handler", [it.handler for it in ROUTES])
def test_every_route_is_documented_beside_its_handler(handler: Any) -> None:
    assert documentation_of(handler).summary


def test_every_handler_of_a_resource_is_served() -> None:
    """Each file in ``api/resources`` brings its own."""
    modules = [import_module(f"api.resources.{it.name}") for it in iter_modules(resources.__path__)]
    handlers = {
        function
        for module in modules
        for _, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and is_documented(function)
    }

    assert handlers == {it.handler for it in ROUTES}


def is_documented(function: Any) -> bool:
    with suppress(LookupError):
        return bool(documentation_of(function))
    return False


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(names) == len(set(names))


@by_operation
def test_parameters_and_answers_are_described(operation: Mapping[str, Any]) -> None:
    assert all(it["description"] for it in operation["parameters"])
    assert all("$ref" in it or it["description"] for it in operation["responses"].values())
    assert any(status < "400" for status in operation["responses"])


def examples() -> Iterator[tuple[Any, Any]]:
    """Every schema with an example of it."""
    yield from ((it, it["examples"][0]) for it in SPEC["components"]["schemas"].values() if "examples" in it)
    for _, operation in OPERATIONS:
        for told in (operation.get("requestBody", {}), *operation["responses"].values()):
            for content in told.get("content", {}).values():
                if "example" in content:
                    yield content["schema"], content["example"]
    yield from ((it["payload"], it["example"]) for it in SPEC["x-socket-events"].values())


def test_examples_are_what_their_schemas_say() -> None:
    for schema, example in examples():
        within = Draft202012Validator({**schema, "components": SPEC["components"]})
        assert [*within.iter_errors(example)] == [], (schema, example)
    assert len([*examples()]) > 200


def bodies() -> Iterator[tuple[str, Any]]:
    """The schemas of everything that clients send, with those that they refer to."""
    told = [
        content["schema"]
        for _, operation in OPERATIONS
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    told += [
        it["payload"] for it in SPEC["x-socket-events"].values() if it["direction"] == Direction.TO_SERVER
    ]
    names: set[str] = set()
    while told:
        for name in set(re.findall(r"#/components/schemas/(\w+)", str(told.pop()))) - names:
            names.add(name)
            told.append(SPEC["components"]["schemas"][name])
    return ((name, SPEC["components"]["schemas"][name]) for name in sorted(names))


def test_what_a_request_leaves_out_no_generated_client_sends() -> None:
    """A default would be sent by it, and ``"assignee": null`` releases the ticket."""
    fields = [
        (name, field, told)
        for name, schema in bodies()
        for field, told in schema.get("properties", {}).items()
    ]

    assert len(fields) > 20
    assert [(name, field) for name, field, told in fields if "default" in told] == []
    assert "assignee" not in SPEC["components"]["schemas"]["TicketChanges"].get("required", [])


def test_requests_and_answers_are_separate() -> None:
    sent = {name for name, schema in bodies() if "properties" in schema}
    answers = str([it["responses"] for _, it in OPERATIONS]) + str(SPEC["components"]["responses"])

    assert sent & set(re.findall(r"#/components/schemas/(\w+)", answers)) == set()


def test_what_an_answer_always_has_is_required_and_what_may_be_missing_is_never_null() -> None:
    sent = {name for name, _ in bodies()}
    for name, schema in SPEC["components"]["schemas"].items():
        if name not in sent:
            for field, told in schema.get("properties", {}).items():
                assert "default" not in told, (name, field)
                assert field in schema["required"] or {"type": "null"} not in told.get("anyOf", []), (
                    name,
                    field,
                )


def test_values_of_enums_have_names_in_generated_code() -> None:
    for name, schema in SPEC["components"]["schemas"].items():
        for value, called in zip(
            schema.get("enum", []), schema.get("x-enum-varnames", schema.get("enum", [])), strict=True
        ):
            assert re.fullmatch("[A-Za-z][A-Za-z0-9_]*", called), (name, value)


def test_every_error_is_described() -> None:
    described = {(status, name) for status, (name, *_) in ERRORS.items()}

    assert {*REFUSALS.values(), *((status, name) for status, (name, _) in HTTP_FAULTS.items())} <= described


def test_a_token_is_needed_where_the_document_says_so() -> None:
    open_ones = {operation["operationId"] for _, operation in OPERATIONS if operation.get("security") == []}

    assert SPEC["security"] == [{"token": []}]
    assert open_ones == {it.handler.__name__ for it in ROUTES if it.who is Who.ANYBODY}


def test_every_event_of_the_sockets_is_in_it(stage: Stage) -> None:
    told = {it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_CLIENT}

    assert told == set(_handled_by_sockets(stage)) - {"connect", "disconnect"}
    assert set(SPEC["x-socket-events"]) == {it.name for it in SOCKET_EVENTS}
    assert all(it.summary for it in SOCKET_EVENTS)


def test_whatever_is_said_to_clients_is_in_it() -> None:
    told = {it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_SERVER}
    calls = [
        call.args[1]
        for path in (Path(api.__file__).parent / "live").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("_emit", "emit")
    ]
    names = {it.value for it in calls if isinstance(it, ast.Constant)}
    others = [ast.unparse(it) for it in calls if not isinstance(it, ast.Constant)]

    assert names == {"authorized", "blocked", "error", "typing", "read", "notification"}
    assert others == ["*await payloads.of(fed)"]
    assert told == names | {it.name for it in EVENT_KINDS.values() if it.told is not Told.NOBODY}


async def test_the_validating_models_are_those_that_are_told(stage: Stage) -> None:
    """A body that the document refuses is refused, and its example is taken."""
    told = SPEC["paths"][TICKETS]["post"]["requestBody"]["content"]["application/json"]
    example = told["example"]

    taken = await stage.ask("POST", TICKETS, json=example)
    refused = await stage.ask("POST", TICKETS, json={**example, "topic": "x" * 101})

    assert (taken.status, refused.status) == (201, 400)


def _handled_by_sockets(stage: Stage) -> Iterator[str]:
    (route,) = (
        it for it in stage.app.router.routes() if it.method == "GET" and "socket.io" in str(it.resource)
    )
    live: Any = getattr(route.handler, "__self__")  # noqa: B009  mypy knows functions only
    yield from live._server.handlers["/"]


def test_events_are_told_apart_by_their_name() -> None:
    schemas = SPEC["components"]["schemas"]
    told = schemas["Event"]["discriminator"]
    names = {name: schemas[name]["properties"]["event"]["enum"] for name in ("TicketEvent", "MessageEvent")}

    assert told["propertyName"] == "event"
    assert set(told["mapping"]) == {it.name for it in EVENT_KINDS.values()}
    assert {it: ref.rpartition("/")[2] for it, ref in told["mapping"].items()} == {
        it: name for name, those in names.items() for it in those
    }
    assert {"message", "note"} <= set(names["MessageEvent"])
