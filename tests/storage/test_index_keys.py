"""The numbers under which stores keep kinds of tickets."""

from dataclasses import replace

import pytest

from storage.index_keys import KINDS, OPEN_KINDS, URGENCIES, kind_of, kinds_of
from tests.tickets.logs import Logbook, opened
from tickets.model import IssueLevel, Status, SupportRole, TicketId
from tickets.ports.lists import TicketFilter

KEPT = {
    (Status.OPEN, IssueLevel.NORMAL, SupportRole.GENERAL): 0,
    (Status.OPEN, IssueLevel.NORMAL, SupportRole.TECHNICAL): 1,
    (Status.OPEN, IssueLevel.URGENT, SupportRole.GENERAL): 4,
    (Status.OPEN, IssueLevel.CRITICAL, SupportRole.ADMIN): 11,
    (Status.PENDING, IssueLevel.NORMAL, SupportRole.GENERAL): 12,
    (Status.PENDING, IssueLevel.CRITICAL, SupportRole.ADMIN): 23,
    (Status.RESOLVED, IssueLevel.NORMAL, SupportRole.GENERAL): 24,
    (Status.UNRESOLVED, IssueLevel.CRITICAL, SupportRole.ADMIN): 47,
}
"""Some of those that are in stores already: none may ever get another number."""


@pytest.mark.parametrize(("kind", "number"), KEPT.items())
def test_the_numbers_that_stores_keep_stay(kind: tuple[Status, IssueLevel, SupportRole], number: int) -> None:
    assert KINDS[kind] == number


def test_every_kind_has_a_number_of_its_own() -> None:
    assert sorted(KINDS.values()) == list(range(len(KINDS)))
    assert list(range(24)) == OPEN_KINDS
    assert URGENCIES == (2, 1, 0)


def test_a_filter_lets_through_the_kinds_that_it_names() -> None:
    assert kinds_of(TicketFilter()) is None
    urgent = TicketFilter(
        statuses=frozenset({Status.OPEN}),
        issue_levels=frozenset({IssueLevel.URGENT}),
        support_roles=frozenset({SupportRole.GENERAL, SupportRole.ADMIN}),
    )
    assert kinds_of(urgent) == [4, 7]
    assert kinds_of(replace(urgent, statuses=None)) == [4, 7, 16, 19, 28, 31, 40, 43, 52, 55]


def test_a_ticket_has_the_number_of_its_kind() -> None:
    levels = (IssueLevel.NORMAL, IssueLevel.CRITICAL)

    assert [kind_of(Logbook(TicketId("t1"), opened(level=it)).ticket) for it in levels] == [0, 8]
