"""Forms over the API: what is offered, what is asked, and what a ticket keeps of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from config.current_desk import CurrentDesk
from tests.api.stage import STAFF, TICKETS, Clock, Stage, headers
from tickets.desks.ticket_desk import Desk
from tickets.policy import Rules
from tickets.ports.store import Store

FORMS = "/api/v1/forms"
NEW = {"topic": "It is broken", "description": "Really."}
FILE = """
[hours]
zone = "UTC"
open = ["daily 08:00-12:00"]

[[forms]]
slug = "bug"
name = "Something is broken"
emoji = "🐛"
level = "URGENT"
support_role = "TECHNICAL"
open = "hours"
closed_text = "We are back at eight."
topic_question = "what"

[[forms.questions]]
id = "what"
label = "What is broken?"
required = true
max_length = 100

[[forms.questions]]
id = "steps"
label = "What did you do?"
kind = "long"
required = true

[[forms.questions]]
id = "picture"
label = "A picture"
kind = "file"

[[forms]]
slug = "billing"
name = "Bills"
who = ["CUSTOMER"]

[[forms]]
slug = "support"
name = "Anything else"
default = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "desk.toml"
    file.write_text(FILE)
    return file


@pytest.fixture
def current(file: Path) -> CurrentDesk:
    return CurrentDesk(file)


@pytest.fixture
async def asking(store: Store, clock: Clock, current: CurrentDesk) -> AsyncIterator[Stage]:
    """A desk with forms of its own."""
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(), current.forms)
    async with stage.open(rate_limits=False):
        yield stage


async def uploaded(stage: Stage, name: str = "cat.png") -> str:
    form = FormData()
    form.add_field("file", b"x", filename=name)
    return str((await stage.ask("POST", "/api/v1/attachments", data=form)).json["id"])


async def test_without_a_desk_file_there_are_four_forms_that_ask_nothing(stage: Stage) -> None:
    answer = await stage.ask("GET", FORMS)

    assert answer.status == 200
    assert [(it["slug"], it["is_default"], it["open"]) for it in answer.json] == [
        ("bug", False, True),
        ("feature", False, True),
        ("support", True, True),
        ("other", False, True),
    ]
    assert all(it["questions"] == [] and it["closed_text"] is None for it in answer.json)


async def test_a_form_is_told_with_all_that_clients_need(asking: Stage) -> None:
    form = (await asking.ask("GET", FORMS)).json[0]

    questions = form.pop("questions")
    form.pop("open")
    assert form == {
        "slug": "bug",
        "name": "Something is broken",
        "description": "",
        "emoji": "🐛",
        "topic_question": "what",
        "description_question": None,
        "is_default": False,
        "closed_text": "We are back at eight.",
    }
    assert questions[1] == {
        "id": "steps",
        "label": "What did you do?",
        "kind": "long",
        "required": True,
        "options": [],
        "max_length": 2000,
    }


async def test_a_form_is_open_in_its_hours(asking: Stage, clock: Clock) -> None:
    seen = []
    for hour in (7, 8, 12):
        clock.ahead += (hour * 3600 - clock.seconds) % 86_400
        seen.append([it["open"] for it in (await asking.ask("GET", FORMS)).json])

    assert seen == [[False, True, True], [True, True, True], [False, True, True]]


async def test_guests_are_offered_what_is_for_them(asking: Stage) -> None:
    guest = {"claims": {"role": "TEMP_USER"}}

    offered = await asking.ask("GET", FORMS, "gus", **guest)
    refused = await asking.ask("POST", TICKETS, "gus", json={**NEW, "category": "billing"}, **guest)

    assert [it["slug"] for it in offered.json] == ["bug", "support"]
    assert (refused.status, refused.json["code"]) == (400, "category_unknown")
    assert refused.json["errors"][0]["message"] == "There is no category billing; known are bug, support."


async def test_a_ticket_keeps_what_was_asked_and_answered(
    asking: Stage, file: Path, current: CurrentDesk
) -> None:
    picture = await uploaded(asking)
    body = {**NEW, "category": "bug", "answers": {"steps": "I clicked.", "picture": picture}}

    opened = (await asking.ask("POST", TICKETS, json=body)).json
    file.write_text(FILE.replace("What did you do?", "What happened?"))
    current.read()
    later = (await asking.ask("GET", f"{TICKETS}/{opened['id']}")).json
    files = (await asking.ask("GET", f"{TICKETS}/{opened['id']}/attachments")).json
    form = (await asking.ask("GET", FORMS)).json[0]

    assert form["questions"][1]["label"] == "What happened?"
    for ticket in (opened, later):
        assert (ticket["category"], ticket["issue_level"], ticket["support_role"]) == (
            "bug",
            "URGENT",
            "TECHNICAL",
        )
        assert ticket["answers"] == [
            {"id": "steps", "question": "What did you do?", "answer": "I clicked."},
            {"id": "picture", "question": "A picture", "answer": "cat.png"},
        ]
    assert [it["name"] for it in files] == ["cat.png"]


async def test_what_the_requester_says_goes_before_what_the_form_says(asking: Stage) -> None:
    body = {
        **NEW,
        "category": "bug",
        "answers": {"steps": "x"},
        "issue_level": "NORMAL",
        "support_role": "GENERAL",
    }

    ticket = (await asking.ask("POST", TICKETS, json=body)).json

    assert (ticket["issue_level"], ticket["support_role"]) == ("NORMAL", "GENERAL")


async def test_a_guest_gets_no_more_by_a_form_than_guests_get(asking: Stage) -> None:
    body = {**NEW, "category": "bug", "answers": {"steps": "x"}}

    ticket = (await asking.ask("POST", TICKETS, "gus", json=body, claims={"role": "TEMP_USER"})).json

    assert (ticket["issue_level"], ticket["support_role"]) == ("NORMAL", "GENERAL")


async def test_old_clients_get_the_default_form_which_asks_nothing(asking: Stage) -> None:
    ticket = (await asking.ask("POST", TICKETS, json=NEW)).json

    assert (ticket["category"], ticket["answers"]) == ("support", [])


async def test_each_wrong_answer_is_told_by_its_question_and_nothing_is_opened(asking: Stage) -> None:
    body = {**NEW, "category": "bug", "answers": {"picture": True, "shoes": "42"}}

    answer = await asking.ask("POST", TICKETS, json=body)

    assert (answer.status, answer.json["code"]) == (400, "answers_invalid")
    assert {it["location"]: it["type"] for it in answer.json["errors"]} == {
        "answers.shoes": "not_asked",
        "answers.steps": "missing",
        "answers.picture": "no_text",
    }
    assert (await asking.ask("GET", TICKETS)).json == []


async def test_a_file_for_an_answer_must_be_an_unused_upload_of_one_s_own(asking: Stage) -> None:
    body = {**NEW, "category": "bug", "answers": {"steps": "x", "picture": await uploaded(asking)}}

    of_another = await asking.ask("POST", TICKETS, "ben", json=body)
    first = await asking.ask("POST", TICKETS, json=body)
    again = await asking.ask("POST", TICKETS, json=body)

    assert [(it.status, it.json.get("code")) for it in (of_another, first, again)] == [
        (400, "upload_not_found"),
        (201, None),
        (400, "upload_not_found"),
    ]


async def test_a_ticket_is_opened_with_ten_files_at_most(asking: Stage) -> None:
    files = [await uploaded(asking) for _ in range(11)]
    body = {**NEW, "category": "bug", "answers": {"steps": "x", "picture": files[0]}}

    too_many = await asking.ask("POST", TICKETS, json={**body, "attachments": files[1:]})
    ten = await asking.ask("POST", TICKETS, json={**body, "attachments": files[:10]})

    assert (too_many.status, too_many.json["errors"][0]["type"]) == (400, "too_many_files")
    assert ten.status == 201


async def test_answers_are_found_by_their_words_and_stand_in_every_transcript(asking: Stage) -> None:
    body = {**NEW, "category": "bug", "answers": {"steps": "Xylophone *fell*"}}
    ticket = (await asking.ask("POST", TICKETS, json=body)).json["id"]

    found = (await asking.ask("GET", f"{TICKETS}?q=xylophone")).json
    shown = {}
    for form in ("html", "md", "txt", "json"):
        url = f"{TICKETS}/{ticket}/transcript?format={form}"
        async with asking.http.get(url, headers=headers("ann")) as answer:
            shown[form] = await answer.text()

    assert [it["id"] for it in found] == [ticket]
    assert [form for form, it in shown.items() if "Xylophone" not in it or "What did you do" not in it] == []
    assert "Category: bug" in shown["txt"]
    assert "Xylophone *fell*" in shown["html"]


async def test_the_history_begins_with_the_category(asking: Stage) -> None:
    ticket = await asking.opened()

    history = (await asking.ask("GET", f"{TICKETS}/{ticket}/history", "sam", claims=STAFF)).json

    assert [(it["field"], it["new"]) for it in history] == [("status", "OPEN"), ("category", "support")]
