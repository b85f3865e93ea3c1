"""Nobody else on the machine reads the store, whatever made its folder and files."""

from pathlib import Path

import pytest

from storage.sqlite.store import open_sqlite
from tests.clocks import Hands
from tests.contract.acts import open_ticket
from tests.contract.places import leading
from tickets.model import Attachment, FileId


def modes(folder: Path) -> dict[str, str]:
    return {it.name: oct(it.stat().st_mode & 0o777) for it in [folder, *folder.iterdir()]}


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [it.getMessage() for it in caplog.records if it.name == "storage.private"]


async def used(folder: Path) -> dict[str, str]:
    """The modes of what there is while a store is used."""
    async with open_sqlite(folder, Hands()) as store, leading(store) as led:
        await open_ticket(led)
        await led.files.put(Attachment(FileId("f"), "a.txt", "text/plain", 1), b"a")
        return modes(folder)


async def test_a_new_store_is_for_its_owner_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "var"

    found = await used(folder)

    assert found["var"] == "0o700"
    assert {name: found[name] for name in found if name.startswith("guildesk")} == {
        f"guildesk.sqlite3{end}": "0o600" for end in ("", "-wal", "-shm")
    }
    assert warnings(caplog) == []


async def test_what_was_open_to_others_is_closed_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "var"
    await used(folder)
    for path in [*folder.iterdir(), folder]:
        path.chmod(0o755 if path.is_dir() else 0o644)

    async with open_sqlite(folder, Hands()):
        found = modes(folder)

    assert {name: found[name][-2:] for name in ("var", "files", "leaders")} == dict.fromkeys(
        ("var", "files", "leaders"), "00"
    )
    assert found["guildesk.sqlite3"] == "0o600"
    assert ["could read what is in" in it for it in warnings(caplog)] == [True]


async def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "page.html").touch()
    for path in (folder, folder / "page.html"):
        path.chmod(0o755)

    async with open_sqlite(folder, Hands()):
        found = modes(folder)

    assert (found["shared"], found["page.html"]) == ("0o755", "0o755")
    assert found["guildesk.sqlite3"] == "0o600"


async def test_what_cannot_be_closed_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, __: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(0o755)
    monkeypatch.setattr(Path, "chmod", refuse)

    async with open_sqlite(folder, Hands()):
        pass

    assert ["cannot be changed (Operation not permitted)" in it for it in warnings(caplog)] == [True]
