"""Links and subscribers over the API: staff's alone, on both tickets, and never told to requesters."""

from tests.api.stage import STAFF, TICKETS, Stage


async def test_staff_links_two_tickets_and_takes_it_back(stage: Stage) -> None:
    ann, ben = await stage.opened("ann"), await stage.opened("ben")
    before = (await stage.ask("GET", f"{TICKETS}/{ann}", "ann")).json

    linked = await stage.ask("PUT", f"{TICKETS}/{ben}/links/1", "sam", claims=STAFF)
    again = await stage.ask("PUT", f"{TICKETS}/{ben}/links/{ann}", "sam", claims=STAFF)
    other = await stage.ask("GET", f"{TICKETS}/{ann}", "sam", claims=STAFF)
    own = (await stage.ask("GET", f"{TICKETS}/{ann}", "ann")).json
    taken_back = await stage.ask("DELETE", f"{TICKETS}/{ann}/links/2", "sam", claims=STAFF)

    assert (linked.status, linked.json["links"]) == (200, [{"id": ann, "number": 1}])
    assert again.json == linked.json
    assert other.json["links"] == [{"id": ben, "number": 2}]
    assert own == before
    assert own["links"] is None
    assert (taken_back.status, taken_back.json["links"]) == (200, [])
    history = await stage.ask("GET", f"{TICKETS}/{ben}/history", "sam", claims=STAFF)
    assert [(it["old"], it["new"]) for it in history.json if it["field"] == "links"] == [
        (None, "1"),
        ("1", None),
    ]


async def test_links_that_cannot_be_are_refused_with_their_code(stage: Stage) -> None:
    ann, _ = await stage.opened("ann"), await stage.opened("ann")

    itself = await stage.ask("PUT", f"{TICKETS}/{ann}/links/1", "sam", claims=STAFF)
    unknown = await stage.ask("PUT", f"{TICKETS}/{ann}/links/99", "sam", claims=STAFF)
    not_staff = await stage.ask("PUT", f"{TICKETS}/{ann}/links/2", "ann")

    assert (itself.status, itself.json["code"]) == (409, "linked_to_itself")
    assert (unknown.status, unknown.json["code"]) == (404, "ticket_not_found")
    assert not_staff.status == 403


async def test_subscribers_are_seen_and_set_by_staff(stage: Stage) -> None:
    ann = await stage.opened("ann")
    agent = {"name": "Sam", "on_duty": False, "discord_id": "77"}
    await stage.ask("PUT", "/api/v1/agents/sam", "ada", json=agent, claims={"role": "ADMIN"})
    path = f"{TICKETS}/{ann}/subscribers"

    subscribed = await stage.ask("PUT", f"{path}/sam", "eve", claims=STAFF)
    by_discord = await stage.ask("PUT", f"{path}/77", "eve", claims=STAFF)
    themselves = await stage.ask("PUT", f"{path}/eve", "eve", claims=STAFF)
    own = (await stage.ask("GET", f"{TICKETS}/{ann}", "ann")).json
    left = await stage.ask("DELETE", f"{path}/77", "eve", claims=STAFF)
    unknown = await stage.ask("PUT", f"{path}/nobody", "eve", claims=STAFF)
    never_was = await stage.ask("DELETE", f"{path}/nobody", "eve", claims=STAFF)

    assert (subscribed.status, subscribed.json["subscribers"]) == (200, [{"id": "sam", "name": "Sam"}])
    assert by_discord.json["subscribers"] == subscribed.json["subscribers"], "it is the same agent"
    assert [it["id"] for it in themselves.json["subscribers"]] == ["sam", "eve"]
    assert own["subscribers"] is None
    assert [it["id"] for it in left.json["subscribers"]] == ["eve"]
    assert (unknown.status, unknown.json["code"]) == (404, "agent_not_found")
    assert never_was.status == 200


async def test_a_closed_ticket_gets_no_more_subscribers(stage: Stage) -> None:
    ann = await stage.opened("ann")
    await stage.ask("PUT", f"{TICKETS}/{ann}/subscribers/eve", "eve", claims=STAFF)
    await stage.ask("PATCH", f"{TICKETS}/{ann}", "eve", json={"status": "UNRESOLVED"}, claims=STAFF)

    refused = await stage.ask("PUT", f"{TICKETS}/{ann}/subscribers/sam", "sam", claims=STAFF)
    ended = await stage.ask("DELETE", f"{TICKETS}/{ann}/subscribers/eve", "eve", claims=STAFF)

    assert (refused.status, refused.json["code"]) == (403, "ticket_closed")
    assert (ended.status, ended.json["subscribers"]) == (200, [])
