"""verify finds each difference in the embedded store by name, and rebuild takes it away."""

import asyncio
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings

from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.sqlite.changes import Changes
from storage.sqlite.derived import COUNTED, DERIVED, LOG, OF_ITS_OWN
from storage.sqlite.rebuilding import rebuild
from storage.sqlite.schema import STEPS, bring_up_to_date
from storage.sqlite.verifying import verify
from tests.contract.acts import append, open_ticket, post, show_all
from tests.keeping.stores import fill, now, tables
from tests.new_stores import open_new_sqlite
from tests.people import EVE, SAM_ANSWERS
from tests.tickets.histories import histories
from tickets.events import (
    Change,
    Event,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    TicketChanged,
    TicketClosed,
)
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import MessageId, Status
from tickets.ports.channels import OF_NO_TICKET
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Appended

ROOT = Path(__file__).parents[2]


async def lively(folder: Path) -> None:
    """A store with whatever a ticket can have, and its words taken in."""
    await fill(folder)
    async with open_new_sqlite(folder, now) as store:
        ticket = await open_ticket(store)
        first, second = await post(store, ticket, "A lamp"), await post(store, ticket, "A bulb")
        await append(store, ticket.id, MessageEdited(MessageId(first.id), "A candle"), SAM_ANSWERS)
        await append(store, ticket.id, MessageDeleted(MessageId(second.id)), SAM_ANSWERS)
        await append(store, ticket.id, LabelsChanged(added=("hot", "late")), SAM_ANSWERS)
        await append(store, ticket.id, LabelsChanged(removed=("late",)), SAM_ANSWERS)
        moved = TicketChanged((Change("requester", str(ticket.requester), str(EVE.key)),))
        await append(store, ticket.id, moved, SAM_ANSWERS)
        await append(store, ticket.id, TicketClosed(Status.RESOLVED, "done"), SAM_ANSWERS)
        await show_all(store)
        await store.views.tickets(TicketFilter(words=frozenset({"candle"})))


def said(folder: Path) -> list[str]:
    return [str(it) for it in verify(folder, nobody)]


def do(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "guildesk.sqlite3", isolation_level=None)) as it:
        assert it.execute(statement).rowcount


DAMAGES = {
    "UPDATE tickets SET status = 'OPEN', urgency = 7 WHERE number = 4": (
        "ticket 4: tickets: its row differs in status, urgency",
        "ticket 4: todo has another urgency than the ticket",
    ),
    "UPDATE tickets SET body = json_set(body, '$.topic', 'x') WHERE number = 2": (
        "ticket 2: tickets: its row differs in topic",
    ),
    "UPDATE tickets SET body = 'x' WHERE number = 2": ("ticket 2: tickets: its row differs in body",),
    "DELETE FROM tickets WHERE number = 1": ("ticket 1: tickets lacks its row",),
    "DELETE FROM messages WHERE ticket_id = 't1' AND is_note": ("ticket 1: messages lacks note 3",),
    "UPDATE messages SET body = json_set(body, '$.content', 'x') WHERE ticket_id = 't3' AND seq = 2": (
        "ticket 3: messages: text 2 differs in content",
    ),
    "INSERT INTO messages SELECT ticket_id, 99, is_note, delivery, body FROM messages WHERE ticket_id = 't2'"
    " AND NOT is_note": ("ticket 2: messages has text 99, and the log does not",),
    "UPDATE events SET requester_key = 'x y' WHERE ticket_id = 't2' AND seq = 2": (
        "ticket 2: events do not have the key of its requester",
    ),
    "DELETE FROM marks WHERE mark = 'label:hot'": ("ticket 4: marks lacks a row",),
    "INSERT INTO marks VALUES ('label:x', 0, 2)": ("ticket 2: marks has more of it than the log makes",),
    "INSERT INTO marks VALUES ('label:x', 0, 77)": ("ticket 77: marks has it, and the log does not",),
    "DELETE FROM words WHERE word = 'candle'": ("ticket 4: words lacks a row",),
    "UPDATE words SET noted = 5 WHERE word = 'candle'": ("ticket 4: words: a row differs in noted",),
    "INSERT INTO words VALUES ('zebra', 0, 2, 1, 0)": ("ticket 2: words has more of it than the log makes",),
    "DELETE FROM texts WHERE number = 3 AND seq = 2": ("ticket 3: texts lacks text 2",),
    "UPDATE meta SET value = 1 WHERE key = 'number'": ("the next number: is not above that of ticket 4",),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    asyncio.run(lively(folder))
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    with (
        closing(sqlite3.connect(whole / "guildesk.sqlite3")) as source,
        closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as copy,
    ):
        source.backup(copy)
    return tmp_path


def test_of_a_store_that_is_whole_nothing_is_said(folder: Path) -> None:
    assert said(folder) == []


def test_the_board_the_panels_and_the_weekly_post_are_no_tickets_that_lack_a_log(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "guildesk.sqlite3", isolation_level=None)) as it:
        for name in OF_NO_TICKET:
            it.execute("INSERT INTO links VALUES (?, 'm', 0, 1, 7, 8)", (name,))
            it.execute("INSERT INTO timers VALUES (?, 'weekly', 1, 2, 0)", (name,))

    assert said(folder) == []


def test_what_stands_in_a_tickets_place_is_named_in_one_file() -> None:
    named = [
        path.relative_to(ROOT).as_posix()
        for folder in ("accounts", "api", "bot", "cogs", "notify", "pages", "storage", "tickets")
        for path in (ROOT / folder).rglob("*.py")
        if 'TicketId("' in path.read_text("utf-8")
    ]

    assert named == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_difference_is_named_and_rebuilding_takes_it_away(folder: Path, damage: str) -> None:
    before = tables(folder)
    if "urgency = 7" in damage:
        do(folder, "INSERT INTO todo VALUES ('discord', 't4', 1, 0, 0, 0)")
        before = tables(folder)
    do(folder, damage)

    assert sorted(set(said(folder))) == sorted(DAMAGES[damage])

    rebuild(folder, nobody)
    assert said(folder) == []
    assert tables(folder) == before


def test_a_log_that_makes_no_ticket_is_told_and_the_ticket_left(folder: Path) -> None:
    do(folder, "DELETE FROM events WHERE ticket_id = 't2' AND seq = 1")
    before = tables(folder)

    assert said(folder)[0].startswith("ticket t2: its log makes no ticket")
    with pytest.raises(Exception, match="1 tickets make no ticket"):
        rebuild(folder, nobody)
    assert tables(folder)["tickets"] == before["tickets"]


def test_all_that_follows_from_the_log_can_be_lost(folder: Path) -> None:
    before = tables(folder)
    for table in DERIVED:
        do(folder, f"DELETE FROM {table}")  # noqa: S608

    assert rebuild(folder, nobody) == 4

    assert tables(folder) == before


@pytest.mark.parametrize(
    ("steps", "cure"), [(-1, "start Guildesk, which brings it up to date"), (1, "use the newer program")]
)
def test_a_store_of_another_version_is_refused_with_the_cure(folder: Path, steps: int, cure: str) -> None:
    do(folder, f"PRAGMA user_version = {len(STEPS) + steps}")

    for command in (said, lambda store: rebuild(store, nobody)):
        with pytest.raises(CannotBeDone, match=f"works on version {len(STEPS)}; {cure}$"):
            command(folder)


async def test_a_killed_rebuilding_goes_on_where_it_was(tmp_path: Path) -> None:
    await fill(tmp_path, tickets=60)
    do(tmp_path, "UPDATE tickets SET status = 'RESOLVED'")

    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.keeping", "rebuild", str(tmp_path), "-", "making tickets anew"),
        cwd=ROOT,
    )
    assert await child.wait() == -signal.SIGKILL

    assert 0 < len(said(tmp_path)) < 60
    assert rebuild(tmp_path, nobody) == 60
    assert said(tmp_path) == []


async def test_a_store_can_be_made_anew_while_it_is_used(tmp_path: Path) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storage.appender", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    for _ in range(100):
        await child.stdout.readline()

    differences = await asyncio.to_thread(said, tmp_path)
    await asyncio.to_thread(rebuild, tmp_path, nobody)

    for _ in range(100):
        assert await child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    assert differences == []
    assert said(tmp_path) == []


@settings(max_examples=15)
@given(events=histories())
def test_whatever_happened_the_log_makes_the_same_as_the_appends_did(
    tmp_path: Path, events: list[Event]
) -> None:
    (tmp_path / "guildesk.sqlite3").unlink(missing_ok=True)
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3", isolation_level=None)) as connection:
        bring_up_to_date(connection)
        for number in range(1, len(events) + 1):
            write(connection, events[:number])
        connection.execute("INSERT INTO meta VALUES ('number', 7)")

    assert said(tmp_path) == []


def write(connection: sqlite3.Connection, events: list[Event]) -> None:
    """Append the last of them, as the store does."""
    ticket, event = ticket_of(events), events[-1]
    before = {ticket.id: ticket_of(events[:-1])} if len(events) > 1 else {}
    messages = messages_of(events)
    message = messages.get(event.message_id) if event.message_id else None
    changes = Changes(
        connection,
        [Appended(event, ticket, message, True)],
        before,
        {ticket.id: ticket},
        {} if message is None else {(ticket.id, message.id): message},
    )
    changes.write_events()
    changes.write_read_models((), ())


def test_every_table_is_named_as_one_that_follows_from_the_log_or_not() -> None:
    """Whoever adds a table decides which it is: verify and rebuild look after those that follow."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        bring_up_to_date(connection)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    there = {name for (name,) in rows if not name.startswith("sqlite_")}

    assert there == DERIVED.keys() | COUNTED | LOG | OF_ITS_OWN
