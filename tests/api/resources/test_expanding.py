"""Lists of tickets with what each client would ask for next."""

import pytest

from tests.api.stage import STAFF, TICKETS, Stage


async def test_tickets_have_what_is_asked_for_besides(stage: Stage) -> None:
    silent = await stage.opened("ben")
    ticket = await stage.opened("ann")
    await stage.posted(ticket)
    await stage.answered(ticket, "Is it plugged in?")
    await stage.ask("POST", f"{TICKETS}/{ticket}/notes", "sam", claims=STAFF, json={"content": "Psst"})
    plain = (await stage.ask("GET", TICKETS, "sam", claims=STAFF)).json

    both = (await stage.ask("GET", f"{TICKETS}?expand=last_message,requester", "sam", claims=STAFF)).json
    own = (await stage.ask("GET", f"{TICKETS}?expand=last_message", "ann")).json

    assert [it["id"] for it in both] == [ticket, silent]
    assert both[0]["last_message"]["content"] == "Is it plugged in?"
    assert "last_message" not in both[1]
    assert both[0]["requester"] == {
        "id": "ann",
        "issuer": "default",
        "username": "Ann",
        "email": "ann@example.test",
        "role": "CUSTOMER",
    }
    assert [{k: v for k, v in it.items() if k not in ("last_message", "requester")} for it in both] == plain
    assert own[0]["last_message"]["content"] == "Is it plugged in?"
    assert "requester" not in own[0]


async def test_what_staff_calls_itself_is_what_requesters_see(stage: Stage) -> None:
    ticket = await stage.opened("ann")
    await stage.answered(ticket)
    (message,) = (await stage.ask("GET", f"{TICKETS}/{ticket}/messages", "ann")).json

    (own,) = (await stage.ask("GET", f"{TICKETS}?expand=last_message", "ann")).json

    assert own["last_message"] == message


@pytest.mark.parametrize("expand", ["messages", "", "last_message,x"])
async def test_only_what_there_is_can_be_asked_for(stage: Stage, expand: str) -> None:
    assert (await stage.ask("GET", f"{TICKETS}?expand={expand}", "ann")).status == 400
