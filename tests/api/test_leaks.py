"""Every endpoint is tried by every caller: nobody sees or touches what is another's, a note, or staff's."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from api.auth import SingleIssuer, TokenRefused, Verified
from tests.api.stage import AGENT, SECRET, Clock, Stage, headers
from tickets.desk import Said
from tickets.model import Caller, UserKey
from tickets.ports import Store

OTHER_SECRET = "the secret of another backend, as long as it must be"
NOTE, STAFF_ONLY = "hushnote", ("waiting_since", "attempts", "webhook")


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
    """Two requesters with one id at two issuers, and a guest; each has a ticket with a word of its own."""

    stage: Stage
    callers: dict[str, dict[str, str]]
    tickets: dict[str, str]
    messages: dict[str, list[str]]

    def foreign_words(self, name: str) -> list[str]:
        return [f"word{other}" for other in self.tickets if other != name]


@pytest.fixture
async def seed(store: Store, clock: Clock) -> AsyncIterator[Seed]:
    async with Stage(store, clock).open(verifier=TwoIssuers(clock), rate_limits=False) as stage:
        callers = {
            "ann": headers("ann"),
            "otherann": headers("ann", secret=OTHER_SECRET),
            "guest": headers("guest", role="TEMP_USER"),
        }
        seed = Seed(stage, callers, {}, {})
        for name, said in callers.items():
            body = {"topic": f"word{name}", "description": f"word{name} again"}
            ticket = await stage.ask("POST", "/api/v1/tickets", None, headers=said, json=body)
            seed.tickets[name] = ticket.json["id"]
            path = f"/api/v1/tickets/{ticket.json['id']}/messages"
            posted = await stage.ask("POST", path, None, headers=said, json={"content": f"word{name}"})
            answer = await stage.desk.post(AGENT, ticket.json["id"], Said(f"word{name} from staff"))
            note = await stage.desk.add_note(AGENT, ticket.json["id"], Said(f"{NOTE} word{name}"))
            seed.messages[name] = [posted.json["id"], answer.id, note.id]
        yield seed


def routes(stage: Stage) -> list[tuple[str, str]]:
    """Every method and path of the API."""
    found = {
        (route.method, str(route.resource.canonical))
        for route in stage.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1")
    }
    return sorted((method, path) for method, path in found if method != "HEAD" and not path.endswith("/"))


def addresses(path: str, seed: Seed, owner: str) -> list[str]:
    """The path with everything of the owner's that could stand in it."""
    ids = {
        "{ticket_id}": [seed.tickets[owner], "1", "2", "3"],
        "{message_id}": seed.messages[owner],
        "{agent_id}": ["77"],
        "{user_id}": ["ann", "guest"],
        "{attachment_id}": ["none"],
    }
    names = [name for name in ids if name in path]
    filled = []
    for values in itertools.product(*(ids[name] for name in names)):
        address = path
        for name, value in zip(names, values, strict=True):
            address = address.replace(name, value)
        filled.append(address)
    return filled


@pytest.mark.parametrize("name", ["ann", "otherann", "guest"])
async def test_a_requester_reads_nothing_that_is_anothers_or_staffs(seed: Seed, name: str) -> None:
    asked = 0
    for method, path in routes(seed.stage):
        if method != "GET":
            continue
        for owner in seed.tickets:
            for address in addresses(path, seed, owner):
                for query in ("", "?q=wordann", f"?q={NOTE}", "?after=0", "?user_id=ann", "?limit=100"):
                    url = f"{address}{query}"
                    async with seed.stage.http.get(url, headers=seed.callers[name]) as answer:
                        text = await answer.text()
                    asked += 1
                    shown = [word for word in (*seed.foreign_words(name), NOTE, *STAFF_ONLY) if word in text]
                    assert not [it for it in shown if f"={it}" not in url], (url, answer.status, text)
    assert asked > 300


@pytest.mark.parametrize("name", ["ann", "otherann", "guest"])
async def test_a_requester_changes_nothing_of_anothers(seed: Seed, name: str) -> None:
    bodies: tuple[dict[str, object], ...] = (
        {},
        {"content": "mine now"},
        {"status": "CANCELED"},
        {"topic": "mine"},
        {"rating": 1},
    )
    for owner in seed.tickets.keys() - {name}:
        before = await _record(seed, owner)
        for method, path in routes(seed.stage):
            if method == "GET" or "{ticket_id}" not in path:
                continue
            for address in addresses(path, seed, owner):
                if f"/{seed.tickets[owner]}" not in address:
                    continue
                for body in bodies:
                    answer = await seed.stage.ask(
                        method, address, None, headers=seed.callers[name], json=body
                    )
                    assert answer.status in (400, 403, 404), (method, address, body, answer)
        assert await _record(seed, owner) == before


async def test_every_endpoint_refuses_nobody_in_particular(seed: Seed) -> None:
    for method, path in routes(seed.stage):
        for address in addresses(path, seed, "ann"):
            answer = await seed.stage.ask(method, address, None, json={})
            assert (answer.status, answer.json["error"]) == (401, "UNAUTHORIZED"), (method, address)


async def _record(seed: Seed, owner: str) -> list[object]:
    return list(await seed.stage.store.log.events(seed.tickets[owner]))  # type: ignore[arg-type]
