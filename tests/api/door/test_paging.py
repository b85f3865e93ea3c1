"""Cursors: written into links, read back as they were, and refused where they are another list's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from api.door.paging import Parts, written
from tests.api.stage import STAFF, TICKETS, Stage
from tickets.ports.lists import Cursor

NUMBERS = st.lists(st.integers(0, 10**16 - 1), min_size=1, max_size=3).map(tuple)
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300)


@given(NUMBERS)
def test_numbers_are_read_as_they_were_written(numbers: tuple[int, ...]) -> None:
    assert Parts(len(numbers)).parse(written(Cursor(numbers))) == Cursor(numbers)


@given(NUMBERS, TEXT)
def test_a_text_behind_them_may_be_any(numbers: tuple[int, ...], text: str) -> None:
    cursor = Cursor(numbers, text)

    assert Parts(len(numbers), text=True).parse(written(cursor)) == cursor


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        (Parts(2), "5"),
        (Parts(2), "5-6-7"),
        (Parts(1), "٣"),
        (Parts(1), "-1"),
        (Parts(1), "1" * 17),
        (Parts(2, text=True), "5-6"),
        (Parts(2, text=True), "5-6-"),
        (Parts(2, text=True), "5-6-a"),
        (Parts(2, text=True), "5-6-zz"),
        (Parts(2, text=True), "5-6-6A"),
        (Parts(1), ["1", "2"]),
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(parts: Parts, wrong: object) -> None:
    with pytest.raises(PydanticCustomError):
        parts.parse(wrong)


async def test_users_with_any_id_are_paged(stage: Stage) -> None:
    ids = ["ann", "jürgen/müller", "a b", "🦊"]
    for user in ids:
        ticket = {"topic": "a", "description": "b"}
        opened = await stage.ask("POST", TICKETS, user, claims={"email": "a@b.test"}, json=ticket)
        assert opened.status == 201

    found, path = [], "/api/v1/users?limit=1"
    while path:
        page = await stage.ask("GET", path, "sam", claims=STAFF)
        found += [it["id"] for it in page.json]
        path = page.headers.get("Link", "").partition("/in")[2].partition(">")[0]

    assert sorted(found) == sorted([*ids, "sam"])
