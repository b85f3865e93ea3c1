"""The AsyncAPI document is valid, complete, and true of what is really sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from api.documents.asyncapi import EventDocument
from api.live.socket_events import SOCKET_EVENTS, Direction
from notify.webhooks.rendering import Rendering
from notify.webhooks.wanted_events import WantedEvents
from tests.api.stage import Clock, Stage, listening, token
from tests.contract.acts import append, note, open_ticket, post
from tests.new_stores import open_new_sqlite
from tests.notify.webhooks.backend import endpoint
from tests.people import ANN, BEN, SAM_ANSWERS
from tickets.event_kinds import webhook_of
from tickets.events import Change, FeedbackGiven, LabelsChanged, TicketChanged, TicketClosed
from tickets.file_urls import FileUrls
from tickets.model import Status, TicketId
from tickets.ports.webhooks import new_delivery
from tickets.webhooks import About, WebhookType

DOCUMENT = EventDocument("https://support.example.com/in").json
SCHEMA = Path(__file__).parents[2] / "webhook_receiver/node_modules/@asyncapi/specs/schemas"
needs_schema = pytest.mark.skipif(
    not SCHEMA.is_dir(),
    reason="the schema of AsyncAPI is missing: install Node.js 18 or newer with npm "
    "(Debian: apt install nodejs npm), then `make test` installs it",
)


def validator(message: str) -> Draft202012Validator:
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": DOCUMENT["components"]})


@needs_schema
def test_it_is_valid() -> None:
    schema = json.loads((SCHEMA / "3.0.0-without-$id.json").read_text())

    faults = [f"{[*it.path]}: {it.message[:200]}" for it in Draft7Validator(schema).iter_errors(DOCUMENT)]

    assert faults == []


def test_all_that_it_refers_to_is_there() -> None:
    def looked_up(ref: str) -> Any:
        found: Any = DOCUMENT
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        return found

    def refs(it: Any) -> list[str]:
        if isinstance(it, dict):
            own = [it["$ref"]] if "$ref" in it else []
            return own + [ref for value in it.values() for ref in refs(value)]
        return [ref for value in it for ref in refs(value)] if isinstance(it, list) else []

    assert len(refs(DOCUMENT)) > 100
    assert all(looked_up(ref) for ref in refs(DOCUMENT))


def test_every_socket_event_and_every_webhook_is_in_it() -> None:
    operations, messages = DOCUMENT["operations"], DOCUMENT["components"]["messages"]
    told = {it["$ref"].rpartition("/")[2] for it in operations["tell"]["messages"]}
    asked = {name.removeprefix("ask.") for name in operations if name.startswith("ask.")}

    assert told == {it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_SERVER}
    assert asked == {it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_CLIENT}
    assert {it["name"] for name, it in messages.items() if name.startswith("webhook.")} == {*WebhookType}


def test_it_says_where_clients_connect() -> None:
    server = DOCUMENT["servers"]["sockets"]

    assert (server["protocol"], server["host"], server["pathname"]) == (
        "wss",
        "support.example.com",
        "/in/socket.io/",
    )
    assert EventDocument("http://127.0.0.1:5000").json["servers"]["sockets"]["protocol"] == "ws"


async def test_it_is_served_and_can_be_closed(stage: Stage, store: Any, clock: Clock) -> None:
    answer = await stage.ask("GET", "/asyncapi.json", None)
    async with Stage(store, clock).open(with_docs=False) as closed:
        refused = await closed.ask("GET", "/asyncapi.json", None)

    assert answer.json["asyncapi"] == "3.0.0"
    assert refused.status == 404


async def test_what_webhooks_really_say_fits(tmp_path: Path, clock: Clock) -> None:
    wanted = WantedEvents()
    to = endpoint("https://shop.example.com")
    async with open_new_sqlite(tmp_path, clock, sinks=(wanted.listening,)) as store:
        rendering = Rendering(store, FileUrls("https://support.example.com", store.deployment.secret))
        ticket = await open_ticket(store)
        await post(store, ticket)
        await note(store, ticket)
        await append(store, ticket.id, LabelsChanged(added=("hot",)), SAM_ANSWERS)
        level = Change("issue_level", "NORMAL", "URGENT")
        await append(store, ticket.id, TicketChanged((level,)), SAM_ANSWERS)
        await append(store, ticket.id, TicketClosed(Status.RESOLVED, "done"), SAM_ANSWERS)
        await append(store, ticket.id, FeedbackGiven(5))
        deliveries = [
            new_delivery(to, ticket.id, event.seq, type_, ANN.key, clock())
            for event in await store.log.events(ticket.id)
            if (type_ := webhook_of(event)) is not None
        ]
        about = About(BEN.key, ANN.key)
        deliveries += [
            new_delivery(to, TicketId("user-1"), 1, WebhookType.USER_MERGED, BEN.key, clock(), about),
            new_delivery(to, TicketId("test-1"), 1, WebhookType.TEST, None, clock()),
        ]
        bodies = [(it.type, await rendering.body(it)) for it in deliveries]

    assert len(bodies) == 9
    for type_, body in bodies:
        faults = [it.message for it in validator(f"webhook.{type_}").iter_errors(json.loads(body or ""))]
        assert faults == [], (type_, body)


async def test_what_sockets_really_say_fits(stage: Stage) -> None:
    ticket = await stage.opened()
    async with listening(stage, query=token()) as ear:
        await ear.until("authorized")
        await stage.answered(ticket)
        await ear.until("message")

        for name, payload in ear.heard:
            assert [it.message for it in validator(name).iter_errors(payload)] == [], (name, payload)
        assert {"authorized", "message"} <= {*ear.names}
