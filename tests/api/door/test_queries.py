"""Parameters that nobody knows are refused on every route: no list looks filtered that is not."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from api.app import ROUTES
from api.door.routes import AnyRoute
from tests.api.stage import Stage

ADMIN = {"role": "ADMIN"}
GETS = [it for it in ROUTES if it.method == "GET"]
CHANGES = [it for it in ROUTES if it.method != "GET"]


def filled(route: AnyRoute) -> str:
    return re.sub(r"{\w+}", "1", route.path)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_unknown_parameter_is_refused_as_one(stage: Stage, method: str) -> None:
    for route in GETS:
        answer = await stage.ask(method, f"{filled(route)}?colour=red", "ada", claims=ADMIN)

        assert answer.status == 400, route
        if method == "GET":
            (fault,) = answer.json["errors"]
            assert (answer.json["message"], answer.json["code"]) == ("Invalid query", "query_invalid"), route
            assert (fault["location"], fault["type"]) == ("query.colour", "unknown_parameter"), route


async def test_changes_take_none_either(stage: Stage) -> None:
    for route in CHANGES:
        answer = await stage.ask(route.method, f"{filled(route)}?colour=red", "ada", claims=ADMIN, json={})

        assert answer.status in (400, 415), route


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/api/v1/agents?email=a@b.test", "There are no parameters here"),
        ("/api/v1/users/ann?blocked=1", "There is no such parameter; known are issuer"),
        ("/api/v1/queue?LIMIT=3", "There is no such parameter; known are limit, cursor"),
        ("/api/v1/stats?since=1", "There is no such parameter; known are from, to"),
    ],
)
async def test_it_is_told_which_there_are(stage: Stage, url: str, message: str) -> None:
    answer = await stage.ask("GET", url, "ada", claims=ADMIN)

    assert [it["message"] for it in answer.json["errors"]] == [message]


async def test_each_of_several_is_named(stage: Stage) -> None:
    answer = await stage.ask("GET", "/api/v1/agents?a=1&b=2&a=3", "ada", claims=ADMIN)

    named: list[Any] = [it["location"] for it in answer.json["errors"]]
    assert named == ["query.a", "query.b"]


ODD = {
    "integer": (
        "1_0",
        "+10",
        " 10",
        "10 ",
        "\uff11\uff10",
        "\u0661\u0660",
        "010",
        "1.0",
        "1e1",
        "0x1",
        "",
        "true",
    ),
    "boolean": ("yes", "on", "t", "01", "1.0", "TRUE", " true", ""),
}


FAULTS = {"integer": "int_parsing", "boolean": "bool_parsing"}


@pytest.mark.parametrize("text", ["true", "True", "1", "false", "False", "0"])
async def test_booleans_are_also_written_as_python_and_the_document_of_operators_have_them(
    stage: Stage, text: str
) -> None:
    assert (await stage.ask("GET", f"/api/v1/tickets?unattended={text}", "ada", claims=ADMIN)).status == 200


async def test_numbers_and_booleans_are_written_as_in_json(stage: Stage) -> None:
    document = (await stage.ask("GET", "/openapi.json", None)).json
    parameters = [
        (path, it["name"], it["schema"]["type"])
        for path, operations in document["paths"].items()
        for it in operations.get("get", {}).get("parameters", ())
        if it["in"] == "query" and it["schema"].get("type") in ODD
    ]
    assert {kind for _, _, kind in parameters} == set(ODD)

    for path, name, kind in parameters:
        for text in ODD[kind]:
            url = f"{re.sub(r'{.+?}', '1', path)}?{urlencode({name: text})}"
            answer = await stage.ask("GET", url, "ada", claims=ADMIN)

            assert (answer.status, answer.json["code"]) == (400, "query_invalid"), url
            (fault,) = answer.json["errors"]
            assert (fault["location"], fault["type"]) == (f"query.{name}", FAULTS[kind]), url
