"""Service tokens: a backend that works by itself has limits of its own, and is nobody to requesters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from api.door.auth import SingleIssuer
from tests.api.stage import SECRET, STAFF, TICKETS, Answer, Clock, Stage, listening, token
from tickets.desks.ticket_desk import Desk
from tickets.model import TicketId
from tickets.policy import Rules
from tickets.ports.store import Store

SERVICE: dict[str, Any] = {
    "role": "AGENT",
    "service": True,
    "username": "Shopbackend",
    "email": "shopbackend@example.test",
}
NAME = "hopbackend"
"""Of the service, wherever it stands and however it begins."""


@pytest.fixture
async def serving(store: Store, clock: Clock) -> AsyncIterator[Stage]:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(max_open_tickets=2))
    async with stage.open(verifier=SingleIssuer(SECRET, clock, may_serve=True)):
        yield stage


async def serve(stage: Stage, method: str, path: str, body: Any = None) -> Answer:
    return await stage.ask(method, path, "shopbackend", claims=SERVICE, json=body)


async def said(stage: Stage, ticket: str, content: str = "Your order is on its way") -> Any:
    answer = await serve(stage, "POST", f"{TICKETS}/{ticket}/messages", {"content": content})
    assert answer.status == 201, answer.json
    return answer.json


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({**SERVICE}, 401),
        ({**SERVICE, "service": False}, 200),
        ({**SERVICE, "service": "shop"}, 200),
        ({**SERVICE, "service": 1}, 200),
    ],
)
async def test_services_have_to_be_allowed(stage: Stage, claims: dict[str, Any], status: int) -> None:
    answer = await stage.ask("GET", TICKETS, "shopbackend", claims=claims)

    assert answer.status == status
    assert status == 200 or answer.json["code"] == "service_not_allowed"


@pytest.mark.parametrize(
    ("role", "status"), [("TEMP_USER", 401), ("CUSTOMER", 401), ("AGENT", 200), ("ADMIN", 200)]
)
async def test_a_service_is_of_staff(serving: Stage, role: str, status: int) -> None:
    answer = await serving.ask("GET", TICKETS, "shopbackend", claims={**SERVICE, "role": role})

    assert answer.status == status


async def test_what_a_service_says_moves_no_status_and_is_no_answer(serving: Stage) -> None:
    ticket = await serving.opened()

    message = await said(serving, ticket)

    after = (await serving.ask("GET", f"{TICKETS}/{ticket}")).json
    resolving = await serve(serving, "PATCH", f"{TICKETS}/{ticket}", {"status": "RESOLVED"})
    await serving.answered(ticket)
    await said(serving, ticket)
    later = (await serving.ask("GET", f"{TICKETS}/{ticket}")).json
    assert message["author_type"] == "SYSTEM"
    assert [after[it] for it in ("status", "first_response_at", "message_count")] == ["OPEN", None, 1]
    assert after["read"] == {"requester_seq": 0, "staff_seq": 0}
    assert resolving.status == 403
    assert (later["status"], later["message_count"]) == ("PENDING", 3)


async def test_staff_sees_which_service_it_was(serving: Stage) -> None:
    ticket = await serving.opened()
    await said(serving, ticket)
    await serve(serving, "PATCH", f"{TICKETS}/{ticket}", {"issue_level": "URGENT"})
    await serve(serving, "PATCH", f"{TICKETS}/{ticket}", {"status": "UNRESOLVED", "reason": "No order"})

    history = await serving.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)
    messages = await serving.ask("GET", f"{TICKETS}/{ticket}/messages", "sam", claims=STAFF)
    closed = await serving.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)
    text = await serving.ask("GET", f"{TICKETS}/{ticket}/transcript?format=json", "sam", claims=STAFF)

    service = {"type": "SERVICE", "id": "shopbackend", "name": "Shopbackend"}
    assert [it["actor"] for it in history.json if it["field"] == "issue_level"] == [service]
    assert [(it["author_type"], it["author_name"]) for it in messages.json] == [("SYSTEM", "Shopbackend")]
    assert closed.json["closed_by"] == service
    assert text.json["messages"][0]["author"] == service


async def test_to_requesters_a_service_is_nobody(serving: Stage) -> None:
    ticket = await serving.opened()
    async with listening(serving, query=token()) as ear:
        await ear.until("authorized")
        message = await said(serving, ticket)
        heard = await ear.until("message")
        await serve(serving, "PATCH", f"{TICKETS}/{ticket}/messages/{message['id']}", {"content": "Soon"})
        edited = await ear.until("edit_message")
        await serve(serving, "PATCH", f"{TICKETS}/{ticket}", {"status": "UNRESOLVED", "reason": "No order"})
        closed = await ear.until("ticket_closed")
    formats = [f"/transcript?format={it}" for it in ("html", "json", "txt", "md")]
    texts = []
    for path in (
        TICKETS,
        "/api/v1/events?after=0",
        *(f"{TICKETS}/{ticket}{it}" for it in ("", "/messages", *formats)),
    ):
        async with serving.http.get(path, headers={"Authorization": f"Bearer {token()}"}) as answer:
            assert answer.status == 200
            texts.append(await answer.text())

    assert NAME not in str([*texts, *ear.heard])
    for told in (heard, edited):
        assert [told[it] for it in ("author_type", "author_id", "author_name")] == ["SYSTEM", "", "Guildesk"]
    assert closed["closed_by"] == {"type": "SYSTEM", "id": None, "name": "Guildesk"}


async def test_a_service_opens_for_requesters_without_their_quota(serving: Stage) -> None:
    requester = {"id": "ann", "username": "Ann", "email": "ann@example.test", "role": "CUSTOMER"}
    body = {"topic": "Order", "description": "It is late.", "requester": requester}

    answers = [await serve(serving, "POST", TICKETS, body) for _ in range(5)]

    assert [(it.status, it.json["user_id"]) for it in answers] == [(201, "ann")] * 5
    (opened, *_) = await serving.store.log.events(TicketId(answers[0].json["id"]))
    assert opened.actor.type == "SERVICE"


async def test_limits_of_services_are_twenty_times_as_high(serving: Stage) -> None:
    ticket = await serving.opened()
    path = f"{TICKETS}/{ticket}/messages"

    answers = [await serve(serving, "GET", path) for _ in range(20)]
    person = await serving.ask("GET", path, "sam", claims=STAFF)

    assert {it.status for it in answers} == {200}
    assert answers[0].headers["RateLimit-Policy"] == '"list_messages";q=300;w=60'
    assert person.headers["RateLimit-Policy"] == '"list_messages";q=15;w=60'


async def test_the_operator_says_how_much_higher(store: Store, clock: Clock) -> None:
    verifier = SingleIssuer(SECRET, clock, may_serve=True)
    async with Stage(store, clock).open(verifier=verifier, service_limit=2) as stage:
        statuses = [(await serve(stage, "GET", TICKETS)).status for _ in range(61)]

    assert statuses == [200] * 60 + [429]


async def test_a_service_has_more_sockets_too(store: Store, clock: Clock) -> None:
    verifier = SingleIssuer(SECRET, clock, may_serve=True)
    async with (
        Stage(store, clock).open(verifier=verifier, service_limit=2) as stage,
        AsyncExitStack() as processes,
    ):
        ears = [await processes.enter_async_context(listening(stage)) for _ in range(41)]
        answers = [await ear.authorize(token=token("shopbackend", **SERVICE)) for ear in ears]

    assert [it["ok"] for it in answers] == [True] * 40 + [False]
    assert answers[40]["error"] == "one user has 40 sockets at most"


@pytest.mark.parametrize(("claims", "is_ended"), [(SERVICE, False), (STAFF, True)])
async def test_a_service_may_say_more_at_once(
    store: Store, clock: Clock, claims: dict[str, Any], is_ended: bool
) -> None:
    verifier = SingleIssuer(SECRET, clock, may_serve=True)
    async with (
        Stage(store, clock).open(verifier=verifier, service_limit=2) as stage,
        listening(stage, query=token("shopbackend", **claims)) as ear,
    ):
        await ear.until("authorized")
        for _ in range(450):
            await ear.client.emit("nothing")
        if is_ended:
            await asyncio.wait_for(ear.closed.wait(), 30)
        else:
            assert (await ear.client.call("watch", "all", timeout=30))["ok"]


async def test_nobody_types_or_reads_at_a_service(serving: Stage) -> None:
    ticket = await serving.opened()
    message = await serving.posted(ticket)
    passed: list[object] = []
    stops = [it.listen(passed.append) for it in (serving.store.signals, serving.store.signals.reads)]

    async with listening(serving, query=token("shopbackend", **SERVICE)) as ear:
        await ear.until("authorized")
        asked = {"ticket_id": ticket, "message_id": message}
        answers = [await ear.client.call(name, asked, timeout=30) for name in ("typing", "read")]
    for stop in stops:
        stop()

    assert [it["ok"] for it in answers] == [True, True]
    assert passed == []
    assert (await serving.ask("GET", f"{TICKETS}/{ticket}")).json["read"]["staff_seq"] == 0


async def test_no_ticket_is_assigned_to_a_service(serving: Stage) -> None:
    ticket = await serving.opened()
    by_itself = await serve(serving, "PATCH", f"{TICKETS}/{ticket}", {"assignee": "shopbackend"})
    change = {"assignee": "shopbackend"}
    by_staff = await serving.ask("PATCH", f"{TICKETS}/{ticket}", "sam", claims=STAFF, json=change)

    assert (by_itself.status, by_staff.status) == (400, 400)
