"""The client library in Node, with the real server: cut off, restarted, restored, with tokens that end."""

import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from aiohttp import web

from api.door.server import serving
from chaos.house import Customer, House, housed, until
from pages.client_files import client_files
from tests.api.stage import Clock, Stage, token
from tests.clients.clients import Cable, Client, running
from tests.clients.conftest import LIBRARY, needs_sockets
from tests.new_stores import open_new_sqlite

pytestmark = needs_sockets


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with housed(tmp_path, RATE_LIMITS="off") as opened:
        yield opened


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    async with (
        open_new_sqlite(tmp_path / "store", clock) as store,
        Stage(store, clock).open(rate_limits=False) as stage,
    ):
        yield stage


async def fed(customer: Customer, after: str) -> list[tuple[str, str]]:
    """What the feed says since a position: name and id of each event, in order."""
    _, events = await customer.ask("GET", f"/events?after={after}")
    return [(it["event"], it["event_id"]) for it in events]


async def heard_all(client: Client, expected: list[tuple[str, str]]) -> None:
    async def look() -> bool:
        return client.heard[-1:] == expected[-1:]

    with suppress(TimeoutError):  # then what was heard says more
        await until(look, 30)
    assert client.heard == expected


async def test_under_cuts_and_kills_it_hears_what_a_client_hears_that_was_never_cut(
    house: House, tmp_path: Path
) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()
    async with (
        Cable(house.api_port).laid() as cable,
        running(tmp_path, cable.url, casey.token) as cut,
        running(tmp_path, house.api_url, casey.token) as whole,
    ):
        begun = (await cut.says("ready"), await whole.says("ready"))
        position = (await casey.ask("GET", "/events"))[1][-1]["event_id"]
        for number in range(12):
            await (sam if number % 2 else casey).post(ticket, f"Message {number}")
            if number % 3 == 1:
                cable.cut(for_good=False)
        cable.cut()
        await cut.says("lost")
        _, messages = await casey.ask("GET", f"/tickets/{ticket['id']}/messages")
        path = f"/tickets/{ticket['id']}/messages/{messages[0]['id']}"
        await casey.ask("PATCH", path, {"content": "Edited while it was away"})
        cable.mend()
        before = await fed(casey, position)
        await heard_all(whole, before)
        await heard_all(cut, before)

        await house.kill_guildesk()
        await house.start_guildesk()
        await sam.post(ticket, "After a kill")
        await casey.ask("PATCH", f"/tickets/{ticket['id']}", {"status": "RESOLVED"})

        expected = await fed(casey, position)
        await heard_all(cut, expected)
        await heard_all(whole, expected)
        assert len(expected) == 15
        assert [it["resumed"] for it in begun] == [False, False]
        assert all(it["resumed"] for it in cut.of("ready")[1:])


async def test_what_is_sent_while_the_server_is_away_arrives_once_and_in_order(
    house: House, tmp_path: Path
) -> None:
    casey = house.customer()
    ticket = await casey.open()
    kept = str(tmp_path / "outbox.json")
    async with Cable(house.api_port).laid() as cable:
        async with running(tmp_path, cable.url, casey.token, file=kept) as client:
            await client.says("ready")
            cable.swallow = 1
            client.tell("send", ticket=ticket["id"], content="The answer is lost")
            await until(lambda: _is(lambda: cable.swallowed == 1))
            cable.cut()
            await house.kill_guildesk()
            for number in range(3):
                client.tell("send", ticket=ticket["id"], content=f"Offline {number}")
            await until(lambda: _is(lambda: _kept(kept) == 4))
            await client.kill()
        await house.start_guildesk()
        cable.mend()
        async with running(tmp_path, cable.url, casey.token, file=kept) as client:
            cable.swallow = 1
            await client.says("sent", 4)
            await until(lambda: _is(lambda: _kept(kept) == 0))

    words = [it["content"] for it in await casey.messages(ticket)]
    assert words == ["The answer is lost", "Offline 0", "Offline 1", "Offline 2"]
    assert cable.swallowed == 2


def _kept(file: str) -> int:
    path = Path(file)
    return len(json.loads(path.read_text() or "[]")) if path.exists() else 0


async def _is(look: Any) -> bool:
    try:
        return bool(look())
    except ValueError:
        return False


@pytest.mark.slow
async def test_it_begins_anew_where_the_server_does_not_know_its_position(
    house: House, tmp_path: Path
) -> None:
    casey, sam = house.customer(), house.agent()
    ticket = await casey.open()
    async with running(tmp_path, house.api_url, casey.token) as client:
        await client.says("ready")
        await sam.post(ticket, "Soon forgotten")
        await client.hears(1)

        await house.kill_guildesk()
        for file in house.store_file.parent.glob(f"{house.store_file.name}*"):
            file.unlink()
        await house.start_guildesk()
        again = await client.says("ready", 2)
        ticket = await casey.open()
        await sam.post(ticket, "Heard")
        await client.hears(3)
        heard = next(it for it in reversed(client.of("event")) if it["event"] == "message")

    assert again["resumed"] is False
    assert heard["payload"]["content"] == "Heard"
    assert not client.of("error")


@asynccontextmanager
async def token_desk(stage: Stage, *lives: float) -> AsyncIterator[tuple[str, list[str]]]:
    """A backend that gives casey tokens; each lives for so many seconds, the last ones long. Gives its
    address, and what was asked."""
    asked: list[str] = []

    async def give(request: web.Request) -> web.Response:
        asked.append(request.query["refused"])
        life = lives[len(asked) - 1] if len(asked) <= len(lives) else 3600.0
        return web.Response(text=token("casey", exp=int(time.time() + life)))

    app = web.Application()
    app.router.add_get("/token", give)
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}/token", asked


async def test_a_token_that_was_refused_is_renewed_and_the_request_done(stage: Stage, tmp_path: Path) -> None:
    async with (
        token_desk(stage, -1000) as (address, asked),
        running(tmp_path, stage.url, address) as client,
    ):
        await client.says("ready")
        client.tell("ask", method="POST", path="/tickets", json={"topic": "It broke", "description": "So"})
        answer = await client.says("answer")

    assert answer["topic"] == "It broke"
    assert asked == ["false", "true"]
    assert not client.of("error")
    assert not client.of("fault")


async def _came(client: Client, count: int) -> bool:
    """Whether it heard so many events, or has lost its connection."""
    return bool(client.of("lost")) or len(client.heard) >= count


async def test_no_message_is_missed_when_a_token_ends_on_the_line(stage: Stage, tmp_path: Path) -> None:
    ticket = await stage.opened("casey")
    async with (
        token_desk(stage, -57) as (address, asked),
        running(tmp_path, stage.url, address) as client,
    ):
        await client.says("ready")
        count = 0
        while not client.of("lost") and len(asked) < 2:
            count += 1
            await stage.answered(ticket, f"Message {count}")
            await until(partial(_came, client, count))
        await stage.answered(ticket, "The last one")
        await client.hears(count + 1)

    words = [it["payload"]["content"] for it in client.of("event")]
    assert words == [*(f"Message {number + 1}" for number in range(count)), "The last one"]


async def test_a_token_is_renewed_before_it_ends_without_losing_the_connection(
    stage: Stage, tmp_path: Path
) -> None:
    async with (
        token_desk(stage, 2) as (address, asked),
        running(tmp_path, stage.url, address) as client,
    ):
        await client.says("ready")
        await until(lambda: _is(lambda: len(asked) == 2))
        ticket = await stage.opened("casey")
        await stage.answered(ticket, "Still here")
        await client.hears(2)

    assert asked == ["false", "false"]
    assert not client.of("lost")


async def test_a_conversation_shows_each_message_once_in_order(stage: Stage, tmp_path: Path) -> None:
    ticket = await stage.opened("casey")
    await stage.posted(ticket, "Before", "casey")
    async with Cable(stage.port).laid() as cable, running(tmp_path, cable.url, token("casey")) as client:
        client.tell("follow", ticket=ticket)
        await client.shows(messages=["Before"])
        client.tell("send", ticket=ticket, content="From here")
        await client.says("sent")
        await stage.answered(ticket, "From staff")
        cable.cut()
        client.tell("send", ticket=ticket, content="Offline")
        await client.shows(pending=["Offline"])
        message = await stage.posted(ticket, "From the phone", "casey")
        await stage.ask(
            "PATCH", f"/api/v1/tickets/{ticket}/messages/{message}", "casey", json={"content": "Edited"}
        )
        cable.mend()
        await client.shows(pending=[], status="OPEN")
        there = [it["content"] for it in await stage.messages(ticket, "casey")]
        await client.shows(messages=there)
        client.tell("seen", ticket=ticket)

        async def is_read() -> bool:
            read = (await stage.ask("GET", f"/api/v1/tickets/{ticket}", "casey")).json["read"]
            return bool(read["requester_seq"] == (await stage.messages(ticket, "casey"))[-1]["seq"])

        await until(is_read)

    assert sorted(there) == ["Before", "Edited", "From here", "From staff", "Offline"]
    for shown in client.of("shown"):
        everything = shown["messages"] + shown["pending"]
        assert len(everything) == len(set(everything)), everything


async def test_what_the_server_refuses_is_told_and_kept_until_the_user_decides(
    stage: Stage, tmp_path: Path
) -> None:
    ticket = await stage.opened("casey")
    path = f"/api/v1/tickets/{ticket}"
    await stage.ask("PATCH", path, "casey", json={"status": "CANCELED"})
    async with running(tmp_path, stage.url, token("casey"), file=str(tmp_path / "kept")) as client:
        client.tell("send", ticket=ticket, content="Too late")
        failed = await client.says("failed")
        assert failed["entry"]["error"]["code"] == "ticket_closed"
        assert _kept(str(tmp_path / "kept")) == 1

        await stage.ask("PATCH", path, "casey", json={"status": "OPEN"})
        client.tell("retry", key=failed["entry"]["key"])
        await client.says("sent")
        await until(lambda: _is(lambda: _kept(str(tmp_path / "kept")) == 0))

    assert [it["content"] for it in await stage.messages(ticket, "casey")] == ["Too late"]


async def test_files_go_with_a_message_once_although_answers_are_lost(stage: Stage, tmp_path: Path) -> None:
    ticket = await stage.opened("casey")
    async with Cable(stage.port).laid() as cable, running(tmp_path, cable.url, token("casey")) as client:
        await client.says("ready")
        cable.swallow = 2
        client.tell("file", ticket=ticket, content="See", text="what I saw")
        await client.says("sent")

    (message,) = await stage.messages(ticket, "casey")
    assert [it["size"] for it in message["attachment_details"]] == [len("what I saw")]
    assert cable.swallowed == 2
    (kept,) = (await stage.ask("GET", f"/api/v1/tickets/{ticket}/attachments", "casey")).json
    assert kept["message_id"] == message["id"]


@pytest.mark.parametrize("websockets", ["pass", "are refused", "get no answer"])
async def test_it_listens_by_the_way_that_is_open(
    websockets: Literal["pass", "are refused", "get no answer"], stage: Stage, tmp_path: Path
) -> None:
    ticket = await stage.opened("casey")
    quickly = {"timeout": 300, "reconnectionDelay": 10}
    async with Cable(stage.port).laid() as cable:
        cable.websockets = websockets
        async with running(tmp_path, cable.url, token("casey"), socket=quickly) as client:
            await client.says("ready")
            cable.cut(for_good=False)
            await client.says("ready", 2)
            client.tell("send", ticket=ticket, content="Hello")
            await client.hears(1)


async def test_lists_are_read_to_their_end(stage: Stage, tmp_path: Path) -> None:
    opened = [await stage.opened("casey", f"Topic {number}") for number in range(5)]
    async with running(tmp_path, stage.url, token("casey"), listen=False) as client:
        client.tell("all", path="/tickets", query={"limit": 2})
        found = await client.says("all")

    assert found == opened[::-1]


async def test_what_browsers_are_served_works_as_the_package_does(stage: Stage, tmp_path: Path) -> None:
    library = tmp_path / "node_modules/guildesk-client"
    (library / "src").mkdir(parents=True)
    (library / "package.json").write_text((LIBRARY / "package.json").read_text("utf-8"), "utf-8")
    for name, file in client_files().items():
        (library / "src" / name.removeprefix("client/")).write_bytes(file.body)
    ticket = await stage.opened("casey")

    async with running(tmp_path, stage.url, token("casey")) as client:
        client.tell("follow", ticket=ticket)
        await client.says("shown")
        client.tell("send", ticket=ticket, content="Hello")
        await client.shows(messages=["Hello"], pending=[])

    assert not any(re.search(rb"^ *(/\*|\*|//)", it.body, re.MULTILINE) for it in client_files().values())
