"""A store that is filled in bulk is as one that was filled by people."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import bulk, rooms
from benchmarks.histories import EVERYWHERE, IN_HALF, opened_at, user_of
from storage.sqlite.store import open_sqlite
from storage.sqlite.verifying import verify
from storage.sqlite.words import take_in
from tickets.fold import ticket_of
from tickets.fold_messages import messages_of
from tickets.model import Status, UserKey
from tickets.ports.channels import ChannelState
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store

FORGET = "DELETE FROM words; DELETE FROM texts; UPDATE meta SET value = 0 WHERE key = 'words'"
TICKETS, MESSAGES, STILL_OPEN = 30, 5, 6


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    await bulk.give_channels(tmp_path, bulk.fill(tmp_path, TICKETS, MESSAGES, STILL_OPEN))
    async with open_sqlite(tmp_path, lambda: opened_at(TICKETS)) as store:
        yield store


async def test_its_read_models_are_what_its_log_makes(store: Store) -> None:
    tickets = await store.views.tickets(TicketFilter())

    assert sorted(it.number for it in tickets) == list(range(1, TICKETS + 1))
    assert sum(it.status in (Status.OPEN, Status.PENDING) for it in tickets) == STILL_OPEN
    for ticket in tickets:
        log = await store.log.events(ticket.id)
        assert ticket == ticket_of(log)
        messages = list(messages_of(log).values())
        assert await store.views.messages(ticket.id) == [it for it in messages if not it.is_note]
        assert await store.views.messages(ticket.id, notes=True) == [it for it in messages if it.is_note]
        assert ticket.message_count == MESSAGES
        assert ticket.requester == UserKey("default", user_of(ticket.number))


async def test_its_open_tickets_have_channels_and_nothing_waits(store: Store) -> None:
    channels = await store.channels.open_ones()

    assert len(channels) == STILL_OPEN
    assert {it.state for it in channels} == {ChannelState.OPEN}
    assert {depth.count for depth in (await store.depths.backlog()).values()} == {0}
    assert await store.log.next_number() == TICKETS + 1


async def test_its_words_are_those_that_the_store_would_find_by_itself(tmp_path: Path, store: Store) -> None:
    found = await store.views.page(TicketFilter(words=frozenset({EVERYWHERE, IN_HALF}), in_notes=True))
    assert len(found.items) == TICKETS // 2

    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3", isolation_level=None)) as connection:
        before = _words(connection)
        connection.executescript(FORGET)
        while _position(connection) < connection.execute("SELECT max(pos) FROM events").fetchone()[0]:
            take_in(connection)
        assert _words(connection) == before


async def test_every_filter_of_the_benchmarks_finds_something(store: Store) -> None:
    everything = await store.views.tickets(TicketFilter())

    assert any(it.is_unattended for it in everything)
    assert any(it.assignee for it in everything)
    assert any(it.feedback for it in everything)
    assert len({it.status for it in everything}) >= 3


def test_with_a_channel_wanted_the_opening_alone_waits(tmp_path: Path) -> None:
    (ticket_id,) = bulk.fill(tmp_path, 1, MESSAGES, still_open=1, channel_wanted=True)

    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        assert connection.execute("SELECT ticket_id, seq FROM todo").fetchall() == [(ticket_id, 1)]


def _words(connection: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [connection.execute(it).fetchall() for it in ("SELECT * FROM words", "SELECT * FROM texts")]


def _position(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = 'words'").fetchone()[0])


def test_what_belongs_to_the_tickets_is_as_the_log_has_them(tmp_path: Path) -> None:
    bulk.fill(tmp_path, TICKETS, MESSAGES, STILL_OPEN)
    rooms.fill(tmp_path)

    assert list(verify(tmp_path, lambda *_: None)) == []
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        for table in ("people", "accounts", "notifications", "webhook_deliveries", "looks", "user_words"):
            (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            assert count >= TICKETS // 5, table
