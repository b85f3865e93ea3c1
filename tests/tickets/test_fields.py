"""The table of fields has a row for everything that must not be forgotten."""

from dataclasses import fields

import pytest

from tickets.fields import ERASED, FIELDS, may_be_set_by
from tickets.model import AuthorType, GivenAtOpening, Ticket

NO_PERSON_WROTE_IT = {"panel_channel_id"}


def test_an_erasure_leaves_nothing_of_what_a_ticket_was_opened_with() -> None:
    given = {it.name for it in fields(GivenAtOpening)}

    assert given - NO_PERSON_WROTE_IT - ERASED.keys() == set()


def test_the_table_is_about_fields_of_tickets() -> None:
    assert FIELDS.keys() - {it.name for it in fields(Ticket)} == set()


@pytest.mark.parametrize(
    ("field", "requester", "staff"),
    [
        ("topic", True, True),
        ("metadata", False, True),
        ("assignee", False, True),
        ("requester", False, False),
        ("labels", False, False),
        ("nonsense", False, False),
    ],
)
def test_who_sets_a_field(field: str, requester: bool, staff: bool) -> None:
    assert may_be_set_by(AuthorType.REQUESTER, field) is requester
    assert may_be_set_by(AuthorType.STAFF, field) is staff
