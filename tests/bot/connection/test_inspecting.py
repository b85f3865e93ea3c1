"""What the sandbox does not play of a guild that is not as the settings say."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.connection.guild import GuildMap
from bot.connection.inspecting import dangers, faults_of_guild
from config.faults import ROLE_IS_EVERYONE, ROLE_IS_FREE, ROLE_IS_MANAGED, ROLE_MISSING
from tests.office import Office
from tickets.model import IssueLevel, SupportRole

GUILD = 1
GUILD_MAP = GuildMap(GUILD, dict.fromkeys(IssueLevel, 2), dict.fromkeys(SupportRole, 3), 4)


def guild_with(*, managed: bool = False, in_prompt: bool = False) -> Any:
    role = SimpleNamespace(name="Helpers", managed=managed, flags=SimpleNamespace(in_prompt=in_prompt))
    return SimpleNamespace(id=GUILD, get_role=lambda _: role)


@pytest.mark.parametrize(
    ("guild", "code"),
    [
        (guild_with(in_prompt=True), ROLE_IS_FREE.code),
        (guild_with(managed=True), ROLE_IS_MANAGED.code),
    ],
)
def test_a_role_that_strangers_come_by_is_a_danger(guild: Any, code: str) -> None:
    assert {it.code for it in dangers(GUILD_MAP, guild, None)} == {code}


def test_a_role_that_people_give_is_none() -> None:
    assert list(dangers(GUILD_MAP, guild_with(), None)) == []


def test_every_support_role_is_looked_at() -> None:
    for support_role in SupportRole:
        roles = {**GUILD_MAP.roles, support_role: GUILD}
        guild_map = GuildMap(GUILD, GUILD_MAP.categories, roles, 4)

        assert [it.code for it in dangers(guild_map, guild_with(), None)] == [ROLE_IS_EVERYONE.code]


async def test_a_further_role_that_is_none_is_named(desk_office: Office) -> None:
    """Such as the id of a member, whom nobody meant to let in everywhere."""
    outsider = desk_office.people["outsider"].id
    guild_map = replace(desk_office.guild_map, further_roles=frozenset({outsider}))

    named = [it for it in faults_of_guild(guild_map, desk_office.client) if "FURTHER_ROLE_IDS" in it.what]

    assert [(it.code, str(outsider) in it.what) for it in named] == [(ROLE_MISSING.code, True)]
