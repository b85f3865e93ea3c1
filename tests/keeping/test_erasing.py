"""After an erasure no byte of a store tells of the person, nor does a store that is restored from before."""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from bot.program.erasing import user_named
from bot.program.keeping import ledger_moved
from config.store_settings import StoreSettings
from storage.keeping.backup import backup
from storage.keeping.ledger import FileLedger
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.keeping.restore import restore
from storage.private import OTHERS, make_private
from storage.sqlite.rebuilding import forget_sums
from storage.sqlite.verifying import verify
from storage.sqlite.words import take_in
from storage.sqlite.writer import Writer
from tests.contract.acts import append
from tests.contract.places import MockPlace, leading
from tests.contract.test_erasing import all_shown, talk
from tests.contract.test_notifications import news
from tests.contract.test_renaming import NAMES as OF_STAFF
from tests.contract.test_renaming import counted, work_of_staff
from tests.keeping.stores import now
from tests.keeping.test_commands import ROOT, guildesk
from tests.keeping.test_verify_sqlite import do
from tests.new_stores import open_new_sqlite
from tests.people import ANN, ANN_ASKS, BEN
from tests.waiting import until
from tickets.desks.erasing_desk import ErasingDesk
from tickets.events import LabelsChanged, Place
from tickets.figures import By
from tickets.forgetting import Forgetting
from tickets.model import Attachment, FileId, TicketId, UserKey
from tickets.ports.erasing import Erasure, ErasureState
from tickets.ports.lists import TicketFilter
from tickets.ports.looks import LookKind, look_of
from tickets.ports.signals import Typing
from tickets.ports.store import Store
from tickets.ports.uploads import Upload

NAMES = (b"zebra", b"Ann", b"ann@example.org", b'"ann"', b"shop ann", b"\x89PNG")


async def lived_in(folder: Path, tickets: int = 3) -> None:
    """A store with tickets of Ann's whose words were taken in, and in which somebody searched."""
    async with open_new_sqlite(folder, now) as store, leading(store) as led:
        await into(led, tickets)


async def into(led: Store, tickets: int = 3) -> None:
    for number in range(tickets):
        ticket = await talk(led)
        other = Attachment(FileId(f"zebra-{number}"), "zebra.txt", "text/plain", 5)
        await led.files.put(other, b"zebra")
        led.signals.say(Typing(ticket.id, ANN.key, ANN_ASKS, Place.API))
        await led.uploads.add(Upload(file=other, uploader=ANN.key, at=now()))
    await led.views.tickets(TicketFilter(words=frozenset({"zebra"}), in_notes=True))
    await led.users.note(ANN.key, "zebra")


async def erase(store: Store, folder: Path) -> Erasure:
    """All of it, Discord played by the test."""
    asked = await ErasingDesk(store, now).ask(ANN.key, None)
    forgetting = Forgetting(store, now, FileLedger(folder))
    await forgetting.work_off()
    for ticket in await store.views.tickets(TicketFilter(requester=asked.pseudonym)):
        await all_shown(store, ticket)
    await forgetting.work_off()
    done = await store.erasures.get(asked.id)
    assert done is not None
    assert done.state is ErasureState.DONE
    return done


def told_in(folder: Path, names: Sequence[bytes] = NAMES) -> dict[str, list[bytes]]:
    """The files below the folder that hold any of the names, and which."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if told := [name for name in names if name in content]:
                found[path.name] = told
    return found


async def test_no_byte_of_a_store_tells_of_them_while_it_runs(tmp_path: Path) -> None:
    await lived_in(tmp_path)
    assert told_in(tmp_path)

    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        await erase(led, tmp_path)

        assert told_in(tmp_path) == {}
    assert told_in(tmp_path) == {}
    assert list(verify(tmp_path, nobody)) == []


async def test_words_are_taken_in_between_any_two_steps_of_blanking_a_ticket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, steps = Writer.write, 0

    async def followed(writer: Writer, work: Callable[[sqlite3.Connection], Any]) -> Any:
        nonlocal steps
        answer = await write(writer, work)
        steps += 1
        if steps == taken_in_after:
            await write(writer, take_in)
        return answer

    for taken_in_after in range(3, 10):  # the ticket is blanked in these
        steps = 0
        folder = tmp_path / str(taken_in_after)
        async with open_new_sqlite(folder, now) as store, leading(store) as led:
            await talk(led)
            await led.views.tickets(TicketFilter(words=frozenset({"zebra"})))
            with monkeypatch.context() as patched:
                patched.setattr(Writer, "write", followed)
                await erase(led, folder)
            await led.views.tickets(TicketFilter(words=frozenset({"zebra"})))
            assert [str(it) for it in verify(folder, nobody)] == [], taken_in_after


class Killed(BaseException):
    """As a process ends: nothing is cleared up."""


@pytest.mark.parametrize("apart", [9, pytest.param(1, marks=pytest.mark.slow)])
async def test_the_receipt_counts_the_same_wherever_it_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    write, left = Writer.write, 0

    async def killed(writer: Writer, work: Callable[[sqlite3.Connection], Any]) -> Any:
        nonlocal left
        answer = await write(writer, work)
        left -= 1
        if left == 0:
            raise Killed
        return answer

    async def receipt(folder: Path) -> Mapping[str, int]:
        async with open_new_sqlite(folder, now) as store, leading(store) as led:
            await into(led, 1)
            (ticket,) = await led.views.tickets(TicketFilter())
            await led.notifications.add([news("n1"), news("n2", user=BEN.key, ticket_id=ticket.id)])
            await led.looks.add([look_of(BEN.key, LookKind.USER, ANN.key, now())])
            key = await led.idempotency_keys.reserve("k", "d", now=now(), until=now() + 5)
            await led.idempotency_keys.settle("k", key.seed, (201, '{"author_id": "ann"}'))
            asked = await ErasingDesk(led, now).ask(ANN.key, None)
            with monkeypatch.context() as patched:
                patched.setattr(Writer, "write", killed)
                with suppress(Killed):
                    await Forgetting(led, now, FileLedger(folder)).work_off()
            await Forgetting(led, now, FileLedger(folder)).work_off()
            done = await led.erasures.get(asked.id)
            assert done is not None
            assert done.state is ErasureState.WAITING
            return done.removed

    whole = await receipt(tmp_path / "whole")
    assert whole["events"] > 10
    assert {name: count for name, count in whole.items() if name != "events"} == {
        "tickets": 1,
        "files": 1,
        "people": 1,
        "notes_and_blocks": 1,
        "uploads": 2,
        "looks": 1,
        "notifications": 2,
        "answers_kept": 1,
    }
    steps = -left
    assert steps > 15
    for step in range(apart // 2 + 1, steps, apart):
        left = step
        assert await receipt(tmp_path / str(step)) == whole, step


async def test_no_record_of_a_database_tells_of_them(tmp_path: Path) -> None:
    with enabled_gridfs_integration():
        place = MockPlace(AsyncMongoMockClient()["guildesk"], pause=0.02)
        async with place.open(now) as store, leading(store) as led:
            await into(led, 1)
            (ticket,) = await led.views.tickets(TicketFilter())
            await append(led, ticket.id, LabelsChanged(added=("ann-waits",)))
            await led.views.labels("", 9)

            async def is_counted() -> bool:
                return (await led.users.page(None, 9)).items[0].ticket_count == 1

            await until(is_counted)
            await erase(led, tmp_path)

        told = {
            name: [
                it
                for it in await place.database[name].find({}).to_list(None)
                if "shop ann" in f"{it}" or "ann-waits" in f"{it}"
            ]
            for name in await place.database.list_collection_names()
        }
    assert {name: found for name, found in told.items() if found} == {}


async def test_a_store_of_an_older_program_is_written_anew_once(tmp_path: Path) -> None:
    """An older program has left in it what it removed."""
    await lived_in(tmp_path)
    do(tmp_path, "DELETE FROM meta WHERE key = 'scrubbed'")
    do(tmp_path, "PRAGMA secure_delete = OFF")
    do(tmp_path, "UPDATE people SET body = replace(body, 'Ann', 'Eva') WHERE key = 'shop ann'")

    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        await erase(led, tmp_path)

    assert told_in(tmp_path) == {}


async def test_a_back_up_from_before_is_erased_when_it_is_restored(tmp_path: Path) -> None:
    here = tmp_path / "here"
    await lived_in(here)
    archive, manifest = backup(here, tmp_path / "one.tar", nobody)
    async with open_new_sqlite(here, now) as store, leading(store) as led:
        erasure = await erase(led, here)

    restore(archive, here, replace=True, tell=nobody)

    (away,) = here.glob("replaced-*")
    assert told_in(away) == {}
    assert told_in(here) == {}
    assert list(verify(here, nobody)) == []
    async with open_new_sqlite(here, now) as store:
        again = await store.erasures.get(erasure.id)
        assert again is not None
        assert again.blank == manifest.tickets
        assert await store.users.user(BEN.key) is not None


async def test_a_store_that_is_moved_takes_the_ledger_along(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    await lived_in(there)  # moved from a store of before
    await FileLedger(here).record("e1", 7, [ANN.key], [])

    await ledger_moved(StoreSettings(_env_file=None, data_dir=here), f"sqlite://{there}")

    assert told_in(there) == {}
    assert await FileLedger(there).ids() == ["e1"]


async def test_to_write_into_the_ledger_takes_no_longer_the_more_is_in_it(tmp_path: Path) -> None:
    read = 0

    class Followed(FileLedger):
        def _lines(self) -> Iterator[dict[str, Any]]:
            nonlocal read
            for line in super()._lines():
                read += 1
                yield line

    ledger = Followed(tmp_path)
    await ledger.record("e1", 7, [ANN.key], [])
    for number in range(50):
        await ledger.record("e1", 7, [], [TicketId(f"{number:032x}")])

    assert read <= 50
    assert len(await ledger.tickets("e1")) == 50


async def test_the_ledger_tells_nobody_who_was_erased(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path)

    await ledger.record("e1", 7, [ANN.key], [])
    await ledger.record("e1", 7, [], [])
    with ledger.path.open("a") as stream:
        stream.write('{"id": "cut o')  # by a crash
    await FileLedger(tmp_path).record("e2", 8, [BEN.key], [])

    assert b"ann" not in ledger.path.read_bytes()
    assert await ledger.ids() == ["e1", "e2"]
    assert await ledger.among("e1", [ANN.key, BEN.key]) == {ANN.key}
    assert await ledger.among("e2", [ANN.key, BEN.key]) == {BEN.key}


@pytest.mark.parametrize("steps", [20, *(pytest.param(it, marks=pytest.mark.slow) for it in (3, 9, 33))])
async def test_killed_in_the_middle_it_goes_on(tmp_path: Path, steps: int) -> None:
    """After so many writes of the erasure."""
    await lived_in(tmp_path)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.keeping", "erase", str(tmp_path), "-", str(steps)), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL

    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:
        (under_way,) = await led.erasures.unfinished()
        await Forgetting(led, now, FileLedger(tmp_path)).work_off()
        waiting = await led.erasures.get(under_way.id)

    assert waiting is not None
    assert (waiting.state, waiting.removed["tickets"]) == (ErasureState.WAITING, 3)
    assert told_in(tmp_path) == {}
    assert list(verify(tmp_path, nobody)) == []


async def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    await lived_in(tmp_path)
    make_private(tmp_path)
    (tmp_path / "whispers.sqlite3").unlink()  # the command makes it again

    code, printed, said = guildesk(tmp_path, "erase", "ann", "--yes")

    assert (code, "others on this machine" in said) == (0, False), said
    assert not [it for it in tmp_path.iterdir() if it.stat().st_mode & OTHERS]
    assert "waiting for Discord" in printed
    assert "tickets: 3" in printed
    assert told_in(tmp_path) == {}


async def test_the_command_erases_nobody_it_cannot_tell_from_others(tmp_path: Path) -> None:
    async with open_new_sqlite(tmp_path, now) as store:
        for issuer in ("shop", "forum"):
            await store.people.remember(replace(ANN, key=UserKey(issuer, "ann")))

        with pytest.raises(CannotBeDone, match=r"several users have the id ann; say --issuer"):
            await user_named(store, "ann", None)
        with pytest.raises(CannotBeDone, match=r"there is nobody with the id zoe"):
            await user_named(store, "zoe", None)
        assert await user_named(store, "ann", "forum") == UserKey("forum", "ann")
        assert await user_named(store, "forum/ann", None) == UserKey("forum", "ann")
        begun = Erasure(id="e1", user=UserKey("shop", "zoe"), asked_at=1, state=ErasureState.WORKING)
        await store.erasures.keep(begun)  # and then killed, when little of Zoe was left
        assert await user_named(store, "zoe", None) == begun.user
        for issuer in (UserKey.DISCORD, UserKey.MEMBERS):
            await store.people.remember(replace(ANN, key=UserKey(issuer, "17")))
        assert (await user_named(store, "17", None)).id == "17"  # the same person


STAFF = (
    *(it.encode() for it in (OF_STAFF[0], "Quentin ", '"Quentin"')),
    int(OF_STAFF[0]).to_bytes(8, "big"),  # as SQLite writes it
)


async def test_no_byte_tells_of_staff_either_nor_does_a_restored_back_up(tmp_path: Path) -> None:
    """Killed when all of the log was rewritten, and nothing of that was kept."""
    here = tmp_path / "here"
    async with open_new_sqlite(here, now) as store, leading(store) as led:
        await work_of_staff(led)
        await led.views.tickets(TicketFilter(words=frozenset({"tomorrow"}), in_notes=True))
        await counted(led)
    archive, _ = backup(here, tmp_path / "one.tar", nobody)
    assert told_in(here, STAFF)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.keeping", "erase-staff", str(here), "-", "2"), cwd=ROOT
    )
    assert await child.wait() == -signal.SIGKILL

    async with open_new_sqlite(here, now) as store, leading(store) as led:
        (under_way,) = await led.erasures.unfinished()
        await Forgetting(led, now, FileLedger(here)).work_off()
        done = await led.erasures.get(under_way.id)

        assert told_in(here, STAFF) == {}
    assert done is not None
    assert (done.state, done.removed["tickets_that_named_them"]) == (ErasureState.DONE, 2)
    assert list(verify(here, nobody)) == []

    restore(archive, here, replace=True, tell=nobody)
    assert told_in(here, STAFF) == {}
    assert list(verify(here, nobody)) == []


async def test_words_and_figures_are_taken_in_after_each_step_of_renaming_staff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Writer.write

    async with open_new_sqlite(tmp_path, now) as store, leading(store) as led:

        async def followed(writer: Writer, work: Callable[[sqlite3.Connection], Any]) -> Any:
            answer = await write(writer, work)
            with monkeypatch.context() as patched:
                patched.setattr(Writer, "write", write)
                await write(writer, take_in)
                await counted(led)
            return answer

        await work_of_staff(led)
        asked = await ErasingDesk(led, now).ask(UserKey(UserKey.DISCORD, OF_STAFF[0]), None)
        with monkeypatch.context() as patched:
            patched.setattr(Writer, "write", followed)
            await Forgetting(led, now, FileLedger(tmp_path)).work_off()
        done = await led.erasures.get(asked.id)
        await led.views.tickets(TicketFilter(words=frozenset({"tomorrow"}), in_notes=True))
        await counted(led)
        sums = await led.reports.sums(By.AGENT, "0000-00-00", "9999-99-99")
        await write(led.log.writer, forget_sums)  # type: ignore[attr-defined]
        await counted(led)

        assert done is not None
        assert done.state is ErasureState.DONE
        assert [str(it) for it in verify(tmp_path, nobody)] == []
        assert await led.reports.sums(By.AGENT, "0000-00-00", "9999-99-99") == sums
    assert told_in(tmp_path, STAFF) == {}
