"""The hot queries walk along indexes, however much the store holds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from storage.sqlite import (
    appending,
    backlog,
    channels,
    looks,
    notifications,
    queue,
    reports,
    sending_queue,
    sql,
    uploads,
    users,
    views,
    walks,
    webhooks,
)
from storage.sqlite.connection import connect
from storage.sqlite.pages import Sought, Walk, among_closed, among_holders, among_tickets
from storage.sqlite.schema import bring_up_to_date
from tickets.model import IssueLevel, Status, SupportRole, UserKey
from tickets.ports.lists import Cursor, TicketFilter, TicketOrder
from tickets.ports.looks import LookFilter, LookKind
from tickets.ports.queue import FeedbackFilter

ANN = UserKey("shop", "ann")
LOOKED = Cursor((9,), "l")
WORKED_ON = frozenset({Status.OPEN, Status.PENDING})


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """One for all: nobody writes."""
    with closing(connect(tmp_path_factory.mktemp("store") / "x.sqlite3")) as connection:
        bring_up_to_date(connection)
        connection.execute("PRAGMA query_only = ON")
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
    "a page of messages": (views.PAGE_OF_MESSAGES, ("t", False, 0, 50)),
    "what is unread": next(sql.matching(views.UNREAD, [("t1", 0, 0)])),
    "one message": (views.ONE_MESSAGE, ("t", "m")),
    "a page of the feed": (views.FEED_OF_ALL, (0, 100)),
    "a page of a ticket's feed": (views.FEED_OF_TICKET, ("t1", 0, 100)),
    "a page of somebody's feed": (views.FEED_OF_REQUESTER, ("shop ann", 0, 100)),
    "the event in front": (backlog.NEXT_DUE, ("discord", "t")),
    "whether a ticket is pending": (backlog.PENDING, ("discord", "t")),
    "the links of a message": (channels.CHANNELS.links, ("t", "m")),
    "the newest link": (channels.CHANNELS.newest_link, ("t", 1)),
    "how many open tickets somebody has": (appending.OPEN_TICKETS.format("requester"), ("shop ann",)),
    "how many open tickets somebody works on": (appending.OPEN_TICKETS.format("assignee"), ("shop sam",)),
    "somebody's unused uploads": (uploads.UNUSED, ("shop ann",)),
    "the last messages of tickets": next(sql.matching(views.LAST_MESSAGES, [("t1",), ("t2",)])),
    "somebody's notifications": (notifications.OF_USER, ("shop ann", 9, "n", 50)),
    "those that are unread": (notifications.UNREAD, ("shop ann", 9, "n", 50)),
    "notifications up to one": (notifications.READ_UPTO, (9, "shop ann", 9, "n")),
    "what came back": (notifications.BOUNCED, ("why", "shop ann", "t shop ann", 9)),
    "what waits or failed": (notifications.LEFT, (9, "n", 50)),
    "lanes that are due": (sending_queue.LANES_DUE, ("email", 9, 50)),
    "what is in a lane": (sending_queue.IN_LANE, ("email", "t shop ann")),
    "the earliest mail": (sending_queue.EARLIEST, ("email",)),
    "tickets of which an endpoint may be told": (webhooks.TICKETS_DUE, ("wh_1", 9, 50)),
    "what an endpoint is told next": (webhooks.NEXT_DUE, ("wh_1", "t", 9)),
    "when an endpoint is told something": (webhooks.EARLIEST, ("wh_1",)),
    "what an endpoint was sent": (webhooks.PAGE.format(webhooks.BEHIND), ("wh_1", 9, "d", 50)),
    "what an endpoint took": (
        webhooks.PAGE_OF_STATUS.format(webhooks.BEHIND),
        ("wh_1", "delivered", 9, "d", 50),
    ),
    "an event of the feed": (views.FEED_ENTRY, ("t", 1)),
    "users with fewer tickets": (users.FEWER, (3, 51)),
    "users with as many tickets": (users.AS_MANY, (3, "shop ann", 51)),
    "users by a word": (users.WORDS, ("w ann", "shop ann", "w ann~", 200)),
    "users who are known": next(sql.matching(users.KNOWN, [("shop ann",), ("shop ben",)])),
    "the number of the newest ticket": (users.NEWEST, ()),
    "feedback": queue.rated(FeedbackFilter(), Cursor((7, 9)), 51),
    "feedback by stars": queue.rated(FeedbackFilter(stars=1), Cursor((7, 9)), 51),
    "feedback of a requester": queue.rated(FeedbackFilter(requester=ANN), Cursor((7, 9)), 51),
    "feedback of an agent": queue.rated(
        FeedbackFilter(assignees=frozenset({ANN}), stars=1), Cursor((7, 9)), 51
    ),
    "looks": looks.asked(LookFilter(), LOOKED, 51),
    "looks of a kind": looks.asked(LookFilter(kind=LookKind.EXPORT), LOOKED, 51),
    "looks by somebody": looks.asked(LookFilter(by=ANN), LOOKED, 51),
    "looks of a kind by somebody": looks.asked(LookFilter(by=ANN, kind=LookKind.USER), LOOKED, 51),
    "looks at a user": looks.asked(LookFilter(user=ANN, since=3), LOOKED, 51),
    "looks at a ticket": looks.asked(LookFilter(ticket_number=7), LOOKED, 51),
    "several tickets": next(sql.matching(channels.CHANNELS.of_tickets, [("t1",), ("t2",)])),
}


@pytest.mark.parametrize("what", HOT)
def test_a_hot_query_neither_scans_nor_sorts(connection: sqlite3.Connection, what: str) -> None:
    steps = plan(connection, *HOT[what])

    assert "SEARCH" in steps
    assert "TEMP B-TREE" not in steps
    assert not scans(steps)


def test_what_is_unread_is_counted_along_the_messages_of_one_side(connection: sqlite3.Connection) -> None:
    """Those of the other side would be read and left out, however many there are."""
    steps = plan(connection, *HOT["what is unread"])

    assert steps.count("USING INDEX messages_unread (ticket_id=? AND <expr>=? AND seq>?)") == 2


PAGES = {
    "all": TicketFilter(),
    "at work": TicketFilter(statuses=WORKED_ON),
    "of a level": TicketFilter(issue_levels=frozenset({IssueLevel.CRITICAL})),
    "of a team": TicketFilter(support_roles=frozenset({SupportRole.ADMIN})),
    "of a requester": TicketFilter(requester=ANN),
    "of a requester, at work": TicketFilter(requester=ANN, statuses=WORKED_ON),
    "of an agent": TicketFilter(assignees=frozenset({ANN})),
    "of an agent, at work": TicketFilter(assignees=frozenset({ANN}), statuses=WORKED_ON),
    "of an agent, of a requester": TicketFilter(assignees=frozenset({ANN}), requester=ANN),
    "unattended": TicketFilter(unattended=True),
    "attended": TicketFilter(unattended=False),
    "opened within a time": TicketFilter(created_from=5, created_until=9),
}


AFTER = pytest.mark.parametrize("after", [None, Cursor((7, 9))], ids=["first", "next"])
LOOKED_UP = "SEARCH tickets USING INTEGER PRIMARY KEY (rowid=?)"


def steps_of(connection: sqlite3.Connection, walk: Walk | None, looks: int | None = 5000) -> list[str]:
    assert walk is not None
    return plan(connection, *walk.page(51, looks)).splitlines()


@pytest.mark.parametrize("order", TicketOrder)
@AFTER
@pytest.mark.parametrize("what", PAGES)
def test_a_page_of_tickets_is_a_walk_along_indexes(
    connection: sqlite3.Connection, what: str, after: Cursor | None, order: TicketOrder
) -> None:
    first, *along, walk, looked_up = steps_of(connection, among_tickets(PAGES[what], order, after))

    assert (first, walk, looked_up) == ("CO-ROUTINE walk", "SCAN walk", LOOKED_UP)
    time = order.field.removesuffix("_at")
    for step in along:
        assert "TEMP B-TREE" not in step
        assert "tickets" not in step or " INDEX tickets_" in step, "a walk over the table"
        assert "tickets" not in step or f"_{time}" in step, "a walk in another order"
        assert after is None or "SCAN" not in step, "the beginning of a page is looked up"


@pytest.mark.parametrize("order", [TicketOrder.NEWEST, TicketOrder.OLDEST])
@AFTER
@pytest.mark.parametrize("what", PAGES)
def test_a_page_of_a_search_looks_at_tickets_of_its_rarest_word_alone(
    connection: sqlite3.Connection, what: str, after: Cursor | None, order: TicketOrder
) -> None:
    which = replace(PAGES[what], words=frozenset({"dark", "lamp"}), in_notes=True)

    steps = steps_of(connection, among_holders(Sought("words", ("lamp",)), which, order, after))

    _, first, walk, looked_up, *_, other_word = steps
    assert first.startswith("SEARCH words USING PRIMARY KEY (word=?")
    assert walk == "SCAN walk"
    assert looked_up == "SEARCH tickets USING INDEX sqlite_autoindex_tickets_2 (number=?)"
    assert other_word == "SEARCH words USING PRIMARY KEY (word=? AND at=? AND ticket=?)"
    assert not any("TEMP B-TREE" in step for step in steps)
    assert after is None or "(word=? AND (at,ticket)" in first or "(word=? AND at" in first


@pytest.mark.parametrize("order", TicketOrder)
def test_a_requesters_search_walks_along_their_own_tickets(
    connection: sqlite3.Connection, order: TicketOrder
) -> None:
    which = TicketFilter(requester=ANN, words=frozenset({"dark", "lamp"}))

    steps = steps_of(connection, among_tickets(which, order, None), looks=None)

    looked_up = [step for step in steps if "words" in step]
    assert set(looked_up) == {"SEARCH words USING PRIMARY KEY (word=? AND at=? AND ticket=?)"}
    assert all("INDEX tickets_of_" in step for step in steps if "INDEX tickets" in step)
    assert not any("TEMP B-TREE" in step or scans(step) for step in steps if step != "SCAN walk")


@pytest.mark.parametrize(("table", "column"), [("words", "word"), ("marks", "mark")])
def test_how_rare_a_word_is_costs_no_more_for_the_commonest(
    connection: sqlite3.Connection, table: str, column: str
) -> None:
    steps = plan(connection, walks.HOW_RARE[table], ("lamp", 1000))

    assert f"SEARCH {table} USING PRIMARY KEY ({column}=?)" in steps


@pytest.mark.parametrize("order", [TicketOrder.NEWEST, TicketOrder.OLDEST])
@AFTER
@pytest.mark.parametrize("marks", [("label:a",), ("label:a", "label:b")], ids=["one", "either"])
@pytest.mark.parametrize("what", PAGES)
def test_a_page_of_labelled_tickets_looks_at_those_alone(
    connection: sqlite3.Connection,
    what: str,
    marks: tuple[str, ...],
    after: Cursor | None,
    order: TicketOrder,
) -> None:
    which = replace(PAGES[what], labels=frozenset({"c"}), snoozed=False)

    steps = steps_of(connection, among_holders(Sought("marks", marks), which, order, after))

    along = [step for step in steps if "(mark=? AND at=? AND ticket=?)" not in step and "marks" in step]
    assert len(along) == len(marks)
    assert all(step.startswith("SEARCH marks USING PRIMARY KEY (mark=?") for step in along)
    assert all(after is None or "(at,ticket)" in step or "AND at" in step for step in along)
    assert "SEARCH tickets USING INDEX sqlite_autoindex_tickets_2 (number=?)" in steps
    assert not any("TEMP B-TREE" in step or "SCAN tickets" in step for step in steps)


def test_tickets_closed_within_a_span_are_a_walk_along_their_index(connection: sqlite3.Connection) -> None:
    which = TicketFilter(closed_from=5, closed_until=9, created_from=3)

    counted = plan(connection, *among_closed(which).count(1000))
    sorted_ = plan(connection, *among_closed(which).sorted(TicketOrder.NEWEST, Cursor((7, 9))).page(51, 5000))

    for steps in (counted, sorted_):
        assert "USING COVERING INDEX tickets_closed (closed_at>? AND closed_at<?)" in steps
        assert "SCAN tickets" not in steps


def test_labels_in_use_are_looked_up_one_behind_the_other(connection: sqlite3.Connection) -> None:
    steps = plan(connection, views.LABELS, ("label:", "label:x", "label:x", 25))

    assert steps.count("SEARCH marks USING PRIMARY KEY (mark>? AND mark<?)") == 2
    assert not scans(steps.replace("SCAN used", ""))


def test_no_kind_of_ticket_is_no_query() -> None:
    assert among_tickets(TicketFilter(statuses=frozenset()), TicketOrder.NEWEST, None) is None


def test_single_tickets_are_read_from_the_feed_by_their_own_events(connection: sqlite3.Connection) -> None:
    steps = plan(connection, views.feed_of_some(2), ("shop ann", 0, "t1", "t2", 0, 32))

    assert "events_feed (requester_key=? AND pos>?)" in steps
    assert "events_seq (ticket_id=?)" in steps
    assert not scans(steps)


@pytest.mark.parametrize(
    ("statement", "values", "searches"),
    [
        (backlog.TICKETS_DUE, {"sink": "discord", "now": 1, "longest": 9, "limit": 16}, 6),
        (backlog.EARLIEST, {"sink": "discord"}, 3),
    ],
)
def test_pending_work_is_found_by_its_index(
    connection: sqlite3.Connection, statement: str, values: Any, searches: int
) -> None:
    steps = plan(connection, statement, values)

    assert steps.count("USING INDEX todo_due") + steps.count("USING COVERING INDEX todo_due") == searches
    assert "TEMP B-TREE" not in steps
    assert "SCAN todo" not in steps


def test_the_next_in_the_queue_is_the_first_of_its_index(connection: sqlite3.Connection) -> None:
    steps = plan(connection, channels.NEXT_IN_QUEUE, (10,))

    assert "tickets_at_work" in steps
    assert "TEMP B-TREE" not in steps


@pytest.mark.parametrize(
    ("statement", "values"), [(queue.COUNTS, ()), (reports.COUNTED_AT_WORK, (0, 9))], ids=["board", "figures"]
)
def test_counting_the_tickets_at_work_reads_none_of_them(
    connection: sqlite3.Connection, statement: str, values: Any
) -> None:
    steps = plan(connection, statement, values)

    assert "USING COVERING INDEX tickets_counted" in steps
    assert not scans(steps)


def test_who_opened_tickets_since_a_page_is_read_along_those_tickets_alone(
    connection: sqlite3.Connection,
) -> None:
    steps = plan(connection, users.RISEN, (7,))

    assert "(number>?)" in steps
    assert not scans(steps)
