"""Guests without an account, and what becomes of their tickets."""

from collections.abc import AsyncIterator

import pytest

from tests.api.signing import API, Front, front
from tests.api.stage import TICKETS, Clock
from tickets.ports.store import Store

TICKET = {"topic": "It broke", "description": "Into two."}
CLAIM = f"{API}/me/claim"


@pytest.fixture
async def desk(store: Store, clock: Clock) -> AsyncIterator[Front]:
    async with front(store, clock) as stage:
        yield stage


async def test_a_guest_opens_a_ticket_and_goes_on_with_the_next_token(desk: Front, clock: Clock) -> None:
    came = await desk.said("POST", f"{API}/guests", {"username": "Visitor"})
    opened = await desk.said("POST", TICKETS, TICKET, came.json["token"])
    clock.ahead += 3600

    next_one = await desk.refreshed(came.json["refresh_token"])
    listed = await desk.said("GET", TICKETS, None, next_one.json["token"])

    user = came.json["user"]
    assert came.status == 201
    assert (user["role"], user["username"]) == ("TEMP_USER", "Visitor")
    assert user["email"] == f"{user['id']}@guest.invalid"
    assert (opened.json["user_id"], opened.json["user_role"]) == (user["id"], "TEMP_USER")
    assert [it["id"] for it in listed.json] == [opened.json["id"]]


async def test_a_guest_needs_no_name_and_is_another_each_time(desk: Front) -> None:
    answers = [await desk.said("POST", f"{API}/guests") for _ in range(2)]

    assert [it.json["user"]["username"] for it in answers] == ["Guest"] * 2
    assert answers[0].json["user"]["id"] != answers[1].json["user"]["id"]


@pytest.mark.parametrize("of", ["account", "backend"])
async def test_a_customer_takes_over_what_they_did_as_a_guest(desk: Front, of: str) -> None:
    guest = (await desk.said("POST", f"{API}/guests")).json
    opened = (await desk.said("POST", TICKETS, TICKET, guest["token"])).json
    await desk.said("POST", f"{TICKETS}/{opened['id']}/messages", {"content": "Hello?"}, guest["token"])
    body = {"guest_token": guest["token"]}
    if of == "account":
        token = (await desk.signed_in())["token"]
        claimed = await desk.said("POST", CLAIM, body, token)
        again = await desk.said("POST", CLAIM, {"guest_token": token}, token)
        messages = await desk.said("GET", f"{TICKETS}/{opened['id']}/messages", None, token)
    else:
        claimed = await desk.ask("POST", CLAIM, json=body)
        again = await desk.ask("POST", CLAIM, json=body, claims={"role": "AGENT"})
        messages = await desk.ask("GET", f"{TICKETS}/{opened['id']}/messages")

    issuer = "guildesk.accounts" if of == "account" else "default"
    assert claimed.status == 200, claimed.json
    assert [(it["id"], it["issuer"], it["user_role"]) for it in claimed.json] == [
        (opened["id"], issuer, "CUSTOMER")
    ]
    assert [it["author_type"] for it in messages.json] == ["REQUESTER"]
    assert (again.status, again.json["code"]) == (409, "cannot_merge")
    assert (await desk.refreshed(guest["refresh_token"])).status == 401


async def test_the_history_says_that_the_requester_did_it(desk: Front) -> None:
    guest = (await desk.said("POST", f"{API}/guests")).json
    opened = (await desk.said("POST", TICKETS, TICKET, guest["token"])).json
    await desk.ask("POST", CLAIM, json={"guest_token": guest["token"]})

    history = (await desk.as_admin("GET", f"{TICKETS}/{opened['id']}/history")).json

    assert {it["actor"]["type"] for it in history} == {"REQUESTER"}


async def test_what_proves_no_guest_gives_nothing(desk: Front, clock: Clock) -> None:
    guest = (await desk.said("POST", f"{API}/guests")).json
    bos = (await desk.signed_in(email="bo@example.test"))["token"]
    await desk.said("POST", TICKETS, TICKET, bos)

    made_up, customers = [await desk.ask("POST", CLAIM, json={"guest_token": it}) for it in ("a.b.c", bos)]
    clock.ahead += 3600
    expired = await desk.ask("POST", CLAIM, json={"guest_token": guest["token"]})

    assert [it.status for it in (made_up, customers, expired)] == [409] * 3
    assert (await desk.ask("GET", TICKETS)).json == []


async def test_from_an_address_come_10_guests_an_hour(store: Store, clock: Clock) -> None:
    async with front(store, clock, rate_limits=True) as desk:
        answers = [await desk.said("POST", f"{API}/guests") for _ in range(11)]

    assert [it.status for it in answers] == [201] * 10 + [429]
    assert "RateLimit" in answers[0].headers
