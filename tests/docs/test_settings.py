"""Settings, the README's table and .env.example tell the same."""

import re
from pathlib import Path

import pytest

from config.loading import SettingsAreWrong
from tests.docs.pages import README, ROOT, names, rows, section
from tests.docs.settings import FILLED_IN, NAMES, REQUIRED, loaded

EXAMPLE = ROOT / ".env.example"
TABLE = {names(row[0])[0]: row for row in rows(section(README, "Settings"))}
LINES = re.findall(r"^(#?)([A-Z_]+)=(.*)$", EXAMPLE.read_text("utf-8"), re.MULTILINE)


def test_the_table_and_the_example_have_every_setting_once() -> None:
    listed = [name for _, name, _ in LINES]

    assert sorted(listed) == sorted(NAMES)
    assert sorted(TABLE) == sorted(NAMES)
    assert len(rows(section(README, "Settings"))) == len(NAMES)


def test_every_setting_is_explained() -> None:
    explained = re.findall(r"^# .+\n#?([A-Z_]+)=", EXAMPLE.read_text("utf-8"), re.MULTILINE)

    assert sorted(explained) == sorted(NAMES)
    assert [name for name, row in TABLE.items() if len(row[2]) < 5] == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_defaults_are_as_told(name: str, bare: pytest.MonkeyPatch) -> None:
    told = TABLE[name][1]
    shown = next(value for _, listed, value in LINES if listed == name)
    if name in REQUIRED:
        assert (told, shown) == ("required", "")
        return
    default = NAMES[name].default
    if default is None:
        assert (told, shown) == ("—", "")
        return
    assert names(told) == [shown]
    settings = loaded(bare, {**FILLED_IN, "SERVER_MODE": "DEVELOPMENT", name: shown})
    assert getattr(settings, name.lower()) == default


def test_what_is_not_commented_out_has_to_be_filled_in(bare: pytest.MonkeyPatch) -> None:
    to_fill_in = {name for hidden, name, _ in LINES if not hidden}

    assert to_fill_in == set(FILLED_IN)
    for name in to_fill_in:
        with pytest.raises(SettingsAreWrong, match=f"^{name}: is missing"):
            loaded(bare, {**FILLED_IN, name: ""})


def test_the_example_loads_once_it_is_filled_in(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    text = EXAMPLE.read_text("utf-8")
    for name, value in FILLED_IN.items():
        text = text.replace(f"\n{name}=\n", f"\n{name}={value}\n")
    filled_in = tmp_path / ".env"
    filled_in.write_text(text, "utf-8")

    settings = loaded(bare, {}, filled_in)

    assert settings.public_url == FILLED_IN["PUBLIC_URL"]
    assert settings == loaded(bare, FILLED_IN)
