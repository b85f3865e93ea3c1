"""Files in a folder stay in it, and are whole or not there."""

from pathlib import Path

import pytest

from storage.folder import FolderOfFiles
from tickets.model import Attachment, FileId
from tickets.ports.store import StoreUnavailable


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("hostile", ["../x", "/etc/x", "..", ""])
async def test_no_id_leads_out_of_the_folder(tmp_path: Path, hostile: str) -> None:
    folder = tmp_path / "a" / "files"

    await FolderOfFiles(folder).put(Attachment(FileId(hostile), "x", "text/plain", 1), b"x")

    assert [path for path in files_in(tmp_path) if folder not in path.parents] == []


async def test_what_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    files = FolderOfFiles(tmp_path)
    file = Attachment(FileId("f1"), "x", "text/plain", 1)
    await files.put(file, b"x")
    (kept,) = files_in(tmp_path)
    kept.unlink()
    kept.mkdir()

    with pytest.raises(StoreUnavailable):
        await files.get(FileId("f1"))
    with pytest.raises(StoreUnavailable):
        await files.delete(FileId("f1"))
    kept.rmdir()
    kept.parent.rmdir()
    kept.parent.write_text("in the way")
    with pytest.raises(StoreUnavailable):
        await files.put(file, b"x")
    assert files_in(tmp_path) == [kept.parent]


async def test_of_a_draft_that_is_not_put_nothing_is_left(tmp_path: Path) -> None:
    with FolderOfFiles(tmp_path / "files").draft() as draft:
        await draft.write(b"x" * 1_000_000)
        assert files_in(tmp_path) == []

    assert files_in(tmp_path) == []


async def test_a_draft_needs_a_place(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")

    with FolderOfFiles(tmp_path / "files").draft() as draft, pytest.raises(StoreUnavailable):
        await draft.write(b"x" * 1_000_000)


async def test_a_small_draft_waits_for_no_disk(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("in the way")

    with FolderOfFiles(tmp_path / "files").draft() as draft:
        await draft.write(b"a small ")
        await draft.write(b"file")
        await draft.flush()

        assert draft.stream().read() == b"".join(draft.pieces()) == b"a small file"


async def test_what_comes_before_a_part_is_not_read(tmp_path: Path) -> None:
    """A file that is larger than any memory, of which the file system keeps the end alone."""
    files = FolderOfFiles(tmp_path)
    file = Attachment(FileId("f1"), "x", "text/plain", 0)
    await files.put(file, b"")
    (kept,) = files_in(tmp_path)
    with kept.open("ab") as stream:
        stream.truncate(2**43)
        stream.seek(0, 2)
        stream.write(b"the end")

    async with files.opened(FileId("f1")) as opened:
        assert opened is not None
        pieces = [piece async for piece in opened.read(opened.size - 3, 3)]

    assert opened.size > 2**42
    assert pieces == [b"end"]
