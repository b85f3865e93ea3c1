"""Searching lists of tickets over REST; nobody finds by what they may not read."""

from typing import Any

import pytest

from tests.api.resources.test_ticket_lists import numbers
from tests.api.resources.test_tickets import pages
from tests.api.stage import AGENT, STAFF, TICKETS, Clock, Stage
from tickets.desks.ticket_desk import Said
from tickets.model import Status


async def found(stage: Stage, q: str, user: str = "sam", **claims: Any) -> list[int]:
    return await numbers(stage, f"q={q}", user, **(claims or STAFF))


async def found_by(stage: Stage, user: str, q: str) -> list[int]:
    return await numbers(stage, f"q={q}", user, role="CUSTOMER")


@pytest.fixture
async def desk(stage: Stage, clock: Clock) -> Stage:
    """1 Ann's, with a note; 2 Ann's, with messages; 3 Ben's."""
    for user, topic, description in [
        ("ann", "Déjà vu", "The lamp is dark"),
        ("ann", "No light", "Lamp & lantern"),
        ("ben", "Lamp broken", "It fell"),
    ]:
        clock.ahead += 60
        body = {"topic": topic, "description": description}
        assert (await stage.ask("POST", TICKETS, user, json=body)).status == 201
    await stage.desk.add_note(AGENT, "1", Said("A known swindler"))
    await stage.posted("2", "It was Straße 7")
    await stage.answered("2", "Which lantern?")
    return stage


@pytest.mark.parametrize(
    ("q", "numbers_found"),
    [
        ("lamp", [3, 2, 1]),
        ("LAMP", [3, 2, 1]),
        ("deja", [1]),
        ("d%C3%A9j%C3%A0,%20lamp!", [1]),
        ("strasse", [2]),
        ("which%20lantern%20light", [2]),
        ("dark%20fell", []),
        ("lam", []),
        ("swindler", [1]),
        ("nowhere", []),
        ("%21", []),
        ("%00", []),
        ("%25", []),
        ('%22lamp%22%20OR%20"', []),
    ],
)
async def test_every_word_is_looked_for(desk: Stage, q: str, numbers_found: list[int]) -> None:
    assert await found(desk, q) == numbers_found


async def test_requesters_find_nothing_by_what_they_may_not_read(desk: Stage) -> None:
    assert await found_by(desk, "ann", "swindler") == []
    assert await found_by(desk, "ann", "swindler%20lamp") == []
    assert await found_by(desk, "ann", "lamp") == [2, 1]
    assert await found_by(desk, "ann", "broken") == []
    assert await numbers(desk, "q=lamp&user_id=ben", "ann", role="CUSTOMER") == []
    assert await found_by(desk, "ben", "lamp") == [3]
    assert await found_by(desk, "eve", "lamp") == []


async def test_a_word_that_is_in_a_note_as_well_is_found_by_the_message(desk: Stage) -> None:
    await desk.posted("1", "Swindler, me?")

    assert await found_by(desk, "ann", "swindler") == [1]


async def test_what_was_edited_or_deleted_is_found_no_more(desk: Stage) -> None:
    path = f"{TICKETS}/2/messages"
    message = (await desk.messages("2"))[0]["id"]
    assert await found(desk, "strasse") == [2]

    await desk.ask("PATCH", f"{path}/{message}", json={"content": "It was a road"})
    assert (await found(desk, "strasse"), await found_by(desk, "ann", "road")) == ([], [2])

    await desk.ask("DELETE", f"{path}/{message}")
    assert await found(desk, "road") == []

    await desk.ask("PATCH", f"{TICKETS}/2", json={"topic": "Candles", "description": "please"})
    assert (await found(desk, "light"), await found(desk, "lamp")) == ([], [3, 1])
    assert await found(desk, "candles%20lantern") == [2], "a message holds it still"


async def test_a_search_goes_with_filters_orders_and_pages(desk: Stage) -> None:
    await desk.answered("1")
    await desk.desk.close(AGENT, "1", Status.RESOLVED)

    assert await numbers(desk, "q=lamp&status=RESOLVED") == [1]
    assert await numbers(desk, "q=lamp&user_id=ann&sort=created_at") == [1, 2]
    assert await numbers(desk, "q=lamp&unattended=true") == [3]
    path = f"{TICKETS}?q=lamp&sort=created_at"
    whole = (await desk.ask("GET", path, "ann")).json
    assert await pages(desk, f"{path}&limit=1") == whole
    assert len(whole) == 2


@pytest.mark.parametrize("query", ["q=", f"q={'a' * 201}", "q=a&q=b"])
async def test_a_search_is_bounded(stage: Stage, query: str) -> None:
    answer = await stage.ask("GET", f"{TICKETS}?{query}", "sam", claims=STAFF)

    assert answer.status == 400
    assert answer.json["errors"][0]["location"] == "query.q"
