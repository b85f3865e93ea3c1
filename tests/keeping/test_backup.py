"""A back-up is one whole file with all that was acknowledged, or there is none."""

import asyncio
import json
import signal
import sys
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from storage.keeping.backup import MAKING, backup
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import nobody
from storage.keeping.restore import restore
from storage.private import OURS
from tests.keeping.stores import CONTENT, file_in, fill, now, tables
from tests.new_stores import open_new_sqlite
from tickets.model import TicketId

ROOT = Path(__file__).parents[2]


async def test_what_was_backed_up_is_there_elsewhere(tmp_path: Path) -> None:
    await fill(tmp_path / "here")

    file, manifest = backup(tmp_path / "here", tmp_path / "one.tar", nobody)
    restore(file, tmp_path / "there", replace=False, tell=nobody)

    assert (manifest.tickets, manifest.events) == (3, 9)
    assert tables(tmp_path / "there") == tables(tmp_path / "here")
    assert await file_in(tmp_path / "there") == CONTENT
    assert file.stat().st_mode & 0o077 == 0


async def test_any_tool_can_read_it_and_the_manifest_has_its_hashes(tmp_path: Path) -> None:
    await fill(tmp_path / "here")
    file, _ = backup(tmp_path / "here", tmp_path / "one.tar", nobody)

    with tarfile.open(file) as tar:
        contents = {it.name: tar.extractfile(it).read() for it in tar.getmembers()}  # type: ignore[union-attr]

    manifest = json.loads(contents.pop("manifest.json"))
    assert {name: it["sha256"] for name, it in manifest["members"].items()} == {
        name: sha256(content).hexdigest() for name, content in contents.items()
    }


async def test_all_that_was_acknowledged_before_is_in_a_back_up_under_load(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storage.appender", str(here)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    acknowledged = [(await child.stdout.readline()).split() for _ in range(400)]

    file, _ = await asyncio.to_thread(backup, here, tmp_path, nobody)

    child.send_signal(signal.SIGKILL)
    later = (await child.stdout.read()).splitlines()
    await child.wait()
    assert len(later) > 10, "it went on meanwhile"
    restore(file, there, replace=False, tell=nobody)
    async with open_new_sqlite(there, now) as store:
        kept = set()
        for ticket_id in {line[0].decode() for line in acknowledged}:
            kept |= {(it.seq, it.id) for it in await store.log.events(TicketId(ticket_id))}
    assert {(int(seq), event_id.decode()) for _, seq, event_id in acknowledged} <= kept


@pytest.mark.parametrize(
    "when",
    [
        pytest.param("copying the database", marks=pytest.mark.slow),
        pytest.param("checking the database", marks=pytest.mark.slow),
        "writing the back-up",
    ],
)
async def test_a_killed_back_up_leaves_no_file_and_the_next_one_clears_up(tmp_path: Path, when: str) -> None:
    here, target = tmp_path / "here", tmp_path / "backups"
    target.mkdir()
    await fill(here)

    killed = ("-m", "tests.keeping", "backup", str(here), str(target / "one.tar"), when)
    child = await asyncio.create_subprocess_exec(sys.executable, *killed, cwd=ROOT)
    assert await child.wait() == -signal.SIGKILL

    assert not (target / "one.tar").exists()
    assert list(target.glob(f"{MAKING}*"))
    backup(here, target / "one.tar", nobody)
    assert [it.name for it in target.iterdir()] == ["one.tar"]


async def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    def tell(what: str, _done: int, _total: int) -> None:
        if what == "writing the back-up":
            raise KeyboardInterrupt

    here, target = tmp_path / "here", tmp_path / "backups"
    await fill(here)
    target.mkdir()

    with pytest.raises(KeyboardInterrupt):
        backup(here, target / "one.tar", tell)

    assert list(target.iterdir()) == []


async def test_no_file_is_replaced(tmp_path: Path) -> None:
    await fill(tmp_path / "here")
    (tmp_path / "one.tar").write_text("precious")

    with pytest.raises(CannotBeDone, match="is there already; choose another name"):
        backup(tmp_path / "here", tmp_path / "one.tar", nobody)

    assert (tmp_path / "one.tar").read_text() == "precious"


async def test_where_there_is_no_store_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(CannotBeDone, match="there is no store"):
        backup(tmp_path / "empty", tmp_path / "one.tar", nobody)

    assert list(tmp_path.iterdir()) == []


async def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    await fill(tmp_path / "here", tickets=30)
    database = tmp_path / "here" / "guildesk.sqlite3"
    content = bytearray(database.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    database.write_bytes(content)

    with pytest.raises(CannotBeDone, match=r"damaged|cannot be read"):
        backup(tmp_path / "here", tmp_path / "one.tar", nobody)

    assert not (tmp_path / "one.tar").exists()


async def test_whatever_the_store_puts_into_its_folder_is_backed_up_or_named_here(tmp_path: Path) -> None:
    """Whoever makes the store keep something further beside its database sees that here."""
    kept = {"guildesk.sqlite3*", "files"}
    of_no_worth = {"whispers.sqlite3*", "leaders", "lock", "restoring", "restored", "replaced-*"}
    await fill(tmp_path)

    there = {path for path in tmp_path.iterdir() if not any(path.match(it) for it in kept | of_no_worth)}

    assert set(OURS) == kept | of_no_worth | {"erased.jsonl"}  # what is gone is not brought back
    assert there == set()
