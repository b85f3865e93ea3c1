"""The names in mentions, as requesters read them. If staff's names are covered, no mention uncovers them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

import discord

from bot.showing.code import MARKUP
from cogs.staff import Staff
from texts.language import Language
from texts.text import Text, in_language
from tickets.characters import clean_line
from tickets.model import Person, UserKey
from tickets.ports.store import Store
from tickets.staff_names import StaffName, StaffNames

_UNKNOWN: Mapping[str, Text] = {
    "@": Text("unknown-user"),
    "@&": Text("unknown-role"),
    "#": Text("unknown-channel"),
}
_SHORTEST = 3
"""Shortest name, in characters, that is searched for in forwarded messages. Shorter names are also words."""


@dataclass(frozen=True, slots=True)
class Called:
    """The names of users by their Discord ids, the covered names of staff, and the requester's language for
    parts that are not text. ``zone`` is that of times, the desk's, as nobody knows where the requester is."""

    names: Mapping[int, str] = field(default_factory=dict)
    covers: Mapping[str, str] = field(default_factory=dict)
    language: Language = Language.EN
    zone: tzinfo = UTC

    def covered(self, text: str) -> str:
        """The text without the names of staff that requesters do not know."""
        for name, cover in self.covers.items():
            letters = r"\\?".join(map(re.escape, name))  # on cards, markdown in names is escaped
            text = cover.join(re.split(rf"(?<!\w){letters}(?!\w)", text))
        return text


def mention_name(kind: str, discord_id: int, guild: discord.Guild | None, called: Called) -> str:
    """The name of what is mentioned. ``kind`` is the prefix before the id."""
    kind = kind.rstrip("!")
    if kind == "@" and (name := called.names.get(discord_id)):
        return f"@{name}"
    there: discord.Role | discord.abc.GuildChannel | discord.Thread | None = None
    if guild is not None and kind == "@&":
        there = guild.get_role(discord_id)
    elif guild is not None and kind == "#":
        there = guild.get_channel_or_thread(discord_id)
    if there is None:
        return in_language(_UNKNOWN[kind], called.language)
    return f"{kind[0]}{clean_line(there.name).lstrip('@')}"


class Mentions:
    """Finds the names for mentions in messages."""

    def __init__(self, store: Store, staff: Staff, style: StaffNames, zone: Callable[[], tzinfo]) -> None:
        self._store = store
        self._staff = staff
        self._style = style
        self._zone = zone

    async def in_message(self, message: discord.Message, language: Language) -> Called:
        """The names for a message and for the messages that it forwards."""
        texts = [message.content, *(it.content for it in message.message_snapshots)]
        embeds = [embed for it in message.message_snapshots for embed in it.embeds]
        texts += [str(embed.to_dict()) for embed in (*message.embeds, *embeds)]
        built = [*message.components, *(part for it in message.message_snapshots for part in it.components)]
        texts += [str(part.to_dict()) for part in built]
        ids = {int(it["id"]) for text in texts for it in MARKUP.finditer(text) if it["kind"] in ("@", "@!")}
        is_covered = self._style.style is not StaffName.DISPLAY
        if not ids and not (is_covered and message.message_snapshots):
            return Called(language=language, zone=self._zone())
        known = await self._store.people.people([UserKey(UserKey.DISCORD, str(it)) for it in ids])
        names = {int(key.id): person.name for key, person in known.items()}
        names |= {user.id: clean_line(user.display_name) for user in message.mentions}
        if not is_covered:
            return Called(names, language=language, zone=self._zone())
        unstaffed = {user.id for user in message.mentions if self._is_no_staff(user)}
        covered = {it: self._cover(known.get(UserKey(UserKey.DISCORD, str(it)))) for it in ids - unstaffed}
        return Called(names | covered, await self._covers(), language, self._zone())

    def _is_no_staff(self, user: discord.User | discord.Member) -> bool:
        """Whether the user is certainly no staff. A user without known roles may be."""
        return user.bot or (isinstance(user, discord.Member) and self._staff.caller(user) is None)

    def _cover(self, person: Person | None) -> str:
        key = person.key if person else UserKey(UserKey.DISCORD, "")
        return self._style.shown({key: person} if person else {}, [key])[key].name

    async def _covers(self) -> Mapping[str, str]:
        agents = await self._store.agents.all()
        keys = [key for agent in agents for key in agent.keys]
        people = await self._store.people.people(keys)
        names = {agent.name: self._cover(people.get(agent.key)) for agent in agents}
        names |= {person.name: self._cover(person) for person in people.values()}
        longest_first = sorted(names.items(), key=lambda it: len(it[0]), reverse=True)
        return {name: cover for name, cover in longest_first if len(name) >= _SHORTEST}
