"""Users over the API, for every role; and what it means to be blocked."""

import pytest

from tests.api.stage import STAFF, TICKETS, Stage

USERS = "/api/v1/users"


@pytest.mark.parametrize(
    ("role", "status"), [("TEMP_USER", 403), ("CUSTOMER", 403), ("AGENT", 200), ("ADMIN", 200)]
)
async def test_users_are_for_staff(stage: Stage, role: str, status: int) -> None:
    await stage.opened("ann")
    claims = {"role": role}

    answers = [
        await stage.ask("GET", USERS, "sam", claims=claims),
        await stage.ask("GET", f"{USERS}/ann", "sam", claims=claims),
        await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=claims, json={"note": "Hm"}),
    ]

    assert [it.status for it in answers] == [status] * 3


async def test_whoever_has_opened_the_most_tickets_goes_first(stage: Stage) -> None:
    await stage.opened("ann")
    for _ in range(2):
        await stage.opened("bob")

    users = await stage.ask("GET", USERS, "sam", claims=STAFF)
    page = await stage.ask("GET", f"{USERS}?limit=1", "sam", claims=STAFF)
    link = page.headers["Link"].partition("/in")[2].partition(">")[0]
    rest = await stage.ask("GET", link, "sam", claims=STAFF)

    assert users.json[0] == {
        "id": "bob",
        "issuer": "default",
        "username": "Bob",
        "email": "bob@example.test",
        "role": "CUSTOMER",
        "ticket_count": 2,
        "blocked": False,
        "note": None,
    }
    assert page.json + rest.json == users.json
    assert "Link" not in rest.headers


async def test_a_user_comes_with_tickets_and_what_staff_wrote_down(stage: Stage) -> None:
    first, second = await stage.opened("ann"), await stage.opened("ann")

    changed = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"note": " Shouts "})
    read = await stage.ask("GET", f"{USERS}/ann?issuer=default", "sam", claims=STAFF)
    cleared = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"note": ""})

    assert [it["id"] for it in changed.json["tickets"]] == [second, first]
    assert read.json == changed.json
    assert read.json["note"] == "Shouts"
    assert cleared.json["note"] is None
    for path in ("eve", "ann?issuer=other"):
        assert (await stage.ask("GET", f"{USERS}/{path}", "sam", claims=STAFF)).status == 404
    wrong = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"role": "ADMIN"})
    assert wrong.status == 400


async def test_a_blocked_user_reads_but_neither_opens_nor_posts(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await stage.posted(ticket)
    blocking = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"blocked": True})
    assert blocking.json["blocked"] is True

    opening = await stage.ask("POST", TICKETS, json={"topic": "a", "description": "b"})
    posting = await stage.ask("POST", f"{TICKETS}/{ticket}/messages", json={"content": "Hello"})
    anothers = await stage.ask("POST", f"{TICKETS}/77/messages", json={"content": "Hello"})

    assert [(it.status, it.json["error"]) for it in (opening, posting)] == [(403, "FORBIDDEN")] * 2
    assert anothers.status == 404
    assert len(await stage.messages(ticket)) == 1
    await stage.answered(ticket)
    await stage.opened("bob")
    await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"blocked": False})
    await stage.posted(ticket)
