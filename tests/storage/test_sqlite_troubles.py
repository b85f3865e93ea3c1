"""What the embedded store does when the disk, the file or another process stands in its way."""

import asyncio
import logging
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from storage.sqlite.connection import connect
from storage.sqlite.store import open_sqlite
from tests.clocks import Hands
from tests.contract.acts import open_ticket, post
from tickets.events import Event
from tickets.ports.lists import TicketFilter
from tickets.ports.store import Store, StoreUnavailable


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """No file of this process may grow meanwhile by more than 60 kB over the largest that is there."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(it.stat().st_size for it in folder.rglob("*") if it.is_file())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 60_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def posted_until_refused(store: Store, ticket_id: str) -> list[Event]:
    """Eight at a time; whatever was acknowledged."""
    acknowledged: list[Event] = []
    ticket = await open_ticket(store)
    for _ in range(50):
        answers = await asyncio.gather(
            *(post(store, ticket, "x" * 1000) for _ in range(8)), return_exceptions=True
        )
        acknowledged += [answer for answer in answers if isinstance(answer, Event)]
        refused = [answer for answer in answers if not isinstance(answer, Event)]
        if refused:
            assert all(isinstance(answer, StoreUnavailable) for answer in refused)
            return acknowledged
    raise AssertionError("the disk was never full")


async def test_a_full_disk_acknowledges_nothing_that_is_not_kept(
    tmp_path: Path, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_sqlite(tmp_path, clock) as store:
        with full_disk(tmp_path):
            acknowledged = await posted_until_refused(store, "t1")
            with pytest.raises(StoreUnavailable, match="a quota on it is used up"):
                await store.check()

        ticket = await store.views.ticket_at("1")
        assert ticket is not None
        kept = (await store.log.events(ticket.id))[1:]
        assert [event.id for event in kept] == [event.id for event in acknowledged]
        await post(store, ticket, "There is room again")
        await store.check()
        assert len(await store.log.events(ticket.id)) == len(kept) + 2
    (said,) = [it.getMessage() for it in caplog.records if it.levelno >= logging.ERROR]
    assert "a quota on it is used up" in said
    async with open_sqlite(tmp_path, clock) as store:
        assert len(await store.log.events(ticket.id)) == len(kept) + 2


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    """A kill does not show it, a power cut would."""
    with closing(connect(tmp_path / "x.sqlite3")) as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_page_of_messages_waits_for_no_thread(tmp_path: Path, clock: Hands) -> None:
    """A thread gets the interpreter's lock late beside a busy event loop, and again for each row."""
    async with open_sqlite(tmp_path, clock) as store:
        ticket = await open_ticket(store)
        for text in ("one", "two", "three"):
            await post(store, ticket, text)

        with pytest.raises(StopIteration) as done:
            store.views.messages(ticket.id, limit=2).send(None)

    assert [it.content for it in done.value.value] == ["one", "two"]


async def test_another_process_that_keeps_writing_is_waited_for_in_vain(tmp_path: Path, clock: Hands) -> None:
    async with open_sqlite(tmp_path, clock, patience=0.05) as store:
        ticket = await open_ticket(store)
        with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match="locked"):
                await post(store, ticket)
            assert await store.views.ticket(ticket.id) == ticket
            with pytest.raises(StoreUnavailable, match="Another program keeps it"):
                await store.check()
            other.execute("ROLLBACK")

        assert (await post(store, ticket)).seq == 2
        await store.check()


async def test_readers_do_not_wait_for_a_writer(tmp_path: Path, clock: Hands) -> None:
    async with open_sqlite(tmp_path, clock, patience=5) as store:
        ticket = await open_ticket(store)
        with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            writing = asyncio.create_task(post(store, ticket))
            async with asyncio.timeout(30):
                for _ in range(20):
                    assert await store.views.ticket(ticket.id) == ticket
            assert not writing.done()
            other.execute("ROLLBACK")
        await writing


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, clock: Hands) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(StoreUnavailable, match=r"taken.*DATA_DIR must name a folder"):
        async with open_sqlite(tmp_path / "taken" / "var", clock):
            pass


async def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path, clock: Hands) -> None:
    (tmp_path / "guildesk.sqlite3").write_text("my holiday" * 1000)

    with pytest.raises(StoreUnavailable, match=r"guildesk\.sqlite3: file is not a database"):
        async with open_sqlite(tmp_path, clock):
            pass
    assert (tmp_path / "guildesk.sqlite3").read_text() == "my holiday" * 1000


async def test_a_check_fails_once_nothing_writes_any_more(tmp_path: Path, clock: Hands) -> None:
    async with open_sqlite(tmp_path, clock) as store:
        await store.check()

    with pytest.raises(StoreUnavailable):
        await store.check()


async def test_a_listener_that_fails_does_not_keep_the_others_from_their_answers(
    tmp_path: Path, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    heard = []

    def broken(event: Event, _: object) -> None:
        raise ValueError("broken")

    async with open_sqlite(tmp_path, clock) as store:
        store.bell.listen(lambda event, _: heard.append(event))
        store.bell.listen(broken)
        ticket = await open_ticket(store)
        await asyncio.gather(*(post(store, ticket) for _ in range(5)))

    assert [event.seq for event in heard] == [1, 2, 3, 4, 5, 6]
    assert "broken" in caplog.text


async def test_a_text_that_cannot_be_read_is_told_and_keeps_nobody_from_searching(
    tmp_path: Path, clock: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_sqlite(tmp_path, clock) as store:
        stuck, other = await open_ticket(store), await open_ticket(store)
        await post(store, stuck)
        with closing(connect(tmp_path / "guildesk.sqlite3")) as beside:
            beside.execute("UPDATE messages SET body = '{' WHERE ticket_id = ?", (stuck.id,))
            beside.commit()
        await post(store, other, "a screw is loose")

        found = await store.views.tickets(TicketFilter(words=frozenset({"screw"}), in_notes=True))

        assert [it.id for it in found] == [other.id]
        assert f"ticket {stuck.id}: a text of it cannot be searched for" in caplog.text
