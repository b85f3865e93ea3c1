"""Who of staff has looked at which record or person, over the API."""

import pytest

from tests.api.stage import STAFF, TICKETS, Stage

LOOKS = "/api/v1/looks"
ADMIN = {"role": "ADMIN"}


async def test_admins_see_who_looked_at_what(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    path = f"{TICKETS}/{ticket}/transcript"
    for who, asked, claims in (
        ("ann", path, {}),
        ("sam", f"{path}?format=json", STAFF),
        ("sam", f"{path}?format=txt", STAFF),
        ("sam", f"{TICKETS}/{ticket}/messages", STAFF),
        ("sam", f"{TICKETS}/1/notes", STAFF),
        ("ben", f"{TICKETS}/{ticket}/history", STAFF),
        ("ann", f"{TICKETS}/{ticket}/messages", {}),
        ("sam", "/api/v1/users/ann", STAFF),
        ("sam", "/api/v1/users/nobody", STAFF),
        ("root", "/api/v1/users/ann/export", ADMIN),
    ):
        await stage.ask("GET", asked, who, claims=claims)

    looks = (await stage.ask("GET", LOOKS, "root", claims=ADMIN)).json

    ann = {"id": "ann", "issuer": "default", "name": "Ann"}
    assert sorted((it["kind"], it["by"]["id"]) for it in looks) == [
        ("conversation", "ben"),
        ("conversation", "sam"),
        ("export", "root"),
        ("transcript", "sam"),
        ("user", "sam"),
    ], "the requester's own is none, and twice within a minute is once"
    assert all(it["user"] == ann for it in looks)
    tickets = {it["kind"]: it["ticket"] for it in looks}
    assert tickets["transcript"] == {"id": ticket, "number": 1}
    assert tickets["user"] is None
    found = (await stage.ask("GET", f"{LOOKS}?by=sam&kind=user", "root", claims=ADMIN)).json
    assert [(it["by"]["name"], it["kind"]) for it in found] == [("Sam", "user")]
    page = await stage.ask("GET", f"{LOOKS}?limit=3", "root", claims=ADMIN)
    rest = await stage.ask(
        "GET", page.headers["Link"].partition("/in")[2].partition(">")[0], "root", claims=ADMIN
    )
    assert page.json + rest.json == looks


@pytest.mark.parametrize("role", ["TEMP_USER", "CUSTOMER", "AGENT"])
async def test_nobody_else_sees_it(stage: Stage, role: str) -> None:
    assert (await stage.ask("GET", LOOKS, "sam", claims={"role": role})).status == 403
