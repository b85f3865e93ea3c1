"""A page of a list takes as many steps of the database for many tickets as for few."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.index_keys import KINDS
from storage.sqlite import queue, users
from storage.sqlite.connection import connect
from storage.sqlite.pages import among_tickets
from storage.sqlite.schema import bring_up_to_date
from tickets.model import IssueLevel, Status, SupportRole, UserKey
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder
from tickets.ports.queue import FeedbackFilter

KIND = KINDS[Status.RESOLVED, IssueLevel.NORMAL, SupportRole.GENERAL]
FEW, MANY = 1_000, 20_000
"""Tickets."""
_PEOPLE = """
WITH RECURSIVE n(it) AS (SELECT 0 UNION ALL SELECT it + 1 FROM n WHERE it < 199)
INSERT INTO people (key, body) SELECT 'shop u' || it, '{}' FROM n"""
_TICKETS = """
WITH RECURSIVE n(it) AS (SELECT ?1 UNION ALL SELECT it + 1 FROM n WHERE it < ?2)
INSERT INTO tickets (ticket_id, number, requester_key, status, urgency, kind, assignee_key, unattended,
    rated_at, created_at, updated_at, body)
SELECT 't' || it, it, 'shop u' || (it % 200), 'RESOLVED', 0, ?3, 'shop kim', 0, it, it, it,
    json_object('feedback', json_object('rating', 1 + it % 5), 'closed_at', it) FROM n"""
KIM, U7 = UserKey("shop", "kim"), UserKey("shop", "u7")

Asked = tuple[str, Any]


def _page(which: TicketFilter) -> Asked:
    walk = among_tickets(which, TicketOrder.NEWEST, Cursor((500, 500)))
    assert walk is not None
    return walk.page(51, 5000)


def _rated(which: FeedbackFilter) -> Asked:
    return queue.rated(which, Cursor((500, 500)), 51)


PAGES: dict[str, Callable[[int], Asked]] = {
    "users": lambda _: (users.FEWER, (2**53, 51)),
    "users, further on": lambda count: (users.AS_MANY, (count // 200, "shop u100", 51)),
    "who rose meanwhile": lambda count: (users.RISEN, (count - 50,)),
    "feedback": lambda _: _rated(FeedbackFilter()),
    "feedback of so many stars": lambda _: _rated(FeedbackFilter(stars=2)),
    "feedback for an agent": lambda _: _rated(FeedbackFilter(assignees=frozenset({KIM}), stars=2)),
    "tickets": lambda _: _page(TicketFilter()),
    "resolved tickets of an agent": lambda _: _page(
        TicketFilter(assignees=frozenset({KIM}), statuses=frozenset({Status.RESOLVED}))
    ),
}


def steps(connection: sqlite3.Connection, statement: str, values: Any) -> int:
    """How many hundred steps SQLite's machine takes, and there is something to find."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    connection.set_progress_handler(step, 100)
    assert connection.execute(statement, values).fetchall()
    connection.set_progress_handler(None, 0)
    return count


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    with closing(connect(tmp_path / "x.sqlite3")) as connection:
        bring_up_to_date(connection)
        yield connection


def test_pages_cost_the_same_for_many_tickets(connection: sqlite3.Connection) -> None:
    connection.execute(_PEOPLE)
    connection.execute(_TICKETS, (1, FEW, KIND))
    few = {name: steps(connection, *asked(FEW)) for name, asked in PAGES.items()}

    connection.execute(_TICKETS, (FEW + 1, MANY, KIND))
    many = {name: steps(connection, *asked(MANY)) for name, asked in PAGES.items()}

    assert {name: (few[name], count) for name, count in many.items() if count > few[name] + 2} == {}
