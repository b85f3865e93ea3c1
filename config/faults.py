"""What people have to put right: every kind of fault, with its code, its words and its cure.

``/readyz``, the log and the admins tell the same of it. What settings look like is judged by
``config.settings``; this is about what they name, and about what goes on in Discord."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it has to be, and how it becomes so."""

    code: str
    what: str
    cure: str
    is_dangerous: bool = False
    """Whether strangers are staff by it, or read what is for staff. With such a fault no process leads."""
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Of which ``what`` and ``cure`` are made, for other languages."""

    def __str__(self) -> str:
        return f"{self.what}; {self.cure}"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault. ``what`` and ``cure`` have places for facts, as ``str.format`` knows them."""

    code: str
    """It stays the same in all versions, so that a monitor can know it."""
    what: str
    cure: str
    is_dangerous: bool = False

    def of(self, **facts: object) -> Fault:
        named = {name: str(fact) for name, fact in facts.items()}
        return Fault(
            self.code, self.what.format(**facts), self.cure.format(**facts), self.is_dangerous, named
        )


_RIGHT_ID: Final = "put the right id into the settings, and restart"
_GIVE: Final = "give them to the bot's role there"

TOKEN_REFUSED: Final = FaultKind(
    "token_refused",
    "DISCORD_BOT_TOKEN: Discord refuses it",
    "copy the token again (Discord's developer portal: Bot, Reset Token), and restart",
)
INTENT_MISSING: Final = FaultKind(
    "intent_missing",
    "the bot may not read messages",
    "switch on MESSAGE CONTENT INTENT for it (Discord's developer portal: Bot, Privileged Gateway Intents)",
)
GATEWAY_REFUSES: Final = FaultKind(
    "gateway_refuses",
    "Discord's gateway refuses this program with close code {close_code}",
    "install the newest version; if this is it, please report it",
)
SESSIONS_SPENT: Final = FaultKind(
    "sessions_spent",
    "the bot begins so many sessions with Discord that the next one has to wait: after 1,000 in a day "
    "Discord resets its token",
    "find out what ends them: restarts of this program, or another one with this token",
)
GUILD_MISSING: Final = FaultKind(
    "guild_missing",
    "GUILD_ID: the bot is not in guild {guild}",
    "invite it with the link that guildesk setup shows, or correct the id and restart",
)
CATEGORY_MISSING: Final = FaultKind(
    "category_missing", "{setting}: the guild has no category {id}", _RIGHT_ID
)
CATEGORY_ELSEWHERE: Final = FaultKind(
    "category_elsewhere", "{setting}: {id} is in another guild, {guild}", _RIGHT_ID
)
NOT_A_CATEGORY: Final = FaultKind(
    "not_a_category", "{setting}: {id} is no category, but the channel {name}", _RIGHT_ID
)
CATEGORY_CLOSED: Final = FaultKind(
    "category_closed", "{setting}: in the category {name} the bot lacks permissions: {permissions}", _GIVE
)
ROLE_MISSING: Final = FaultKind("role_missing", "{setting}: the guild has no role {id}", _RIGHT_ID)
ROLE_ELSEWHERE: Final = FaultKind(
    "role_elsewhere", "{setting}: the role {id} is in another guild, {guild}", _RIGHT_ID
)
ROLE_IS_EVERYONE: Final = FaultKind(
    "role_is_everyone",
    "{setting}: {id} is the guild's own id, which is the role @everyone: every member would be staff",
    _RIGHT_ID,
    is_dangerous=True,
)
ROLE_IS_FREE: Final = FaultKind(
    "role_is_free",
    "{setting}: members take the role {name} by themselves in the guild's onboarding, and would be staff",
    "take the role out of the onboarding, or put another's id into the settings and restart",
    is_dangerous=True,
)
ROLE_IS_MANAGED: Final = FaultKind(
    "role_is_managed",
    "{setting}: not you give the role {name}, but Discord or an app does (to boosters, subscribers, a bot): "
    "strangers would be staff",
    "make a role of your own, put its id into the settings, and restart",
    is_dangerous=True,
)
ROLES_EQUAL: Final = FaultKind(
    "roles_equal",
    "{setting} and {other} name the same role: whoever has it is {rank}",
    "make a role for each, put their ids into the settings, and restart",
)
TRANSCRIPTS_MISSING: Final = FaultKind(
    "transcripts_missing",
    "TRANSCRIPT_CHANNEL_ID: the guild has no channel {id} that the bot can see; no transcript can be filed",
    "let the bot see it, or put the right id into the settings and restart",
)
TRANSCRIPTS_ELSEWHERE: Final = FaultKind(
    "transcripts_elsewhere",
    "TRANSCRIPT_CHANNEL_ID: {id} is in another guild, {guild}, where others would read transcripts",
    _RIGHT_ID,
    is_dangerous=True,
)
NOT_A_TEXT_CHANNEL: Final = FaultKind(
    "not_a_text_channel", "TRANSCRIPT_CHANNEL_ID: {name} is no text channel", _RIGHT_ID
)
TRANSCRIPTS_PUBLIC: Final = FaultKind(
    "transcripts_public",
    "TRANSCRIPT_CHANNEL_ID: everybody in the guild can read #{name}, and so would every transcript be",
    "deny @everyone View Channel in #{name}, and allow it to the bot and the support roles",
    is_dangerous=True,
)
TRANSCRIPTS_CLOSED: Final = FaultKind(
    "transcripts_closed",
    "TRANSCRIPT_CHANNEL_ID: in #{name} the bot lacks permissions: {permissions}; "
    "the channel of a closed ticket stays until its transcript is filed",
    _GIVE,
)
TRANSCRIPTS_READ_BY_MORE: Final = FaultKind(
    "transcripts_read_by_more",
    "{setting}: #{name} is read by {who}, who did not see these tickets; their transcripts are not posted "
    "there, only links to them in TRANSCRIPT_CHANNEL_ID",
    "deny them View Channel in #{name}, or name a role that is meant to read it in FURTHER_ROLE_IDS and "
    "restart",
)
PANEL_CLOSED: Final = FaultKind(
    "panel_closed",
    "#{name} has a panel, and the bot lacks permissions there: {permissions}; "
    "members cannot talk with staff in its threads",
    _GIVE,
)
CHANNEL_MISSING: Final = FaultKind(
    "channel_missing",
    "{setting}: the guild has no text channel {id} that the bot can see; nothing is posted there",
    "let the bot see it, or put the right id into the settings and restart",
)
CHANNEL_PUBLIC: Final = FaultKind(
    "channel_public",
    "{setting}: everybody in the guild can read #{name}, which is for staff; nothing is posted there",
    "deny @everyone View Channel in #{name}, and allow it to the bot and the support roles",
)
CHANNEL_CLOSED: Final = FaultKind(
    "channel_closed",
    "{setting}: in #{name} the bot lacks permissions: {permissions}; nothing is posted there",
    _GIVE,
)
PERMISSIONS_MISSING: Final = FaultKind(
    "permissions_missing",
    "the bot lacks permissions: {permissions}",
    "invite it again, with the link that guildesk setup shows",
)
COMMANDS_REFUSED: Final = FaultKind(
    "commands_refused",
    "GUILD_ID: Discord lets the bot have no commands in guild {guild}",
    "invite it again, with the link that guildesk setup shows",
)
TRANSCRIPT_WAITS: Final = FaultKind(
    "transcript_waits",
    "The transcript of ticket {number} cannot be filed, and its channel stays: {why}",
    "let the bot see TRANSCRIPT_CHANNEL_ID, and post messages, embeds and files there; it is tried again",
)
TICKET_WITHOUT_CHANNEL: Final = FaultKind(
    "ticket_without_channel",
    "Ticket {number} has no channel: {why}",
    "let the bot make channels in its category, and keep room for them; it is tried again by itself",
)
CHANNEL_NOT_PRIVATE: Final = FaultKind(
    "channel_not_private",
    "channel {channel} of ticket {number}: {what}",
    "let the bot in there with Manage Permissions, and it puts it right",
)
CHANNELS_UNKNOWN: Final = FaultKind(
    "channels_unknown",
    "The store does not know channels that were made for tickets, as after a restore: {channels}. Nobody can "
    "write in them",
    "remove them with guildesk remove, or keep them with guildesk adopt",
)
GUILD_FULL: Final = FaultKind(
    "guild_full",
    "The guild holds as many channels as it can: new tickets wait in a queue",
    "close tickets, or remove other channels",
)
DISK_FULL: Final = FaultKind(
    "disk_full",
    "less than {megabytes} MB of disk are free: uploads are refused",
    "free some disk, or lower MIN_FREE_MB",
)
BACKUP_FAILED: Final = FaultKind(
    "backup_failed",
    "BACKUP_EVERY: no back-up could be made: {why}",
    "put that right; it is tried again by itself",
)
DESK_FILE_WRONG: Final = FaultKind(
    "desk_file_wrong",
    "DESK_FILE: {what}. The file is not heeded, and all stays as it was before",
    "put the file right; it is read again by itself",
)
DESK_FILES_DIFFER: Final = FaultKind(
    "desk_files_differ",
    "DESK_FILE: {process} works with another desk file than this process: what people get depends on which "
    "of the two they meet",
    "give both the same file; each reads its own again by itself",
)

KINDS: Final = tuple(it for it in list(globals().values()) if isinstance(it, FaultKind))
"""All of them, in the order in which an operator meets them."""
