"""Blocked means blocked: by every method of every route, and by every socket event, a user who is blocked may
read, delete own messages and close without words, and nothing else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import FormData

from api.app import ROUTES
from api.door.routes import Route
from api.live.socket_events import SOCKET_EVENTS, Direction
from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage, listening, token
from tickets.desks.canned_desk import CannedDesk
from tickets.desks.time_desk import TimeDesk
from tickets.model import TicketId, UserKey
from tickets.ports.store import Store
from tickets.ports.users import Block
from tickets.refusals import UserIsBlocked

ANN = UserKey("default", "ann")
API = "/api/v1"
TICKET = f"{API}/tickets/{{ticket_id}}"
MESSAGE = f"{TICKET}/messages/{{message_id}}"

CHANGES: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("POST", f"{API}/tickets"): ({"topic": "Again", "description": "And again."},),
    ("POST", f"{TICKET}/messages"): ({"content": "Hello!"},),
    ("PATCH", MESSAGE): ({"content": "Other words"},),
    ("PATCH", TICKET): (
        {"topic": "Other words"},
        {"topic": "It is broken"},
        {"description": "Other words"},
        {"status": "RESOLVED", "reason": "Last words"},
        {"status": "CANCELED", "reason": "Last words"},
    ),
    ("POST", f"{API}/attachments"): ("a file",),
    ("DELETE", f"{API}/attachments/{{attachment_id}}"): (None,),
    ("POST", f"{TICKET}/notes"): ({"content": "Psst"},),
    ("POST", f"{TICKET}/merge"): ({"from": "2"},),
    ("POST", f"{TICKET}/escalate"): ({}, {"note": "Words"}),
    ("POST", f"{TICKET}/snooze"): ({"until": 4_000_000_000},),
    ("DELETE", f"{TICKET}/snooze"): (None,),
    ("PUT", f"{TICKET}/labels/{{label}}"): (None,),
    ("DELETE", f"{TICKET}/labels/{{label}}"): (None,),
    ("PUT", f"{TICKET}/links/{{other}}"): (None,),
    ("DELETE", f"{TICKET}/links/{{other}}"): (None,),
    ("PUT", f"{TICKET}/subscribers/{{agent_id}}"): (None,),
    ("DELETE", f"{TICKET}/subscribers/{{agent_id}}"): (None,),
    ("POST", f"{TICKET}/ask-close"): (None,),
    ("POST", f"{API}/canned"): ({"name": "other", "content": "Words"},),
    ("PATCH", f"{API}/canned/{{name}}"): ({"content": "Other words"},),
    ("DELETE", f"{API}/canned/{{name}}"): (None,),
    ("POST", f"{TICKET}/canned/{{name}}"): (None,),
    ("POST", f"{API}/stats/refresh"): (None,),
    ("POST", f"{API}/notifications"): ({"user_id": "ann", "channel": "in_app", "text": "Words"},),
    ("POST", f"{API}/notifications/read"): ({"upto": "n1"},),
    ("POST", f"{API}/notifications/{{notification_id}}/read"): (None,),
    ("POST", f"{API}/notifications/{{notification_id}}/retry"): (None,),
    ("PUT", f"{API}/me/notifications"): ({"answer": []},),
    ("POST", f"{TICKET}/ask-close/answer"): ({"accept": False},),
    ("POST", f"{TICKET}/feedback"): ({"rating": 1}, {"rating": 1, "comment": "Words"}),
    ("DELETE", f"{TICKET}/feedback"): (None,),
    ("PUT", f"{API}/agents/{{agent_id}}"): ({"on_duty": True},),
    ("DELETE", f"{API}/agents/{{agent_id}}"): (None,),
    ("PATCH", f"{API}/users/{{user_id}}"): ({"blocked": False}, {"note": "Nice"}),
    ("POST", f"{API}/users/{{user_id}}/merge"): ({"from": "gus"},),
    ("PATCH", f"{API}/me"): ({"username": "Anna"},),
    ("DELETE", f"{API}/me"): (None,),
    ("POST", f"{API}/me/email/confirm"): (None,),
    ("POST", f"{API}/me/phone"): (None,),
    ("POST", f"{API}/me/phone/confirm"): ({"code": "01234567"},),
    ("POST", f"{API}/me/claim"): ({"guest_token": "none"},),
    ("PATCH", f"{API}/accounts/{{account_id}}"): ({"disabled": True},),
    ("POST", f"{API}/webhooks"): ({"url": "https://shop.example.com/", "events": ["*"]},),
    ("PATCH", f"{API}/webhooks/{{webhook_id}}"): ({"enabled": True},),
    ("DELETE", f"{API}/webhooks/{{webhook_id}}"): (None,),
    ("POST", f"{API}/webhooks/{{webhook_id}}/rotate"): (None,),
    ("POST", f"{API}/webhooks/{{webhook_id}}/test"): (None,),
    ("POST", f"{API}/webhooks/{{webhook_id}}/deliveries/{{delivery_id}}/redeliver"): (None,),
    ("POST", f"{API}/users/{{user_id}}/erase"): (None,),
}
"""What is asked for at each route that changes something, and refused."""

SESSIONS = f"{API}/accounts/sessions"
ALLOWED = {("DELETE", MESSAGE), ("DELETE", SESSIONS), ("DELETE", f"{SESSIONS}/{{session_id}}")}
"""The routes that change something and are never refused; closing is part of another. Whoever has lost a
device ends its session, blocked or not."""

READS = {"authorize", "watch", "unwatch"}
"""What sockets ask that changes nothing and is told to nobody."""


@dataclass
class Scene:
    """A user with a ticket, a message, a file, a closed ticket and one with feedback; then blocked."""

    stage: Stage
    ticket: str
    message: str
    file: str
    closed: str
    rated: str

    def url(self, path: str, ticket: str | None = None) -> str:
        return path.format(
            ticket_id=ticket or self.ticket,
            message_id=self.message,
            attachment_id=self.file,
            agent_id="77",
            name="hello",
            user_id="ann",
            label="billing",
            other="2",
            account_id="a11",
            notification_id="n1",
            webhook_id="wh_1",
            delivery_id="d1",
        )

    async def ask(self, method: str, url: str, body: Any, role: str = "CUSTOMER") -> tuple[int, Any]:
        sent = {"data": _form()} if body == "a file" else {"json": body} if body is not None else {}
        answer = await self.stage.ask(method, url, claims={"role": role}, **sent)
        return answer.status, answer.json

    async def log(self) -> list[int]:
        """How much has happened to each ticket."""
        events = self.stage.store.log.events
        return [len(await events(TicketId(it))) for it in (self.ticket, self.closed, self.rated)]


def _form() -> FormData:
    form = FormData()
    form.add_field("file", b"words", filename="words.txt")
    return form


@pytest.fixture
async def scene(store: Store, clock: Clock) -> AsyncIterator[Scene]:
    async with Stage(store, clock).open(rate_limits=False) as stage:
        ticket, closed, rated = [await stage.opened() for _ in range(3)]
        uploaded = await stage.ask("POST", f"{API}/attachments", data=_form())
        message = await stage.posted(ticket)
        await stage.answered(ticket)
        await TimeDesk(stage.desk, clock).ask_close(AGENT, ticket)
        for each in (closed, rated):
            await stage.ask("PATCH", f"{TICKETS}/{each}", json={"status": "RESOLVED"})
        await stage.ask("POST", f"{TICKETS}/{rated}/feedback", json={"rating": 5})
        await CannedDesk(stage.desk, store, clock).add(AGENT, "hello", "Hello {name}")
        await store.users.block(ANN, Block())
        yield Scene(stage, ticket, message, uploaded.json["id"], closed, rated)


def test_every_route_that_changes_something_is_tried() -> None:
    routes = {(it.method, it.path) for it in ROUTES if it.method != "GET" and isinstance(it, Route)}

    assert routes == CHANGES.keys() | ALLOWED


@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER", "AGENT", "ADMIN"])
async def test_who_is_blocked_changes_nothing(scene: Scene, role: str) -> None:
    before = await scene.log()

    for (method, path), bodies in CHANGES.items():
        for body in bodies:
            tickets = (scene.ticket, scene.closed, scene.rated)
            answers = [await scene.ask(method, scene.url(path, it), body, role) for it in tickets]
            statuses = [status for status, _ in answers]
            assert 403 in statuses, (method, path, body, answers)
            assert set(statuses) <= {403, 404, 409}, (method, path, body, answers)
    reopening = await scene.ask("PATCH", f"{TICKETS}/{scene.closed}", {"status": "OPEN"}, role)

    assert reopening[0] == 403
    assert await scene.log() == before
    assert await scene.stage.store.users.is_blocked(ANN)
    assert len((await scene.stage.ask("GET", TICKETS)).json) == 3


async def test_who_is_blocked_reads_everything_that_is_theirs(scene: Scene) -> None:
    paths = [
        "tickets",
        "events",
        *(f"tickets/{scene.ticket}{it}" for it in ("", "/messages", "/attachments")),
    ]

    answers = [
        await scene.stage.ask("GET", f"{API}/{it}") for it in (*paths, f"tickets/{scene.ticket}/transcript")
    ]

    assert [it.status for it in answers] == [200] * len(answers)


@pytest.mark.parametrize("status", ["RESOLVED", "CANCELED"])
async def test_who_is_blocked_closes_without_words_and_deletes_own_messages(
    scene: Scene, status: str
) -> None:
    deleted, tombstone = await scene.ask("DELETE", scene.url(MESSAGE), None)
    closed, ticket = await scene.ask("PATCH", scene.url(TICKET), {"status": status})

    assert (deleted, tombstone["deleted"]) == (200, True)
    assert (closed, ticket["status"], ticket["close_reason"]) == (200, status, None)


async def test_staff_who_is_blocked_closes_nothing_of_others(scene: Scene) -> None:
    bobs = await scene.stage.opened("bob")

    answer = await scene.ask("PATCH", f"{TICKETS}/{bobs}", {"status": "UNRESOLVED"}, "AGENT")

    assert answer[0] == 403


async def test_nothing_is_opened_for_who_is_blocked(scene: Scene) -> None:
    requester = {"id": "ann", "username": "Ann", "email": "ann@example.test", "role": "CUSTOMER"}
    body = {"topic": "For Ann", "description": "She asked.", "requester": requester}

    answer = await scene.stage.ask("POST", TICKETS, "sam", claims=STAFF, json=body)

    assert answer.status == 403


async def test_anothers_ticket_is_not_there_for_who_is_blocked(scene: Scene) -> None:
    bobs = await scene.stage.opened("bob")

    answers = [
        await scene.ask("POST", f"{TICKETS}/{bobs}/messages", {"content": "Hello"}),
        await scene.ask("PATCH", f"{TICKETS}/{bobs}", {"topic": "Mine"}),
        await scene.ask("POST", f"{TICKETS}/{bobs}/feedback", {"rating": 1}),
    ]

    assert [status for status, _ in answers] == [404] * 3


async def test_over_sockets_who_is_blocked_hears_and_says_nothing(scene: Scene) -> None:
    said: list[object] = []
    signals = scene.stage.store.signals
    stop = (signals.listen(said.append), signals.reads.listen(said.append))
    asked = {"typing": {}, "read": {"message_id": scene.message}}
    to_server = {it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_CLIENT}
    assert to_server == asked.keys() | READS

    async with listening(scene.stage, query=token()) as ear:
        await ear.until("authorized")
        answers = {
            name: await ear.client.call(name, {"ticket_id": scene.ticket, **more}, timeout=30)
            for name, more in asked.items()
        }
        await scene.stage.answered(scene.ticket, "Still here")
        assert (await ear.until("message"))["content"] == "Still here"
    for each in stop:
        each()

    assert {name: answer["ok"] for name, answer in answers.items()} == {"typing": False, "read": False}
    assert all("blocked" in answer["error"] for answer in answers.values())
    assert said == []


async def test_staff_who_is_blocked_in_discord_speaks_to_nobody(scene: Scene) -> None:
    await scene.stage.store.users.block(UserKey("discord", "77"), Block())

    with pytest.raises(UserIsBlocked):
        await scene.stage.answered(scene.ticket)
