"""Who counts as staff in Discord, and as what."""

from collections.abc import Iterator, Sequence
from typing import Any

import discord
import pytest
from simcord import RoleHandle

from cogs.staff import Staff
from tests.office import Office
from tickets.model import Caller, SupportRole, UserKey, UserRole

EMPTY_NAME = "\u2060\u200b"


@pytest.fixture
def staff(desk_office: Office) -> Staff:
    return Staff(desk_office.guild_map.roles)


@pytest.fixture
def guild(desk_office: Office) -> discord.Guild:
    found = desk_office.client.get_guild(desk_office.guild.id)
    assert found is not None
    return found


def seen(caller: Caller | None) -> tuple[str, UserRole, SupportRole | None] | None:
    if caller is None:
        return None
    return caller.person.name, caller.person.role, caller.person.support_role


async def test_support_roles_make_agents_and_the_highest_makes_admins(
    desk_office: Office, guild: discord.Guild, staff: Staff
) -> None:
    members = {name: await guild.fetch_member(it.id) for name, it in desk_office.people.items()}

    assert {name: seen(staff.caller(it)) for name, it in members.items()} == {
        "general": ("general-agent", UserRole.AGENT, SupportRole.GENERAL),
        "technical": ("technical-agent", UserRole.AGENT, SupportRole.TECHNICAL),
        "manager": ("manager-agent", UserRole.AGENT, SupportRole.MANAGER),
        "admin": ("admin-agent", UserRole.ADMIN, SupportRole.ADMIN),
        "outsider": None,
    }
    caller = staff.caller(members["general"])
    assert caller is not None
    assert caller.key == UserKey(UserKey.DISCORD, str(desk_office.people["general"].id))


async def test_the_owner_and_administrators_are_admins_without_a_support_role(
    desk_office: Office, guild: discord.Guild, staff: Staff
) -> None:
    all_powerful = desk_office.guild.create_role("Root", permissions=discord.Permissions(administrator=True))
    administrator = await a_member(desk_office, guild, "rooty", [all_powerful])
    owner = await guild.fetch_member(guild.owner_id or 0)

    assert seen(staff.caller(administrator)) == ("rooty", UserRole.ADMIN, None)
    assert staff.support_roles(administrator) == []
    assert seen(staff.caller(owner)) == (owner.display_name, UserRole.ADMIN, None)


async def test_who_holds_several_support_roles_counts_by_the_highest(
    desk_office: Office, guild: discord.Guild, staff: Staff
) -> None:
    roles = [desk_office.guild.roles[f"{it} team"] for it in (SupportRole.MANAGER, SupportRole.GENERAL)]
    both = await a_member(desk_office, guild, "both", roles)

    assert seen(staff.caller(both)) == ("both", UserRole.AGENT, SupportRole.MANAGER)
    assert staff.support_roles(both) == [SupportRole.GENERAL, SupportRole.MANAGER]


async def test_a_name_that_nobody_sees_gives_way_to_the_user_name(
    desk_office: Office, guild: discord.Guild, staff: Staff
) -> None:
    member = await guild.fetch_member(desk_office.people["general"].id)
    member.nick = EMPTY_NAME

    assert seen(staff.caller(member)) == ("general-agent", UserRole.AGENT, SupportRole.GENERAL)


async def test_a_bot_is_never_staff(desk_office: Office, guild: discord.Guild, staff: Staff) -> None:
    assert guild.me.bot
    assert staff.caller(guild.me) is None


async def a_member(
    desk_office: Office, guild: discord.Guild, name: str, roles: Sequence[RoleHandle]
) -> discord.Member:
    actor = desk_office.guild.add_member(desk_office.env.create_user(name), roles=list(roles))
    return await guild.fetch_member(actor.id)


async def test_every_text_that_a_command_takes_has_a_longest_length(desk_office: Office) -> None:
    """Discord lets people type 6,000 characters where nothing is said; texts of ours name what was typed."""

    def texts(command: str, options: Any) -> Iterator[tuple[str, Any]]:
        for it in options:
            if it["type"] in (1, 2):
                yield from texts(f"{command} {it['name']}", it.get("options", ()))
            elif it["type"] == 3 and not it.get("choices"):
                yield f"{command} {it['name']}", it.get("max_length")

    tree = desk_office.client.tree
    described = [it.to_dict(tree) for it in tree.get_commands()]
    found = dict(text for it in described for text in texts(it["name"], it.get("options", ())))

    assert len(found) > 15
    assert {name: longest for name, longest in found.items() if not longest or longest > 1500} == {}
