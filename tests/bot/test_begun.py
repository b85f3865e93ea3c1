"""What set-up writes down on its way, as it is after a kill."""

from pathlib import Path

import pytest

from bot.setting_up.begun import Begun
from bot.setting_up.panels import PanelInDeskFile
from bot.setting_up.settings_file import SettingsFile
from config.desk_file import read_desk_file


def test_what_was_begun_is_known_to_the_next_set_up_of_this_guild_alone(tmp_path: Path) -> None:
    begun = Begun(tmp_path / ".env", 1)
    name = begun.name("ADMIN_ROLE_ID", "Support admin")
    again, elsewhere = Begun(tmp_path / ".env", 1), Begun(tmp_path / ".env", 2)

    assert name.startswith("Support admin ")
    assert (again.names, again.name("ADMIN_ROLE_ID", "Admin")) == ({"ADMIN_ROLE_ID": name}, name)
    assert elsewhere.names == {}
    elsewhere.is_done()
    assert Begun(tmp_path / ".env", 1).names == {"ADMIN_ROLE_ID": name}
    again.is_done()
    assert [*tmp_path.iterdir()] == []


def test_a_role_taken_instead_is_not_ours(tmp_path: Path) -> None:
    begun = Begun(tmp_path / ".env", 1)
    begun.name("ADMIN_ROLE_ID", "Support admin")

    begun.forget("ADMIN_ROLE_ID")

    assert Begun(tmp_path / ".env", 1).names == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"1": 2}'])
def test_a_file_that_cannot_be_read_is_named_with_its_cure(tmp_path: Path, text: str) -> None:
    (tmp_path / ".env.begun").write_text(text)

    with pytest.raises(ValueError, match=r"\.env\.begun: .* remove this file"):
        Begun(tmp_path / ".env", 1)


def test_a_panel_whose_file_was_not_named_yet_is_not_written_twice(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / ".env", {})
    PanelInDeskFile(settings).keep(123)
    (tmp_path / ".env").unlink()  # as it was before the last write

    later = SettingsFile(tmp_path / ".env", {})
    PanelInDeskFile(later).keep(123)

    assert [it.channel for it in read_desk_file(tmp_path / "desk.toml").panels] == [123]
    assert later.get("DESK_FILE") == str(tmp_path / "desk.toml")
