"""A desk file is taken anew when it changes; a wrong one changes nothing, and is told."""

import os
from pathlib import Path

import pytest

from config.current_desk import CurrentDesk
from config.desk_file import DeskFileIsWrong

NEW = "[pings]\nnew = {}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "desk.toml"
    file.write_text(NEW.format("true"))
    return file


def change(file: Path, text: str) -> None:
    """As editors do it: another file takes the place of the first."""
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    os.replace(draft, file)


def looked_at(desk: CurrentDesk) -> None:
    for _ in range(2):
        desk.look()


def test_a_file_that_is_still_being_written_is_not_read(file: Path) -> None:
    desk = CurrentDesk(file)
    seen = []
    for text in ("", "[pings]\n", NEW.format("false")):
        file.write_text(text)
        desk.look()
        seen.append(desk.now.pings.new)

    desk.look()

    assert (seen, desk.now.pings.new) == ([True] * 3, False)


def test_whoever_asks_for_it_is_not_kept_waiting(file: Path) -> None:
    desk = CurrentDesk(file)
    file.write_text(NEW.format("false"))

    desk.read()

    assert desk.now.pings.new is False


def test_a_changed_file_counts_at_the_next_look(file: Path) -> None:
    desk, heard = CurrentDesk(file), list[bool | None]()
    stop = desk.listen(lambda: heard.append(desk.now.pings.new))
    looked_at(desk)

    change(file, NEW.format("false"))
    looked_at(desk)
    stop()
    change(file, NEW.format("true"))
    looked_at(desk)

    assert heard == [False]
    assert desk.now.pings.new is True


def test_a_wrong_file_leaves_all_as_it_was_until_it_is_right(file: Path) -> None:
    desk = CurrentDesk(file)

    change(file, "[pings]\nnew = 3\nold = true\n")
    looked_at(desk)
    told = [(it.code, it.what) for it in desk.faults]
    change(file, NEW.format("false"))
    looked_at(desk)

    assert [code for code, _ in told] == ["desk_file_wrong"] * 2
    assert "line 2: pings, new: must be true or false" in told[0][1]
    assert (desk.faults, desk.now.pings.new) == ([], False)


def test_a_file_that_goes_leaves_all_as_it_was(file: Path) -> None:
    desk = CurrentDesk(file)

    file.unlink()
    looked_at(desk)

    assert desk.now.pings.new is True
    assert "cannot be read" in desk.faults[0].what


def test_a_change_of_comments_is_no_news(file: Path) -> None:
    desk, heard = CurrentDesk(file), list[None]()
    desk.listen(lambda: heard.append(None))

    change(file, "# hello\n" + NEW.format("true"))
    looked_at(desk)

    assert heard == []


def test_a_start_with_a_wrong_file_is_refused(file: Path) -> None:
    file.write_text("pings = 3")

    with pytest.raises(DeskFileIsWrong):
        CurrentDesk(file)
