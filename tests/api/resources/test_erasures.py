"""Erasing over the API: it is asked for by admins, answered at once, and seen by admins until its receipt."""

import io
import zipfile

import pytest

from tests.api.stage import Stage, headers
from tests.tickets.ledgers import LedgerInMemory
from tickets.forgetting import Forgetting

USERS, ERASURES = "/api/v1/users", "/api/v1/erasures"
ADMIN = {"role": "ADMIN"}


@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER", "AGENT"])
async def test_only_admins_erase_and_see_erasures(stage: Stage, role: str) -> None:
    await stage.opened("ann")
    erasure = (await stage.ask("POST", f"{USERS}/ann/erase", "root", claims=ADMIN)).json["id"]

    answers = [
        await stage.ask("POST", f"{USERS}/ann/erase", "sam", claims={"role": role}),
        await stage.ask("GET", ERASURES, "sam", claims={"role": role}),
        await stage.ask("GET", f"{ERASURES}/{erasure}", "sam", claims={"role": role}),
    ]

    assert [(it.status, it.json["code"]) for it in answers] == [(403, "admin_only")] * 3


async def test_it_is_answered_at_once_and_seen_until_nothing_tells_who_it_was(stage: Stage) -> None:
    ticket = await stage.opened("ann")

    asked = await stage.ask("POST", f"{USERS}/ann/erase", "root", claims=ADMIN)
    again = await stage.ask("POST", f"{USERS}/ann/erase", "root", claims=ADMIN)
    seen = await stage.ask("GET", asked.headers["Location"], "root", claims=ADMIN)
    await Forgetting(stage.store, stage.clock, LedgerInMemory()).work_off()
    after = await stage.ask("GET", asked.headers["Location"], "root", claims=ADMIN)

    assert (asked.status, asked.json["state"], asked.json["user_id"]) == (202, "asked", "ann")
    assert again.json == seen.json == asked.json
    assert (after.json["state"], after.json["tickets"], after.json["total"]) == ("waiting", 1, 1)
    assert (after.json["user_id"], after.json["issuer"]) == (None, None)
    assert after.json["removed"]["people"] == 1
    assert (await stage.ask("GET", ERASURES, "root", claims=ADMIN)).json == [after.json]
    assert (await stage.ask("GET", f"/api/v1/tickets/{ticket}", "ann")).status == 404
    of_staff = await stage.ask("GET", f"/api/v1/tickets/{ticket}", "root", claims=ADMIN)
    assert (of_staff.json["topic"], of_staff.json["description"]) == ("(erased)", "")
    noted = await stage.ask(
        "POST", f"/api/v1/tickets/{ticket}/notes", "root", claims=ADMIN, json={"content": "It was Ann"}
    )
    assert (noted.status, noted.json["code"]) == (403, "ticket_erased")


async def test_a_request_that_is_sent_again_brings_nothing_back(stage: Stage) -> None:
    sent = {"json": {"topic": "My zebra", "description": "is ill"}, "headers": {"Idempotency-Key": "k"}}
    opened = await stage.ask("POST", "/api/v1/tickets", "ann", **sent)
    await stage.ask("POST", f"{USERS}/ann/erase", "root", claims=ADMIN)
    await Forgetting(stage.store, stage.clock, LedgerInMemory()).work_off()

    again = await stage.ask("POST", "/api/v1/tickets", "ann", **sent)

    assert opened.status == 201
    assert (again.status, again.json["code"]) == (404, "ticket_not_found")
    assert (await stage.ask("GET", "/api/v1/tickets", "ann")).json == []


async def test_nobody_and_no_erasure_are_404(stage: Stage) -> None:
    unknown = await stage.ask("POST", f"{USERS}/zoe/erase", "root", claims=ADMIN)
    no_erasure = await stage.ask("GET", f"{ERASURES}/none", "root", claims=ADMIN)

    assert (unknown.status, unknown.json["code"]) == (404, "user_not_found")
    assert (no_erasure.status, no_erasure.json["code"]) == (404, "erasure_not_found")


async def test_admins_export_a_user_and_nobody_else_does(stage: Stage) -> None:
    await stage.opened("ann", topic="My zebra")

    refused = await stage.ask("GET", f"{USERS}/ann/export", "sam", claims={"role": "AGENT"})
    told = headers("root", **ADMIN)
    async with stage.http.get(f"{USERS}/ann/export", headers=told) as answer:
        content = await answer.read()

    assert (refused.status, refused.json["code"]) == (403, "admin_only")
    assert (answer.status, answer.content_type) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="guildesk-ann.zip"'
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        assert "My zebra" in made.read("index.html").decode()
