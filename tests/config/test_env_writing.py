"""What set-up writes into a settings file is read back as it was meant, and nothing else in it changes."""

import stat
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from config.env_writing import values_in, with_values, write_private, write_whole
from tests.docs.pages import ROOT

EXAMPLE = (ROOT / ".env.example").read_text("utf-8")
VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1).filter(
    lambda it: "${" not in it and it.strip() == it and it.isprintable()
)
LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "OTHER=kept # with a comment",
            "  export SPACED = 'two words'",
            "#GUILD_ID=",
            "GUILD_ID=",
            "export GUILD_ID=1",
            "guild_id='2'",
            "no setting at all",
            'MANY="two\nlines"',
        ]
    )
)


def read(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text)))


@given(VALUES)
def test_a_value_is_read_back_as_it_was_written(value: str) -> None:
    assert read(with_values(EXAMPLE, {"JWT_SECRET_KEY": value}))["JWT_SECRET_KEY"] == value


@given(LINES, st.booleans())
def test_all_other_lines_stay_as_they_are(lines: list[str], ends: bool) -> None:
    before = "\n".join(lines) + ("\n" if ends else "")

    after = with_values(before, {"GUILD_ID": "77"})

    assert values_in(after) == {**values_in(before), "GUILD_ID": "77"}
    kept = [it for it in before.splitlines() if "GUILD_ID=" not in it.upper() or it.startswith("#")]
    assert [it for it in after.splitlines() if it in kept] == kept
    assert with_values(after, {"GUILD_ID": "77"}) == after


def test_a_setting_comes_below_the_line_that_explains_it() -> None:
    lines = with_values(EXAMPLE, {"BOARD_CHANNEL_ID": "5", "GUILD_ID": "6"}).splitlines()

    assert lines[lines.index("#BOARD_CHANNEL_ID=") + 1] == "BOARD_CHANNEL_ID=5"
    assert "GUILD_ID=6" in lines
    assert "GUILD_ID=" not in lines


@pytest.mark.parametrize("value", ["two\nlines", "${HOME}"])
def test_what_no_line_can_hold_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="DATA_DIR"):
        with_values("", {"DATA_DIR": value})


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("A=1\n")
    file.chmod(0o644)

    assert write_private(file, "A=1\n")
    assert not write_private(file, "A=1\n")
    assert write_private(file, "A=2\n")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("A=2\n", 0o600)
    assert [it.name for it in tmp_path.iterdir()] == [".env"]


def test_what_a_killed_program_left_of_a_draft_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / ".env.draft").write_text("A=hal")

    assert write_private(tmp_path / ".env", "A=2\n")

    assert [(it.name, it.read_text()) for it in tmp_path.iterdir()] == [(".env", "A=2\n")]


def test_a_file_that_is_no_secret_stays_readable(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("a = 1\n")
    file.chmod(0o644)

    assert write_whole(file, "a = 2\n")

    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("a = 2\n", 0o644)


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("A=1\n")
    (tmp_path / ".env").symlink_to(tmp_path / "real")

    write_private(tmp_path / ".env", "A=2\n")

    assert (tmp_path / ".env").is_symlink()
    assert (tmp_path / "real").read_text() == "A=2\n"
