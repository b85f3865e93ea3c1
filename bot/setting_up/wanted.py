"""What a guild needs for a desk, and which settings name it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import discord

from bot.connection.guild import ROLE_SETTINGS
from bot.connection.inspecting import CATEGORY_SETTINGS
from bot.connection.staff_channels import BOARD_SETTING, LOG_SETTING
from bot.connection.transcript_channels import SETTINGS
from texts.language import Language
from texts.text import Text, Words, in_language
from tickets.model import IssueLevel, SupportRole

PANEL: Final = "the panel"
"""The panel is named in the desk file, and not in a setting."""


class Kind(StrEnum):
    ROLE = "role"
    CATEGORY = "category"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A part of the guild that a setting names."""

    setting: str
    kind: Kind
    name: str
    """The name for a new one."""
    is_public: bool = False
    seen_from: SupportRole = SupportRole.GENERAL
    """The lowest support role that sees the channel, if it is for staff."""

    def __str__(self) -> str:
        return f"{self.kind:<9}{'#' if self.kind is Kind.CHANNEL else ''}{self.name}"


def wanted(language: Language, *, board: bool = True, log: bool = True, panel: bool = True) -> list[Wanted]:
    """All of it, in the order in which it is made: roles first, from the highest, because a new role goes to
    the end of a guild's list."""

    def called(words: Words) -> str:
        return in_language(words, language)

    roles = [
        Wanted(ROLE_SETTINGS[it], Kind.ROLE, called(Text("made-role", role=it)))
        for it in reversed(SupportRole)
    ]
    categories = [
        Wanted(CATEGORY_SETTINGS[it], Kind.CATEGORY, called(Text("made-category", level=it)))
        for it in reversed(IssueLevel)
    ]
    channels = [
        Wanted(setting, Kind.CHANNEL, called(Text("made-transcripts", role=it)), seen_from=it)
        for it, setting in SETTINGS.items()
    ]
    if board:
        channels.append(Wanted(BOARD_SETTING, Kind.CHANNEL, called(Text("made-board"))))
    if log:
        channels.append(Wanted(LOG_SETTING, Kind.CHANNEL, called(Text("made-log"))))
    if panel:
        channels.append(Wanted(PANEL, Kind.CHANNEL, called(Text("made-panel")), is_public=True))
    return [*roles, *categories, *channels]


@dataclass(frozen=True, slots=True)
class Found:
    """A guild as it is now, read without a connection to the gateway."""

    guild: discord.Guild
    me: discord.Member
    channels: Sequence[discord.abc.GuildChannel]

    def of_kind(self, kind: Kind) -> Mapping[int, discord.Role | discord.abc.GuildChannel]:
        """All things of this kind in the guild, by their ids."""
        match kind:
            case Kind.ROLE:
                return {it.id: it for it in self.guild.roles if not it.is_default()}
            case Kind.CATEGORY:
                return {it.id: it for it in self.channels if isinstance(it, discord.CategoryChannel)}
            case Kind.CHANNEL:
                return {it.id: it for it in self.channels if isinstance(it, discord.TextChannel)}


class Deed(StrEnum):
    """What set-up does about something that is wanted."""

    KEEP = "is there"
    TAKE = "is there under this name, and is taken"
    MAKE = "is made"
    FINISH = "was begun by an earlier set-up, and is finished"


@dataclass(frozen=True, slots=True)
class Step:
    """``id`` belongs to what exists already. ``was`` is an id in the settings that names nothing of this
    kind."""

    wanted: Wanted
    deed: Deed
    id: int | None = None
    was: str | None = None


def plan(
    everything: Sequence[Wanted], named: Mapping[str, str], begun: Mapping[str, str], seen: Found
) -> list[Step]:
    """How the guild gets what is wanted; ``named`` are the ids in the settings, ``begun`` the names under
    which an earlier set-up began to make roles."""
    used = {int(id_) for id_ in named.values() if id_.isdecimal()}
    steps = []
    for it in everything:
        there, id_ = seen.of_kind(it.kind), named.get(it.setting, "")
        ours = [one.id for one in there.values() if one.name == begun.get(it.setting)]
        if ours:
            steps.append(Step(it, Deed.FINISH, ours[0]))
            continue
        if id_.isdecimal() and int(id_) in there:
            steps.append(Step(it, Deed.KEEP, int(id_)))
            continue
        same = [one for one in there.values() if one.name == it.name and one.id not in used]
        fitting = [one.id for one in same if _fits(one, it, seen.guild)]
        if fitting:
            used.add(fitting[0])
            steps.append(Step(it, Deed.TAKE, fitting[0], id_ or None))
        else:
            steps.append(Step(it, Deed.MAKE, was=id_ or None))
    return steps


def _fits(there: discord.Role | discord.abc.GuildChannel, it: Wanted, guild: discord.Guild) -> bool:
    """Whether it can be taken for this. Nothing public is taken for something of staff's, and no role that
    strangers get is taken at all."""
    if isinstance(there, discord.Role):
        return not there.managed and not there.flags.in_prompt
    return it.is_public or not there.permissions_for(guild.default_role).view_channel
