"""Users over the API, for every role, and how they are blocked."""

import pytest

from tests.api.stage import STAFF, TICKETS, Clock, Stage, listening, token

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
    page = await stage.ask("GET", f"{USERS}?limit=2", "sam", claims=STAFF)
    link = page.headers["Link"].partition("/in")[2].partition(">")[0]
    rest = await stage.ask("GET", link, "sam", claims=STAFF)

    assert users.json[0] == {
        "id": "bob",
        "issuer": "default",
        "username": "Bob",
        "email": "bob@example.test",
        "role": "CUSTOMER",
        "ticket_count": 2,
        "created_at": users.json[0]["created_at"],
        "blocked": False,
        "blocked_until": None,
        "block_reason": None,
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


async def test_who_has_only_shown_a_token_is_known(stage: Stage) -> None:
    assert (await stage.ask("GET", TICKETS, "ann")).status == 200
    async with listening(stage) as ear:
        await ear.authorize(token=token("bob"))

    users = await stage.ask("GET", USERS, "sam", claims=STAFF)

    assert [(it["id"], it["username"], it["ticket_count"]) for it in users.json] == [
        ("ann", "Ann", 0),
        ("bob", "Bob", 0),
        ("sam", "Sam", 0),
    ]


async def test_whoever_is_named_can_be_blocked_and_noted_before_they_come(stage: Stage) -> None:
    marks = {"blocked": True, "note": "Spams elsewhere"}
    for path in ("eve", "zed?issuer=other"):
        answer = await stage.ask("PATCH", f"{USERS}/{path}", "sam", claims=STAFF, json=marks)
        assert (answer.status, answer.json["blocked"], answer.json["note"]) == (200, True, "Spams elsewhere")

    opening = await stage.ask("POST", TICKETS, "eve", json={"topic": "a", "description": "b"})
    read = await stage.ask("GET", f"{USERS}/eve", "sam", claims=STAFF)

    assert opening.status == 403
    assert (read.json["username"], read.json["email"]) == ("Eve", "eve@example.test")
    assert (read.json["blocked"], read.json["ticket_count"]) == (True, 0)


async def test_a_block_ends_by_itself(stage: Stage, clock: Clock) -> None:
    until = clock.seconds + 3600
    marks = {"blocked": True, "blocked_until": until, "block_reason": "Shouts"}
    blocked = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json=marks)
    assert {**blocked.json, **marks} == blocked.json
    noted = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"note": "Hm"})
    assert {**noted.json, **marks} == noted.json
    body = {"topic": "a", "description": "b"}
    assert (await stage.ask("POST", TICKETS, json=body)).status == 403

    clock.ahead = 3601

    assert (await stage.ask("POST", TICKETS, json=body)).status == 201
    over = await stage.ask("GET", f"{USERS}/ann", "sam", claims=STAFF)
    assert {**over.json, "blocked": False, "blocked_until": None, "block_reason": None} == over.json


async def test_a_new_block_takes_the_place_of_the_old_one(stage: Stage, clock: Clock) -> None:
    marks = {"blocked": True, "blocked_until": clock.seconds + 60, "block_reason": "Shouts"}
    await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json=marks)

    again = await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json={"blocked": True})

    assert [again.json[it] for it in ("blocked", "blocked_until", "block_reason")] == [True, None, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"blocked_until": 1},
        {"block_reason": "Shouts"},
        {"blocked": False, "block_reason": "Shouts"},
        {"blocked": True, "blocked_until": -1},
        {"blocked": True, "blocked_until": 10**15},
        {"blocked": True, "block_reason": "x" * 1001},
        {"blocked": "yes"},
    ],
)
async def test_a_block_that_makes_no_sense_is_refused(stage: Stage, wrong: dict[str, object]) -> None:
    assert (await stage.ask("PATCH", f"{USERS}/ann", "sam", claims=STAFF, json=wrong)).status == 400


async def test_only_admins_block_staff(stage: Stage) -> None:
    await stage.ask("GET", TICKETS, "sue", claims=STAFF)

    answers = [
        await stage.ask("PATCH", f"{USERS}/sue", "sam", claims={"role": role}, json=body)
        for role, body in (
            ("AGENT", {"blocked": True}),
            ("AGENT", {"note": "New"}),
            ("ADMIN", {"blocked": True}),
        )
    ]

    assert [it.status for it in answers] == [403, 200, 200]
    mine = await stage.ask("PATCH", f"{USERS}/sue", "sue", claims={"role": "ADMIN"}, json={"blocked": False})
    assert mine.status == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [("eve%E2%80%AE", 404), ("%00", 404), ("x" * 257, 404), ("eve?issuer=a%20b", 400), ("eve?issuer=", 400)],
)
async def test_nobody_is_called_so(stage: Stage, path: str, status: int) -> None:
    answer = await stage.ask("PATCH", f"{USERS}/{path}", "sam", claims=STAFF, json={"blocked": True})

    assert answer.status == status
    assert [it["id"] for it in (await stage.ask("GET", USERS, "sam", claims=STAFF)).json] == ["sam"]


async def test_users_are_found_over_pages(stage: Stage, clock: Clock) -> None:
    before = clock() // 1000
    for name in ("ann", "anna", "bob"):
        await stage.opened(name)
    after = clock() // 1000

    found = await stage.ask("GET", f"{USERS}?q=ann", "sam", claims=STAFF)
    page = await stage.ask("GET", f"{USERS}?q=ann&limit=1", "sam", claims=STAFF)
    rest = await stage.ask(
        "GET", page.headers["Link"].partition("/in")[2].partition(">")[0], "sam", claims=STAFF
    )
    by_address = await stage.ask("GET", f"{USERS}?email=BOB@example.test", "sam", claims=STAFF)

    assert [it["id"] for it in found.json] == ["ann", "anna"]
    assert page.json + rest.json == found.json
    assert [it["id"] for it in by_address.json] == ["bob"]
    assert before <= by_address.json[0]["created_at"] <= after
