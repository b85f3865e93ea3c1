"""In which language transcripts are downloaded."""

from typing import Any

import pytest

from tests.api.stage import STAFF, TICKETS, Stage, headers


async def downloaded(stage: Stage, ticket: str, user: str, form: str, **claims: Any) -> str:
    url = f"{TICKETS}/{ticket}/transcript?format={form}"
    async with stage.http.get(url, headers=headers(user, **claims)) as answer:
        assert answer.status == 200
        return await answer.text()


@pytest.mark.parametrize("form", ["html", "md", "txt"])
async def test_a_transcript_is_in_the_ticket_s_locale_for_its_requester_and_not_for_staff(
    stage: Stage, form: str
) -> None:
    new = {"topic": "a", "description": "b", "locale": "de-AT"}
    ticket = (await stage.ask("POST", TICKETS, json=new)).json["id"]

    requesters = await downloaded(stage, ticket, "ann", form)
    staffs = await downloaded(stage, ticket, "sam", form, **STAFF)

    assert ("eröffnet" in requesters, "opened" in requesters) == (True, False)
    assert ("eröffnet" in staffs, "opened" in staffs) == (False, True)
