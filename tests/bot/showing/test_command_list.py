"""When Discord's list of commands is another than the program's."""

from typing import Any

import pytest

from bot.showing.command_list import digest


def command(**fields: Any) -> dict[str, Any]:
    return {"name": "claim", "description": "Take it", "name_localizations": {"de": "übernehmen"}} | fields


@pytest.mark.parametrize(
    "other",
    [
        command(name_localizations={"de": "nehmen"}),
        command(name_localizations=None),
        command(description_localizations={"de": "Nimmt es"}),
        command(options=[{"name": "why", "name_localizations": {"de": "grund"}}]),
    ],
)
def test_another_translation_is_another_list(other: dict[str, Any]) -> None:
    assert digest([other]) != digest([command()])


def test_what_discord_adds_makes_no_difference() -> None:
    told = command(id="17", version="4", options=[], description_localizations={})

    assert digest([told]) == digest([command()])


def test_a_command_of_a_context_menu_has_no_description_whatever_discord_tells() -> None:
    ours = {"name": "Edit", "type": 3}

    assert digest([{**ours, "description": ""}]) == digest([ours])
