"""Commands are called by names that Discord takes, in every language."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import discord
import pytest

from bot.showing.command_list import payloads_of
from tests.office import Office
from tests.office import desk_office as desk_office
from tests.texts.sources import written
from texts.language import Language
from texts.text import sources_of

OTHERS = [it for it in Language if it is not Language.EN]
NAME = re.compile(r"[-_'\w]{1,32}")
"""Of commands and options, as Discord documents it; upper case is refused, too."""
MENU = (2, 3)
COMMANDS_WITHIN = (1, 2)


@pytest.fixture
async def commands(desk_office: Office) -> list[dict[str, Any]]:
    return await payloads_of(desk_office.client.tree, discord.Object(desk_office.guild.id))


def parts(of: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A command, its options and choices, with their places."""
    place = f"{path}/{of['name']}"
    yield place, of
    for part in (*of.get("options", ()), *of.get("choices", ())):
        yield from parts(part, place)


@pytest.mark.parametrize("language", OTHERS)
async def test_everything_about_a_command_is_translated(
    commands: list[dict[str, Any]], language: Language
) -> None:
    for place, part in (it for command in commands for it in parts(command)):
        assert part.get("name_localizations", {}).get(language.value), place
        if part.get("description"):
            assert part["description_localizations"].get(language.value), place


@pytest.mark.parametrize("language", OTHERS)
async def test_discord_takes_every_name_and_description(
    commands: list[dict[str, Any]], language: Language
) -> None:
    for place, part in (it for command in commands for it in parts(command)):
        name = part["name_localizations"][language.value]
        if "value" in part or (part.get("type") in MENU and "description" not in part):
            assert 1 <= len(name) <= 100, place
        else:
            assert NAME.fullmatch(name), place
            assert name == name.lower(), place
        assert 1 <= len(part.get("description_localizations", {}).get(language.value, "it")) <= 100, place


@pytest.mark.parametrize("language", OTHERS)
async def test_no_two_commands_or_options_share_a_name(
    commands: list[dict[str, Any]], language: Language
) -> None:
    for siblings in (commands, *(command.get("options", []) for command in commands)):
        names = [it["name_localizations"][language.value] for it in siblings]
        assert len(set(names)) == len(names)
        english = {it["name"]: name for it, name in zip(siblings, names, strict=True)}
        assert [it for it in names if it in english and english[it] != it] == []


@pytest.mark.parametrize("language", OTHERS)
async def test_no_translation_is_left_over(commands: list[dict[str, Any]], language: Language) -> None:
    needed = {id_ for command in commands for id_ in ids(command)}

    assert {it.id for it in written(language) if it.file == "commands.ftl"} == needed


@pytest.mark.parametrize("language", OTHERS)
async def test_texts_name_commands_as_their_readers_see_them(
    commands: list[dict[str, Any]], language: Language
) -> None:
    """``/{ command-next }`` and not ``/next``."""
    others = {it["name"] for it in commands if it["name"] != it["name_localizations"][language.value]}
    named = {
        name
        for file, source in sources_of(language).items()
        for name in re.findall(r"(?<![\w/<])/([a-z][a-z-]*)", source)
        if file != "commands.ftl"
    }

    assert named & others == set()


def ids(command: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """The messages that translate a command with its options and choices."""
    place = f"{path} {command['name']}".strip()
    yield slug("menu" if command.get("type") in MENU and not path else "command", place)
    for option in command.get("options", ()):
        if option["type"] in COMMANDS_WITHIN:
            yield from ids(option, place)
        else:
            yield slug("option", f"{place} {option['name']}")
            yield from (slug("choice", str(choice["value"])) for choice in option.get("choices", ()))


def slug(kind: str, name: str) -> str:
    return "-".join((kind, *re.findall("[a-z0-9]+", name.lower())))
