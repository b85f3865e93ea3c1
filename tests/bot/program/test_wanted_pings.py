"""The desk file and the settings say who is pinged; where both do, the desk file wins."""

import dataclasses
from pathlib import Path

import pytest

from bot.program.wanted_pings import wanted_pings
from bot.showing.pings import WantedPings
from config.current_desk import CurrentDesk
from config.desk_sections import PingsSection
from config.settings import Settings
from tests.docs.conftest import bare
from tests.docs.settings import FILLED_IN, loaded

__all__ = ["bare"]  # the fixture
KINDS = [*PingsSection.model_fields]


def of_kind(wanted: WantedPings, kind: str) -> bool:
    return bool(getattr(wanted, "new_ticket" if kind == "new" else kind))


def test_every_kind_may_be_set_in_both_places() -> None:
    of_settings = [it.removeprefix("ping_") for it in Settings.model_fields if it.startswith("ping_")]

    assert sorted(KINDS) == sorted(of_settings)
    assert len(KINDS) == len(dataclasses.fields(WantedPings))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("by_file", "by_setting", "is_wanted"),
    [(None, "on", True), (None, "off", False), ("true", "off", True), ("false", "on", False)],
)
def test_the_desk_file_wins(
    kind: str, by_file: str | None, by_setting: str, is_wanted: bool, tmp_path: Path, bare: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(f"[pings]\n{kind} = {by_file}\n" if by_file else "")
    settings = loaded(bare, {**FILLED_IN, f"PING_{kind.upper()}": by_setting})

    wanted = wanted_pings(settings, CurrentDesk(file))

    assert of_kind(wanted, kind) is is_wanted
    assert all(of_kind(wanted, it) for it in KINDS if it != kind)


def test_a_changed_file_counts_at_the_next_ping(tmp_path: Path, bare: pytest.MonkeyPatch) -> None:
    file = tmp_path / "desk.toml"
    file.write_text("")
    desk, settings = CurrentDesk(file), loaded(bare, FILLED_IN)
    before = wanted_pings(settings, desk).message

    file.write_text("[pings]\nmessage = false\n")
    desk.read()

    assert (before, wanted_pings(settings, desk).message) == (True, False)
