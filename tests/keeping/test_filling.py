"""A store for trying: filled with a believable desk, and emptied."""

import os
import pty
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.program import filling
from bot.program.filling import alone_on
from demo.seeding import scenes
from storage.keeping.moving import move
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.mongo.store import open_database
from storage.sqlite import rows
from storage.sqlite.verifying import verify
from tests.contract.acts import open_ticket
from tests.contract.places import leading
from tests.keeping.everything import live
from tests.keeping.stores import FILE, fill, now, tables
from tests.keeping.test_commands import guildesk
from tests.keeping.test_move import mock
from tests.new_stores import open_new_sqlite
from tickets.ports.lists import TicketFilter, TicketOrder
from tickets.ports.processes import ProcessSeen
from tickets.ports.sinks import SinkName


def left(folder: Path) -> set[str]:
    """The tables in which there is something."""
    return {name for name, found in tables(folder).items() if found} - {"meta", "sqlite_sequence"}


async def test_a_seeded_desk_has_been_at_work_for_weeks_and_is_as_its_log_makes_it(tmp_path: Path) -> None:
    code, printed, _ = guildesk(tmp_path, "seed", "--tickets", "60", "--days", "21", "--random", "4")

    assert (code, printed.split(" ", 1)[1].rsplit(",", 1)[0]) == (0, "has 60 tickets now")
    assert list(verify(tmp_path, nobody)) == []
    async with open_new_sqlite(tmp_path, now) as store:
        tickets = await store.views.tickets(TicketFilter(), order=TicketOrder.OLDEST)
        still_open = [it for it in tickets if not it.is_closed]
        due = {it.id for it in tickets if await store.backlog.pending(SinkName.DISCORD, it.id)}
        agents = await store.agents.all()
    assert [it.number for it in tickets] == list(range(1, 61))
    assert [it.created_at for it in tickets] == sorted(it.created_at for it in tickets)
    assert max(it.updated_at for it in tickets) <= now()
    assert now() - tickets[0].created_at < 22 * 24 * 60 * 60_000
    assert 0 < len(still_open) < 30
    assert due == {it.id for it in still_open}
    assert {it.assignee for it in tickets} - {None} <= {it.key for it in agents}
    assert any(it.feedback for it in tickets)


async def test_the_same_number_gives_the_same_desk(tmp_path: Path) -> None:
    said = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        assert guildesk(folder, "seed", "--tickets", "12", "--random", "9")[0] == 0
        async with open_new_sqlite(folder, now) as store:
            tickets = await store.views.tickets(TicketFilter())
        said.append(Counter((it.topic, it.requester) for it in tickets))

    assert said[0] == said[1]


def test_only_what_somebody_says_stands_in_a_scene() -> None:
    lines = [line for scene in scenes() for line in scene.lines]

    assert {line[:3] for line in lines} == {"c: ", "s: ", "n: "}
    assert len({it.topic for it in scenes()}) == len(scenes())


async def test_a_store_on_which_somebody_leads_is_not_seeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another seed does, or a Guildesk on a store in which nothing has happened yet."""
    monkeypatch.setattr(filling, "WATCH", 0.05)
    monkeypatch.setattr(filling, "BEAT", 0.01)
    async with open_new_sqlite(tmp_path, now) as store:
        for _ in range(2):  # the first has given it back
            async with alone_on(store, "desk"):
                with pytest.raises(CannotBeDone, match="another process leads on desk; stop every Guildesk"):
                    async with alone_on(store, "desk"):
                        pass


async def test_a_store_on_which_an_api_alone_runs_is_not_seeded(tmp_path: Path) -> None:
    api = ProcessSeen(
        name="api-1",
        role="API",
        host="one",
        pid=7,
        version="0",
        started_at=0,
        seen_at=now(),
        store="",
        discord=None,
    )
    async with open_new_sqlite(tmp_path, now) as store:
        await store.processes.seen(api)
        with pytest.raises(CannotBeDone, match="a Guildesk runs on desk; stop every Guildesk on it first"):
            async with alone_on(store, "desk"):
                pass

        await store.processes.seen(replace(api, seen_at=now() - 31_000))  # it was killed
        async with alone_on(store, "desk"):
            pass


def at_a_terminal(typed: bytes = b"\x04") -> None:
    """At which somebody has typed this: Ctrl-D."""
    own, terminal = pty.openpty()
    os.write(own, typed)
    sys.stdin = os.fdopen(terminal)


def who_names_another() -> None:
    at_a_terminal(b"another\n")


def test_whoever_answers_nothing_has_confirmed_nothing(tmp_path: Path) -> None:
    assert guildesk(tmp_path / "desk", "seed", "--tickets", "3")[0] == 0

    code, _, said = guildesk(tmp_path / "desk", "wipe", first=at_a_terminal, SERVER_MODE="DEVELOPMENT")

    assert (code, said) == (1, "\nThis cannot be done: it was asked for something, and nobody answered\n")
    code, printed, _ = guildesk(tmp_path / "desk", "wipe", first=who_names_another, SERVER_MODE="DEVELOPMENT")
    assert (code, printed.splitlines()[-1].endswith("Nothing was deleted")) == (1, True)
    assert guildesk(tmp_path / "desk", "verify")[0] == 0


async def test_what_is_in_a_store_is_not_seeded_over(tmp_path: Path) -> None:
    await fill(tmp_path / "desk")

    code, _, said = guildesk(tmp_path / "desk", "seed")

    assert code == 1
    assert "there is something in desk already; name an empty one, or guildesk wipe it" in said


async def test_a_wiped_store_is_empty_and_stays_the_same_deployment(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    async with open_new_sqlite(folder, now) as store:
        await live(store, now())
        deployment = store.deployment

    assert guildesk(folder, "wipe", "--yes", "desk") == (0, "desk is empty: 2 tickets were deleted\n", "")

    assert left(folder) == set()
    assert not any((folder / "files").iterdir())
    assert b"candle" not in b"".join(it.read_bytes() for it in folder.glob("*") if it.is_file())
    async with open_new_sqlite(folder, now) as store:
        assert store.deployment == deployment
        assert (await open_ticket(store)).number == 1


async def test_a_wiped_database_is_empty_and_stays_the_same_deployment(tmp_path: Path) -> None:
    async with open_new_sqlite(tmp_path, now) as store:
        await live(store, now())
    async with mock() as mongo:
        with rows.source(tmp_path) as source:
            await move(source, mongo, nobody)
        database: Any = mongo._database

        await mongo.empty(nobody)

        names = [it for it in await database.list_collection_names() if not it.startswith("system.")]
        assert [it for it in names if it != "meta" and await database[it].find_one({})] == []
        assert await mongo.files.get(FILE.id) is None
        async with open_database(database, now, 0.02, others_end_within=0) as store, leading(store) as leader:
            assert store.deployment == leader.deployment
            assert (await open_ticket(leader)).number == 1


async def test_nothing_is_wiped_that_nobody_has_named(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    await fill(folder)
    before = tables(folder)

    refusals = [
        guildesk(folder, "wipe", SERVER_MODE="PRODUCTION"),
        guildesk(folder, "wipe", SERVER_MODE="DEVELOPMENT"),
        guildesk(folder, "wipe", "--yes", "dekс", SERVER_MODE="DEVELOPMENT"),
    ]

    assert [it[0] for it in refusals] == [1, 1, 1]
    assert [it[2].split(": ", 1)[1].partition(";")[0].strip() for it in refusals] == [
        "SERVER_MODE is PRODUCTION",
        "nobody can be asked",
        "the settings name desk, and not dekс",
    ]
    assert tables(folder) == before


async def test_a_store_in_use_is_not_wiped(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    async with open_new_sqlite(folder, now) as store:
        await open_ticket(store)

        code, _, said = guildesk(folder, "wipe", "--yes", "desk")

    assert code == 1
    assert "is in use; stop every Guildesk on it first" in said
