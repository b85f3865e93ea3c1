"""Overwrites that people made: which may stay, and which are wrong."""

from types import SimpleNamespace
from typing import cast

import discord
import pytest

from bot.connection.guild import TO_WORK, GuildMap
from bot.showing.access import overwrites_for, wrong_with
from tests.tickets.logs import Logbook

AUDITORS, STAFF, EVERYBODY = discord.Object(77), discord.Object(78), discord.Object(1)
MINE = discord.Permissions(view_channel=True, send_messages=True)


class Guild:
    """A guild in which the bot holds few permissions, and whose role for auditors may see tickets."""

    id = EVERYBODY.id
    me = SimpleNamespace(id=2, guild_permissions=MINE)
    self_role = None

    def get_role(self, role_id: int) -> discord.Object | None:
        return AUDITORS if role_id == AUDITORS.id else None


def kept(overwrite: discord.PermissionOverwrite) -> discord.PermissionOverwrite:
    there = SimpleNamespace(guild=Guild(), overwrites={AUDITORS: overwrite})
    guild_map = SimpleNamespace(overwrites=lambda *_: {}, further_roles={AUDITORS.id})
    ticket = Logbook().ticket
    found = overwrites_for(cast(GuildMap, guild_map), cast(discord.TextChannel, there), ticket)
    return cast(dict[discord.Object, discord.PermissionOverwrite], found)[AUDITORS]


def test_what_the_bot_does_not_hold_is_left_out_or_discord_would_refuse_all_of_it() -> None:
    by_hand = discord.PermissionOverwrite(view_channel=True, manage_messages=True, mention_everyone=False)

    assert kept(by_hand) == discord.PermissionOverwrite(view_channel=True)


def test_what_the_bot_holds_stays_as_it_is() -> None:
    by_hand = discord.PermissionOverwrite(view_channel=True, send_messages=False)

    assert kept(by_hand) == by_hand


@pytest.mark.parametrize(
    ("by_hand", "is_wrong"),
    [
        ({}, False),
        ({"manage_messages": False}, False),
        ({"add_reactions": False}, True),
        ({"attach_files": False}, True),
        ({"read_message_history": None}, True),
    ],
)
def test_staff_that_may_not_work_in_a_channel_is_shut_out(by_hand: dict[str, bool], is_wrong: bool) -> None:
    overwrite = discord.PermissionOverwrite.from_pair(TO_WORK, discord.Permissions.none())
    overwrite.update(**by_hand)
    hidden = discord.PermissionOverwrite(view_channel=False)
    there = SimpleNamespace(
        guild=Guild(), overwrites={STAFF: overwrite, EVERYBODY: hidden}, permissions_for=lambda _: MINE
    )
    guild_map = SimpleNamespace(
        overwrites=lambda *_: {STAFF: None}, roles={"GENERAL": STAFF.id}, further_roles=()
    )

    wrong = wrong_with(cast(GuildMap, guild_map), cast(discord.TextChannel, there), Logbook().ticket)

    assert list(wrong) == ([STAFF.id] if is_wrong else [])
