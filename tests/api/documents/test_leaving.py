"""What goes says so, to whoever uses it and in the document; and nothing else does."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated

import pytest
from aiohttp import web
from pydantic import BaseModel

from api.app import ROUTES
from api.documents.documented import documentation_of, documented
from api.documents.leaving import Leaving, leaving_fields
from api.documents.openapi import Document
from api.door.answers import json_answer
from api.door.bodies import body_of
from api.door.queries import query_of
from api.door.routes import API, reads, writes
from tests.api.stage import Answer, Clock, Stage
from tickets.model import Caller
from tickets.ports.store import Store

LATER = Leaving(date(2027, 1, 1), date(2029, 1, 1), "`GET /new`")
SOON = Leaving(date(2027, 1, 1), date(2028, 1, 1), "`new`")


class OldQuery(BaseModel, extra="forbid"):
    old: Annotated[int | None, SOON] = None
    new: int | None = None


class SaidBody(BaseModel):
    pass


class OldBody(BaseModel, extra="forbid"):
    old: Annotated[int | None, SOON] = None
    new: int | None = None


@documented("Read what goes", query=OldQuery, answer=SaidBody)
async def list_old(request: web.Request, _: Caller) -> web.Response:
    """``GET /old``"""
    query_of(request, OldQuery)
    return json_answer("{}", headers={"Link": '<https://desk.example.test/next>; rel="next"'})


@documented("Write what stays", body=OldBody, answer=SaidBody)
async def write_old(request: web.Request, _: Caller) -> web.Response:
    """``POST /staying``"""
    await body_of(request, OldBody)
    return json_answer("{}")


GOES = (
    reads(f"{API}/old", list_old, leaving=LATER),
    writes("POST", f"{API}/staying", write_old),
)


def told(answer: Answer) -> tuple[date | None, date | None]:
    """Since when, and until when."""
    since, until = answer.headers.get("Deprecation"), answer.headers.get("Sunset")
    if since is None or until is None:
        assert since is until
        return None, None
    assert re.fullmatch("@[0-9]+", since), "a date of RFC 9651"
    return datetime.fromtimestamp(int(since[1:]), UTC).date(), parsedate_to_datetime(until).date()


async def test_who_uses_what_goes_is_told_in_every_answer(store: Store, clock: Clock) -> None:
    async with Stage(store, clock).open(routes=(*ROUTES, *GOES)) as stage:
        route = await stage.ask("GET", f"{API}/old")
        field = await stage.ask("GET", f"{API}/old?old=1")
        refused = [await stage.ask("GET", f"{API}/old?x=1"), await stage.ask("GET", f"{API}/old", None)]
        stays = await stage.ask("POST", f"{API}/staying", json={"new": 1})
        written = await stage.ask("POST", f"{API}/staying", json={"old": 1})
        others = [await stage.ask("GET", f"{API}/tickets"), await stage.ask("GET", "/healthz", None)]
        document = await stage.ask("GET", "/openapi.json", None)

    assert told(route) == (LATER.since, LATER.until)
    assert told(field) == (SOON.since, SOON.until), "what goes first is told"
    assert [told(it) for it in refused] == [(LATER.since, LATER.until)] * 2
    assert told(written) == (SOON.since, SOON.until)
    assert [told(it) for it in (stays, *others)] == [(None, None)] * 3
    links = route.headers.getall("Link")
    assert [it.partition("rel=")[2].partition(";")[0] for it in links] == ['"next"', '"deprecation"']
    assert "Deprecation" in route.headers["Access-Control-Expose-Headers"], "pages may read it"
    old = document.json["paths"][f"{API}/old"]["get"]
    assert old["deprecated"] is True
    assert "2029-01-01" in old["description"]
    assert {it["name"]: it.get("deprecated", False) for it in old["parameters"] if it["in"] == "query"} == {
        "old": True,
        "new": False,
    }
    assert {"Deprecation", "Sunset"} <= old["responses"]["200"]["headers"].keys()
    body = document.json["components"]["schemas"]["Old"]["properties"]
    assert {name: it.get("deprecated", False) for name, it in body.items()} == {"old": True, "new": False}
    assert "deprecated" not in document.json["paths"][f"{API}/staying"]["post"]


def test_nothing_goes_without_a_year_of_notice() -> None:
    with pytest.raises(ValueError, match="365 days"):
        Leaving(date(2027, 1, 1), date(2027, 12, 31), "`new`")


def models() -> Iterator[type[BaseModel]]:
    """Every body and query of today's routes."""
    for route in ROUTES:
        said = documentation_of(route.handler)
        yield from (it for it in (said.body, said.query) if it is not None)


def test_the_changelog_of_the_api_names_whatever_goes() -> None:
    page = Path("docs/api-changes.md").read_text()
    names = [f"`{it.method} {it.path}`" for it in ROUTES if it.leaving is not None]
    names += [f"`{name}`" for model in models() for name in leaving_fields(model)]
    goes = page.partition("## What goes")[2]

    assert [name for name in names if name not in goes] == []
    assert bool(names) != ("Nothing at present." in goes)
    document = Document(ROUTES, "https://desk.example.test").raw
    assert (b'"deprecated"' in document) == bool(names)
