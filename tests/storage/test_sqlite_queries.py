"""The hot queries walk along indexes, however much the store holds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.sqlite import backlog, channels, sql, views
from storage.sqlite.connection import connect
from storage.sqlite.schema import bring_up_to_date
from tickets.model import Status, UserKey
from tickets.ports import TicketFilter

ANN = UserKey("shop", "ann")
WORKED_ON = frozenset({Status.OPEN, Status.PENDING})


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "x.sqlite3")) as connection:
        bring_up_to_date(connection)
        yield connection


def plan(connection: sqlite3.Connection, statement: str, values: Any) -> str:
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
    return "\n".join(row[3] for row in rows)


def scans(steps: str) -> list[str]:
    """Walks over whole tables; what is asked for is no table."""
    return [
        step
        for step in steps.splitlines()
        if step.startswith("SCAN ") and step[5:].isidentifier() and step != "SCAN asked"
    ]


HOT = {
    "a page of all tickets": views.page_of_tickets(TicketFilter(), 9, 50),
    "a page of tickets at work": views.page_of_tickets(TicketFilter(statuses=WORKED_ON), 9, 50),
    "a page of somebody's tickets": views.page_of_tickets(TicketFilter(ANN), None, 50),
    "a page of somebody's tickets at work": views.page_of_tickets(TicketFilter(ANN, WORKED_ON), 9, 50),
    "a page of messages": (views.PAGE_OF_MESSAGES, ("t", False, 0, 50)),
    "one message": (views.ONE_MESSAGE, ("t", "m")),
    "a page of the feed": (views.FEED_OF_ALL, (0, 100)),
    "a page of somebody's feed": (views.FEED_OF_REQUESTER, ("shop ann", 0, 100)),
    "the event in front": (backlog.NEXT_DUE, ("discord", "t")),
    "whether a ticket is pending": (backlog.PENDING, ("discord", "t")),
    "the links of a message": (channels.LINKS, ("t", "m")),
    "the newest link": (channels.NEWEST_LINK, ("t", 1)),
    "several tickets": next(sql.matching(channels.OF_TICKETS, [("t1",), ("t2",)])),
}


@pytest.mark.parametrize("what", HOT)
def test_a_hot_query_neither_scans_nor_sorts(connection: sqlite3.Connection, what: str) -> None:
    steps = plan(connection, *HOT[what])

    assert "SEARCH" in steps
    assert "TEMP B-TREE" not in steps
    assert not scans(steps)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (backlog.TICKETS_DUE, {"sink": "discord", "now": 1, "limit": 16}),
        (backlog.EARLIEST, {"sink": "discord"}),
    ],
)
def test_pending_work_is_found_by_its_index(
    connection: sqlite3.Connection, statement: str, values: Any
) -> None:
    steps = plan(connection, statement, values)

    assert steps.count("USING INDEX todo_due") + steps.count("USING COVERING INDEX todo_due") == 3
    assert "TEMP B-TREE" not in steps
    assert "SCAN todo" not in steps


def test_the_queue_is_counted_among_tickets_at_work_alone(connection: sqlite3.Connection) -> None:
    steps = plan(connection, channels.AHEAD, {"urgency": 0, "number": 9})

    assert steps.count("tickets_at_work") == 2
    assert not scans(steps)


def test_the_next_in_the_queue_is_the_first_of_its_index(connection: sqlite3.Connection) -> None:
    steps = plan(connection, channels.NEXT_IN_QUEUE, (10,))

    assert "tickets_at_work" in steps
    assert "TEMP B-TREE" not in steps
