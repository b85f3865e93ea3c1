"""Whatever channels there are and whoever reads them: a transcript stands where readers saw the ticket."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import Mock

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.connection.guild import GuildMap
from bot.connection.transcript_channels import SETTINGS, TO_FILE, faults_of_transcript_channels, place_for
from config.faults import CHANNEL_MISSING, TRANSCRIPTS_READ_BY_MORE
from tickets.model import IssueLevel, SupportRole

GUILD_ID, BOT = 1, 9
ROLES = {role: 11 + number for number, role in enumerate(SupportRole)}
STRANGERS, FURTHER = 21, 22
CHANNELS = {role: 31 + number for number, role in enumerate(SupportRole)}
VIEW = discord.Permissions(view_channel=True)


@dataclass(frozen=True)
class Around:
    """A guild's choices: which channels are set, what roles may do everywhere, and what each channel says."""

    set_for: frozenset[SupportRole]
    everywhere: frozenset[int]
    """Roles that see every channel which does not say otherwise."""
    overwrites: Mapping[int, Mapping[int, bool | None]]
    """By channel and by role."""


ROLE_IDS = [GUILD_ID, *ROLES.values(), STRANGERS, FURTHER]
_choices = st.dictionaries(st.sampled_from(ROLE_IDS), st.sampled_from([True, False, None]))
arounds = st.builds(
    Around,
    set_for=st.frozensets(st.sampled_from([it for it in SupportRole if it is not SupportRole.GENERAL])),
    everywhere=st.frozensets(st.sampled_from(ROLE_IDS)),
    overwrites=st.fixed_dictionaries(dict.fromkeys(CHANNELS.values(), _choices)),
)


def guild_of(around: Around) -> discord.Guild:
    """A guild of discord.py's, as the gateway tells of it."""
    roles = [
        {
            "id": str(role),
            "name": "@everyone" if role == GUILD_ID else f"role {role}",
            "permissions": str(VIEW.value if role in around.everywhere else 0),
            "position": role,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "color": 0,
        }
        for role in ROLE_IDS
    ]
    channels = [
        {
            "id": str(channel),
            "name": f"c{channel}",
            "type": 0,
            "position": 1,
            "permission_overwrites": [_overwrite(role, choice) for role, choice in choices.items()]
            + [{"id": str(BOT), "type": 1, "allow": str(TO_FILE.value), "deny": "0"}],
        }
        for channel, choices in around.overwrites.items()
    ]
    bot = {"user": {"id": str(BOT), "username": "bot", "discriminator": "0", "avatar": None}, "roles": []}
    data: Any = {"id": str(GUILD_ID), "name": "Support", "owner_id": "8", "roles": roles}
    data |= {"channels": channels, "members": [{**bot, "flags": 0, "deaf": False, "mute": False}]}
    state = Mock(self_id=BOT, user=Mock(id=BOT), shard_count=None)
    state.store_user.side_effect = lambda it: Mock(id=int(it["id"]), bot=True)
    return discord.Guild(data=data, state=state)


def _overwrite(role: int, choice: bool | None) -> dict[str, Any]:
    allow, deny = (VIEW.value if choice is it else 0 for it in (True, False))
    return {"id": str(role), "type": 0, "allow": str(allow), "deny": str(deny)}


def map_of(around: Around) -> GuildMap:
    return GuildMap(
        GUILD_ID,
        dict.fromkeys(IssueLevel, 2),
        ROLES,
        CHANNELS[SupportRole.GENERAL],
        frozenset({FURTHER}),
        further_transcript_channels={it: CHANNELS[it] for it in around.set_for},
    )


def reads(around: Around, role: int, channel: int) -> bool:
    """Whether somebody with this role alone sees the channel, by Discord's rules."""
    sees = GUILD_ID in around.everywhere or role in around.everywhere
    for said in (around.overwrites[channel].get(GUILD_ID), around.overwrites[channel].get(role)):
        sees = sees if said is None else said
    return sees


@given(arounds, st.sampled_from(SupportRole), st.sampled_from(ROLE_IDS))
def test_a_transcript_is_read_only_by_roles_that_saw_the_ticket(
    around: Around, asked_for: SupportRole, role: int
) -> None:
    place = place_for(map_of(around), guild_of(around), asked_for)

    saw = role == FURTHER or role in (ROLES[it] for it in asked_for.and_above)
    assert not place.shows or saw or not reads(around, role, place.channel_id)


@given(arounds)
def test_a_channel_that_shows_nothing_is_a_fault(around: Around) -> None:
    guild, guild_map = guild_of(around), map_of(around)

    faulty = {it.facts["setting"] for it in faults_of_transcript_channels(guild_map, guild)}

    without = {it for it in guild_map.transcript_channels if not place_for(guild_map, guild, it).shows}
    assert faulty == {SETTINGS[it] for it in without}


def private(*readers: int, without: int | None = None) -> Around:
    """Channels for all support roles, each seen by its own and those above, and by ``readers``."""
    return Around(
        frozenset(SupportRole) - {SupportRole.GENERAL},
        frozenset({GUILD_ID}),
        {
            channel: {
                GUILD_ID: False,
                **{ROLES[it]: True for it in role.and_above},
                **dict.fromkeys(readers, True),
            }
            for role, channel in CHANNELS.items()
            if channel != without
        },
    )


@pytest.mark.parametrize("role", SupportRole)
def test_each_support_role_has_its_channel(role: SupportRole) -> None:
    around = private(FURTHER)

    place = place_for(map_of(around), guild_of(around), role)

    assert (place.channel_id, place.shows) == (CHANNELS[role], True)
    assert list(faults_of_transcript_channels(map_of(around), guild_of(around))) == []


def test_where_none_is_set_the_channel_of_all_shows_nothing() -> None:
    around = replace(private(), set_for=frozenset())

    place = place_for(map_of(around), guild_of(around), SupportRole.ADMIN)

    assert (place.channel_id, place.shows) == (CHANNELS[SupportRole.GENERAL], False)


def test_who_reads_too_much_is_named_with_the_setting() -> None:
    around = private(STRANGERS)

    faults = list(faults_of_transcript_channels(map_of(around), guild_of(around)))

    assert {it.code for it in faults} == {TRANSCRIPTS_READ_BY_MORE.code}
    assert [it.facts["who"] for it in faults] == [f"role {STRANGERS}"] * len(SupportRole)
    assert all(not place_for(map_of(around), guild_of(around), it).shows for it in SupportRole)


def test_a_channel_that_is_not_there_is_named() -> None:
    around = private(without=CHANNELS[SupportRole.ADMIN])

    (fault,) = faults_of_transcript_channels(map_of(around), guild_of(around))

    assert (fault.code, fault.facts["setting"]) == (CHANNEL_MISSING.code, "TRANSCRIPT_CHANNEL_ADMIN_ID")


def test_a_member_who_was_let_in_alone_reads_too_much() -> None:
    around = private()
    guild = guild_of(around)
    there = guild.get_channel(CHANNELS[SupportRole.MANAGER])
    assert isinstance(there, discord.TextChannel)
    there._overwrites.append(discord.abc._Overwrites({"id": "77", "type": 1, "allow": "1024", "deny": "0"}))

    (fault,) = faults_of_transcript_channels(map_of(around), guild)

    assert (fault.code, fault.facts["who"]) == (TRANSCRIPTS_READ_BY_MORE.code, "77")
