"""Agents over the API, for every role; assignment; and the names under which requesters see staff."""

import asyncio
from typing import Any

import pytest

from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.ticket_desk import Desk
from tickets.model import Caller, Person, Status, SupportRole, UserKey, UserRole
from tickets.policy import Rules
from tickets.ports.agents import Agent, Assignment
from tickets.ports.store import Store
from tickets.refusals import TicketIsClaimed
from tickets.staff_names import StaffName, StaffNames

AGENTS = "/api/v1/agents"
ADMIN = {"role": "ADMIN"}
LEE = Caller(Person(UserKey("discord", "88"), "Lee", UserRole.AGENT))


async def put(stage: Stage, agent: str, **changes: Any) -> Any:
    answer = await stage.ask("PUT", f"{AGENTS}/{agent}", "root", claims=ADMIN, json=changes)
    assert answer.status in (200, 201), answer.json
    return answer.json


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("TEMP_USER", 403, 403), ("CUSTOMER", 403, 403), ("AGENT", 200, 403), ("ADMIN", 200, 200)],
)
async def test_staff_read_agents_and_admins_change_them(
    stage: Stage, role: str, reads: int, writes: int
) -> None:
    await put(stage, "kim")

    listed = await stage.ask("GET", AGENTS, "sam", claims={"role": role})
    one = await stage.ask("GET", f"{AGENTS}/kim", "sam", claims={"role": role})
    tickets = await stage.ask("GET", f"{AGENTS}/kim/tickets", "sam", claims={"role": role})
    changed = await stage.ask("PUT", f"{AGENTS}/kim", "sam", claims={"role": role}, json={"on_duty": True})
    removed = await stage.ask("DELETE", f"{AGENTS}/kim", "sam", claims={"role": role})

    assert (listed.status, one.status, tickets.status) == (reads, reads, reads)
    assert changed.status == writes
    assert removed.status == (204 if writes == 200 else 403)


async def test_an_agent_is_made_and_changed_bit_by_bit(stage: Stage) -> None:
    made = await stage.ask("PUT", f"{AGENTS}/kim", "root", claims=ADMIN, json={"name": "Kim"})
    changed = await put(stage, "kim", support_roles=["TECHNICAL", "GENERAL"], on_duty=True)

    assert made.status == 201
    assert changed == {
        "id": "kim",
        "issuer": "default",
        "name": "Kim",
        "discord_id": None,
        "support_roles": ["GENERAL", "TECHNICAL"],
        "on_duty": True,
        "open_tickets": 0,
        "capacity": None,
    }
    assert (await stage.ask("GET", f"{AGENTS}/kim", "sam", claims=STAFF)).json == changed
    assert (await stage.ask("GET", f"{AGENTS}/kit", "sam", claims=STAFF)).status == 404
    wrong = await stage.ask("PUT", f"{AGENTS}/kim", "root", claims=ADMIN, json={"discord_id": "x", "age": 3})
    assert {it["location"] for it in wrong.json["errors"]} == {"discord_id", "age"}


async def test_somebody_of_discord_and_of_a_backend_become_one_agent(stage: Stage) -> None:
    desk = AgentDesk(stage.desk, stage.store)
    ticket = await stage.opened()
    await desk.claim(AGENT, ticket)
    await desk.go(AGENT, on_duty=True, support_roles=[SupportRole.GENERAL])

    linked = await put(stage, "sam", name="Sam", discord_id="77")
    listed = (await stage.ask("GET", AGENTS, "sam", claims=STAFF)).json
    tickets = (await stage.ask("GET", f"{AGENTS}/sam/tickets", "sam", claims=STAFF)).json

    assert listed == [linked]
    assert (linked["on_duty"], linked["open_tickets"]) == (True, 1)
    assert [it["id"] for it in tickets] == [ticket]
    for agent in ("sam", "77"):
        found = await stage.ask("GET", f"{TICKETS}?assignee={agent}", "kim", claims=STAFF)
        assert [it["id"] for it in found.json] == [ticket]
    moved = await stage.ask("PATCH", f"{TICKETS}/{ticket}", "kim", claims=STAFF, json={"assignee": "77"})
    assert moved.json["assignee"] == {"id": "sam", "name": "Sam"}
    other = await stage.ask("PUT", f"{AGENTS}/lee", "root", claims=ADMIN, json={"discord_id": "77"})
    assert (other.status, other.json["error"]) == (409, "CONFLICT")


@pytest.mark.parametrize(
    "agent_id", ["a%E2%80%AEb", "a%00b", "a%1B[31m", "a%0Ab", "%E2%80%8B", "%20", "x" * 257, "a%E3%85%A4"]
)
async def test_nobody_is_made_an_agent_under_an_id_that_cannot_be_seen(stage: Stage, agent_id: str) -> None:
    refused = await stage.ask("PUT", f"{AGENTS}/{agent_id}", "root", claims=ADMIN, json={"on_duty": True})

    assert (refused.status, refused.json["errors"][0]["location"]) == (400, "agent_id")
    assert (await stage.ask("GET", AGENTS, "sam", claims=STAFF)).json == []


async def test_an_agent_with_open_tickets_stays(stage: Stage) -> None:
    desk = AgentDesk(stage.desk, stage.store)
    ticket = await stage.opened()
    await desk.claim(AGENT, ticket)

    refused = await stage.ask("DELETE", f"{AGENTS}/77", "root", claims=ADMIN)
    await desk.release(AGENT, ticket)
    removed = await stage.ask("DELETE", f"{AGENTS}/77", "root", claims=ADMIN)
    again = await stage.ask("DELETE", f"{AGENTS}/77", "root", claims=ADMIN)

    assert (refused.status, removed.status, again.status) == (409, 204, 404)


async def test_whoever_is_given_a_ticket_is_an_agent(stage: Stage) -> None:
    ticket = await stage.opened()

    mine = await stage.ask("PATCH", f"{TICKETS}/{ticket}", "kim", claims=STAFF, json={"assignee": "kim"})
    listed = (await stage.ask("GET", AGENTS, "kim", claims=STAFF)).json
    tickets = (await stage.ask("GET", f"{AGENTS}/kim/tickets", "kim", claims=STAFF)).json
    stays = await stage.ask("DELETE", f"{AGENTS}/kim", "root", claims=ADMIN)

    assert mine.json["assignee"] == {"id": "kim", "name": "Kim"}
    assert [(it["id"], it["name"], it["open_tickets"]) for it in listed] == [("kim", "Kim", 1)]
    assert [it["id"] for it in tickets] == [ticket]
    assert stays.status == 409


async def test_an_agent_who_never_called_and_was_removed_is_given_nothing(stage: Stage) -> None:
    ticket = await stage.opened()
    change: dict[str, Any] = {"claims": STAFF, "json": {"assignee": "zoe"}}
    await put(stage, "zoe")
    given = await stage.ask("PATCH", f"{TICKETS}/{ticket}", "kim", **change)
    await stage.ask("PATCH", f"{TICKETS}/{ticket}", "kim", claims=STAFF, json={"assignee": None})

    removed = await stage.ask("DELETE", f"{AGENTS}/zoe", "root", claims=ADMIN)
    again = await stage.ask("PATCH", f"{TICKETS}/{ticket}", "kim", **change)

    assert (given.status, removed.status, again.status) == (200, 204, 400)
    assert [it["location"] for it in again.json["errors"]] == ["assignee"]


async def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(stage: Stage) -> None:
    desk = AgentDesk(stage.desk, stage.store)
    ticket = await stage.opened()

    claims = [desk.claim(AGENT, ticket), desk.claim(LEE, ticket)]
    outcomes = await asyncio.gather(*claims, return_exceptions=True)

    (told,) = [it for it in outcomes if isinstance(it, TicketIsClaimed)]
    assignee = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json["assignee"]
    assert str(told) == f"Ticket 1 belongs to {assignee['name']}."
    assert (await desk.claim(AGENT if assignee["id"] == "77" else LEE, ticket)).number == 1


async def test_new_tickets_go_to_agents_on_duty(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(assignment=Assignment.ROUND_ROBIN))
    for name, on_duty in (("kim", True), ("lee", True), ("pat", False)):
        await store.agents.add(
            Agent(
                key=UserKey("default", name),
                name=name,
                support_roles=(SupportRole.GENERAL,),
                on_duty=on_duty,
            )
        )
    async with stage.open(rate_limits=False):
        tickets = [await stage.ask("GET", f"{TICKETS}/{await stage.opened()}") for _ in range(3)]
        body = {"topic": "a", "description": "b", "support_role": "ADMIN"}
        nobodys = await stage.ask("POST", TICKETS, json=body)

    assert [it.json["assignee"]["id"] for it in tickets] == ["kim", "lee", "kim"]
    assert nobodys.json["assignee"] is None


async def test_who_has_as_many_tickets_as_their_capacity_is_busy_until_one_is_closed(
    store: Store, clock: Clock
) -> None:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(assignment=Assignment.ROUND_ROBIN, agent_capacity=1))
    async with stage.open(rate_limits=False):
        for name in ("kim", "lee"):
            await put(stage, name, support_roles=["GENERAL"], on_duty=True)
        lees = await put(stage, "lee", capacity=2)
        opened = await asyncio.gather(*(stage.opened() for _ in range(5)))
        given = [await assignee_of(stage, it) for it in opened]
        await stage.ask("PATCH", f"{TICKETS}/{opened[given.index('kim')]}", json={"status": "CANCELED"})
        next_one = await assignee_of(stage, await stage.opened())
        back = await put(stage, "lee", capacity=None)

    assert (lees["capacity"], back["capacity"]) == (2, None)
    assert sorted(it or "nobody" for it in given) == ["kim", "lee", "lee", "nobody", "nobody"]
    assert next_one == "kim"


async def assignee_of(stage: Stage, ticket: str) -> str | None:
    assignee = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json["assignee"]
    return None if assignee is None else str(assignee["id"])


@pytest.mark.parametrize(
    ("style", "name", "told"),
    [
        (StaffName.DISPLAY, "Sam of Support", "77"),
        (StaffName.ROLE, "Support", "staff"),
        (StaffName.FIXED, "The lamp shop", "staff"),
    ],
)
async def test_requesters_see_staff_under_the_chosen_name(
    store: Store, clock: Clock, style: StaffName, name: str, told: str
) -> None:
    stage = Stage(store, clock)
    async with stage.open(rate_limits=False, staff_names=StaffNames(style, "The lamp shop")):
        ticket = await stage.opened()
        await AgentDesk(stage.desk, store).claim(AGENT, ticket)
        await stage.answered(ticket)
        await stage.desk.close(AGENT, ticket, Status.RESOLVED)

        seen = (await stage.ask("GET", f"{TICKETS}/{ticket}")).json
        (message,) = await stage.messages(ticket)
        feed = (await stage.ask("GET", "/api/v1/events")).json
        record = (await stage.ask("GET", f"{TICKETS}/{ticket}/transcript?format=json")).json
        staffs = (await stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json
        guessed = await stage.ask("GET", f"{TICKETS}?assignee=77")
        asked = await stage.ask("GET", f"{TICKETS}?assignee=77", "sam", claims=STAFF)

    assert (guessed.status, asked.status) == (200 if style is StaffName.DISPLAY else 400, 200)
    assert [it["id"] for it in asked.json] == [ticket]
    assert seen["assignee"] == {"id": told, "name": name}
    assert seen["closed_by"] == {"type": "STAFF", "id": told, "name": name}
    assert (message["author_id"], message["author_name"]) == (told, name)
    assert {it["actor"]["name"] for it in feed} == {"Ann", name}
    assert record["messages"][0]["author"] == {"type": "STAFF", "id": told, "name": name}
    assert staffs["assignee"] == {"id": "77", "name": "Sam of Support"}
    if style is not StaffName.DISPLAY:
        assert "Sam of Support" not in str([seen, message, feed, record])
        assert "'77'" not in str([seen, message, feed, record])
