"""Every endpoint is tried by every caller: nobody sees or touches what is another's, a note, or staff's.

Routes are those that the program serves, and parameters and bodies those of its OpenAPI document, so that
what is added is tried as well."""

import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import FormData
from hypothesis import given
from hypothesis import strategies as st

from api.app import ROUTES as SERVED
from api.documents.openapi import Document
from api.door.auth import SingleIssuer, TokenRefused, Verified
from api.door.routes import Route, Who
from tests.api.stage import AGENT, SECRET, Clock, Stage, headers
from tickets.desks.ticket_desk import Said
from tickets.model import Caller, TicketId, UserKey
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
)
from tickets.ports.store import Store

OTHER_SECRET = "the secret of another backend, as long as it must be"
NOTE, USER_NOTE = "hushnote", "hushuser"
STAFF_ONLY = (NOTE, USER_NOTE, "waiting_since", "attempts", "webhook", "retry_count")
REQUESTERS = ("ann", "otherann", "guest")
STAFF = ("sam", "root")
"""An agent and an admin, who have tickets of their own."""
NAMES = (*REQUESTERS, *STAFF)
REFUSED = {"staff_only", "admin_only"}
SPEC = Document(SERVED, "https://desk.example.test").json
ROUTES = sorted((it.method, it.path) for it in SERVED if isinstance(it, Route))
OPEN = {(it.method, it.path) for it in SERVED if not isinstance(it, Route)}


def _told(name: str, user: UserKey) -> Notification:
    """What they were told, on a channel on which it failed."""
    return Notification(
        id=NotificationId(f"n{name}"),
        user=user,
        kind=NotificationKind.ANSWER,
        channel=NotificationChannel.EMAIL,
        text=f"word{name}",
        created_at=1_000,
        status=NotificationStatus.FAILED,
    )


class TwoIssuers:
    """Tokens of two backends; users with one id at both are two users."""

    def __init__(self, clock: Clock) -> None:
        self._first = SingleIssuer(SECRET, clock)
        self._second = SingleIssuer(OTHER_SECRET, clock)

    async def verify(self, token: str) -> Verified:
        try:
            return await self._first.verify(token)
        except TokenRefused:
            verified = await self._second.verify(token)
            person = verified.caller.person
            return replace(verified, caller=Caller(replace(person, key=UserKey("other", person.key.id))))


@dataclass
class Seed:
    """Two requesters with one id at two issuers, a guest, an agent and an admin. Each has a ticket with a
    word of its own in all that is said there, and notes that are not for them."""

    stage: Stage
    callers: dict[str, dict[str, str]]
    tickets: dict[str, str] = field(default_factory=dict)
    messages: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    async def sow(self, name: str) -> None:
        ask, said = self.stage.ask, self.callers[name]
        form = FormData()
        form.add_field("file", f"word{name}".encode(), filename=f"word{name}.txt")
        self.files[name] = (await ask("POST", "/api/v1/attachments", None, headers=said, data=form)).json[
            "id"
        ]
        body = {"topic": f"word{name}", "description": f"word{name} again"}
        ticket = (await ask("POST", "/api/v1/tickets", None, headers=said, json=body)).json["id"]
        words = {"content": f"word{name}", "attachments": [self.files[name]]}
        posted = await ask("POST", f"/api/v1/tickets/{ticket}/messages", None, headers=said, json=words)
        answer = await self.stage.desk.post(AGENT, ticket, Said(f"word{name} from staff"))
        note = await self.stage.desk.add_note(AGENT, ticket, Said(f"{NOTE}{name}"))
        self.tickets[name] = ticket
        issuer, user = ("other", "ann") if name == "otherann" else ("default", name)
        await self.stage.store.notifications.add([_told(name, UserKey(issuer, user))])
        self.messages[name] = [posted.json["id"], answer.id, note.id]

    def hidden_from(self, name: str) -> list[str]:
        """What must not be in any answer to them."""
        if name in STAFF:
            return [f"{NOTE}{name}"]
        return [*STAFF_ONLY, *(f"word{other}" for other in NAMES if other != name)]

    async def ask(self, name: str, method: str, url: str, body: object = None) -> int:
        """Ask as somebody, and look whether the answer tells what it must not; its status."""
        async with self.stage.http.request(method, url, headers=self.callers[name], json=body) as answer:
            text = await answer.text(errors="replace") + str(answer.headers)  # an export is no text
        asked = url + json.dumps(body)
        shown = [word for word in self.hidden_from(name) if word in text and word not in asked]
        assert shown == [], (name, method, url, body, answer.status, text)
        return answer.status

    async def records(self, but: str) -> list[object]:
        """All that ever happened to the others' tickets."""
        ids = [TicketId(ticket) for name, ticket in self.tickets.items() if name != but]
        return [await self.stage.store.log.events(ticket) for ticket in ids]

    def values(self, placeholder: str) -> list[str]:
        """All that could stand there."""
        found = {
            "ticket_id": [*self.tickets.values(), *(str(n + 1) for n in range(len(NAMES)))],
            "message_id": [it for name in NAMES for it in self.messages[name]],
            "agent_id": ["77", "sam", "none"],
            "user_id": ["ann", "guest", "sam"],
            "attachment_id": list(self.files.values()),
            "name": ["hello", "none"],
            "label": ["billing"],
            "other": ["1", "2"],
            "account_id": ["a11", "b22"],
            "session_id": ["ann", "none"],
            "notification_id": [f"n{name}" for name in NAMES],
            "webhook_id": ["wh_1"],
            "delivery_id": ["d1"],
            "erasure_id": ["none"],
        }
        return found[placeholder]

    def addresses(self, path: str, owner: str | None = None) -> list[str]:
        """The path with everything that could stand in it, or with what is one's alone."""
        names = re.findall(r"{(\w+)}", path)
        told = {name: f"n{name}" for name in NAMES}
        own = {"ticket_id": self.tickets, "attachment_id": self.files, "notification_id": told}
        several = [
            [own[it][owner]]
            if owner and it in own
            else self.messages[owner]
            if owner and it == "message_id"
            else self.values(it)
            for it in names
        ]
        filled = []
        for values in itertools.product(*several):
            address = path
            for name, value in zip(names, values, strict=True):
                address = address.replace(f"{{{name}}}", value)
            filled.append(address)
        return filled


@pytest.fixture
async def seed(store: Store, clock: Clock) -> AsyncIterator[Seed]:
    def said(name: str, user: str, role: str, **more: Any) -> dict[str, str]:
        known = {"username": f"word{name}", "email": f"word{name}@example.test"}
        return headers(user, role=role, **known, **more)

    async with Stage(store, clock).open(verifier=TwoIssuers(clock), rate_limits=False) as stage:
        seed = Seed(
            stage,
            {
                "ann": said("ann", "ann", "CUSTOMER"),
                "otherann": said("otherann", "ann", "CUSTOMER", secret=OTHER_SECRET),
                "guest": said("guest", "guest", "TEMP_USER"),
                "sam": said("sam", "sam", "AGENT"),
                "root": said("root", "root", "ADMIN"),
            },
        )
        for name in NAMES:
            await seed.sow(name)
        for user in ("ann", "guest"):
            note = {"note": f"{USER_NOTE} {user}"}
            url = f"/api/v1/users/{user}"
            answer = await stage.ask("PATCH", url, None, headers=seed.callers["root"], json=note)
            assert answer.status == 200
        yield seed


def test_every_route_that_is_served_is_tried(seed: Seed) -> None:
    served = {
        (route.method, str(route.resource.canonical).removesuffix("/"))
        for route in seed.stage.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/")
    }

    assert {it for it in served if it[0] != "HEAD"} - OPEN == set(ROUTES)


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_reads_what_is_anothers_or_a_note_that_is_not_for_them(seed: Seed, name: str) -> None:
    asked = 0
    for method, path in ROUTES:
        if method != "GET":
            continue
        for address in seed.addresses(path):
            for query in ("", "q=wordann", f"q={NOTE}{name}", "after=0", "user_id=ann", "limit=100"):
                if not query or query.partition("=")[0] in parameters(method, path):
                    await seed.ask(name, method, f"{address}?{query}")
                    asked += 1
    assert asked > 100


BODIES: tuple[dict[str, object], ...] = (
    {},
    {"content": "mine now"},
    {"name": "mine", "content": "mine now"},
    {"status": "CANCELED"},
    {"topic": "mine"},
    {"rating": 1},
    {"blocked": False},
    {"from": "guest"},
    {"on_duty": True},
    {"until": 4_000_000_000},
    {"accept": False},
    {"disabled": True},
    {"guest_token": "none"},
    {"upto": "nann"},
    {"answer": []},
    {"user_id": "ann", "channel": "in_app", "text": "mine"},
    {"url": "https://mine.example.com/", "events": ["*"]},
)


def bodies_for(method: str, path: str) -> list[dict[str, object]]:
    """Those that the route does not refuse for a field that it does not know."""
    content = SPEC["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    known: set[str] = set()
    for it in content.values():
        known |= set(SPEC["components"]["schemas"][it["schema"]["$ref"].rpartition("/")[2]]["properties"])
    return [body for body in BODIES if body.keys() <= known]


@pytest.mark.parametrize("name", REQUESTERS)
async def test_a_requester_changes_nothing_of_anothers(seed: Seed, name: str) -> None:
    before = await seed.records(but=name)
    for method, path in ROUTES:
        if method == "GET" or "{" not in path:
            continue
        for owner in NAMES:
            if owner != name:
                for address, body in itertools.product(seed.addresses(path, owner), bodies_for(method, path)):
                    assert await seed.ask(name, method, address, body) in (400, 403, 404), (address, body)

    assert await seed.records(but=name) == before


@pytest.mark.parametrize(
    ("name", "shut"),
    [("ann", (Who.STAFF, Who.ADMINS)), ("sam", (Who.ADMINS,)), ("root", ())],
)
async def test_routes_refuse_whom_they_are_not_for_and_nobody_else(
    seed: Seed, name: str, shut: tuple[Who, ...]
) -> None:
    """On a ticket of Ann's; with bodies of which one is taken."""
    for route in SERVED:
        if isinstance(route, Route):
            told = set()
            for body in (None,) if route.method == "GET" else bodies_for(route.method, route.path):
                for address in seed.addresses(route.path, "ann"):
                    answer = await seed.stage.ask(
                        route.method, address, None, headers=seed.callers[name], json=body
                    )
                    told.add(answer.json.get("code") if isinstance(answer.json, dict) else None)
            refused = bool(told & REFUSED) and told <= REFUSED | {"body_invalid"}
            assert refused is (route.who in shut), (route, told)


async def test_an_agent_deletes_nobodys_files(seed: Seed) -> None:
    assert await seed.ask("sam", "DELETE", f"/api/v1/attachments/{seed.files['ann']}") == 403


async def test_every_endpoint_refuses_nobody_in_particular(seed: Seed) -> None:
    for method, path in ROUTES:
        for address in seed.addresses(path, "ann"):
            answer = await seed.stage.ask(method, address, None, json={})
            assert (answer.status, answer.json["error"]) == (401, "UNAUTHORIZED"), (method, address)


def fields_of_bodies() -> list[str]:
    schemas = SPEC["components"]["schemas"]
    names: set[str] = set()
    for operations in SPEC["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                names |= set(schemas[content["schema"]["$ref"].rpartition("/")[2]]["properties"])
    return sorted(names)


def parameters(method: str, path: str) -> list[str]:
    told = SPEC["paths"][path][method.lower()]["parameters"]
    return sorted({it["name"] for it in told if it["in"] == "query"})


VALUES = (
    "ann",
    "guest",
    "77",
    "1",
    "4",
    "0",
    "wordann",
    f"{NOTE}ann",
    "OPEN",
    "CANCELED",
    "ADMIN",
    "true",
    "100",
)


def queries(method: str, path: str) -> st.SearchStrategy[dict[str, str]]:
    known = parameters(method, path)
    return (
        st.dictionaries(st.sampled_from(known), st.sampled_from(VALUES), max_size=3) if known else st.just({})
    )


bodies = st.dictionaries(
    st.sampled_from(fields_of_bodies()), st.sampled_from([*VALUES, 1, True, None, ["none"]]), max_size=3
)


@given(data=st.data())
async def test_whatever_anybody_asks_nothing_leaks(seed: Seed, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    before = await seed.records(but=name)
    for _ in range(10):
        method, path = data.draw(st.sampled_from(ROUTES))
        if name in STAFF and method != "GET":
            continue
        address = data.draw(st.sampled_from(seed.addresses(path)))
        query = "&".join(f"{it}={value}" for it, value in data.draw(queries(method, path)).items())
        await seed.ask(name, method, f"{address}?{query}", data.draw(bodies) if method != "GET" else None)

    if name in REQUESTERS:
        assert await seed.records(but=name) == before
