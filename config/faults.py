"""Faults that people have to correct: every kind with its code, its words and its cure. ``/readyz``, the log
and the messages to admins all use them.

``config.settings`` checks the form of settings. This module is about what they name, and about the state of
Discord."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """Something is not as it has to be. ``cure`` says how to correct it."""

    code: str
    what: str
    cure: str
    is_dangerous: bool = False
    """Whether it lets strangers be staff, or read what is for staff. No process leads while there is such a
    fault."""
    is_warning: bool = False
    """Whether everything works, but may fail later. The doctor reports it, and nobody else is told."""
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The facts from which ``what`` and ``cure`` are made in other languages."""

    def __str__(self) -> str:
        return f"{self.what}; {self.cure}"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault. ``what`` and ``cure`` have placeholders for facts, in the form of ``str.format``."""

    code: str
    """Stays the same in all versions, so that monitoring can rely on it."""
    what: str
    cure: str
    is_dangerous: bool = False
    is_warning: bool = False

    def of(self, **facts: object) -> Fault:
        named = {name: str(fact) for name, fact in facts.items()}
        return Fault(
            self.code,
            self.what.format(**facts),
            self.cure.format(**facts),
            self.is_dangerous,
            self.is_warning,
            named,
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
PANEL_WAITS: Final = FaultKind(
    "panel_waits",
    "DESK_FILE: the panel in channel {channel} is not put up as the file says: {why}",
    "let the bot see that channel and post there, or put the file right; it is tried again by itself",
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
TICKET_STANDS_STILL: Final = FaultKind(
    "ticket_stands_still",
    "Ticket {number}, and perhaps others, cannot be shown in Discord as they are: {why}",
    "let the bot do that in the channel and in its category; it is tried again by itself",
)
DISCORD_SILENT: Final = FaultKind(
    "discord_silent",
    "Ticket {number}, and perhaps others, waits for Discord, which gives no answer: {why}",
    "see whether Discord has an outage, and whether a proxy in between lets requests through; "
    "it is tried again by itself",
)
ERASURE_STANDS_STILL: Final = FaultKind(
    "erasure_stands_still",
    "Erasure {id} stands still, and what it is about is not gone yet: {why}",
    "put right what the log says of it; guildesk erasures {id} says how far it is, and it is tried again",
)
RETENTION_STANDS_STILL: Final = FaultKind(
    "retention_stands_still",
    "Ticket {number}, and perhaps others, still has what was to be kept until now: {why}",
    "let the bot see the channels in which its posts are; the log says the rest; it is tried again each hour",
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
FILES_UNWRITABLE: Final = FaultKind(
    "files_unwritable",
    "files cannot be kept: uploads are refused, and transcripts and what has files wait",
    "let this program write in DATA_DIR and its folder files; what waits is tried again by itself",
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
WEBHOOK_FAILING: Final = FaultKind(
    "webhook_failing",
    "The webhook {webhook} to {host} has taken nothing for two days: {why}. After five days it is disabled",
    "put the endpoint right, or remove it",
)
WEBHOOK_DISABLED: Final = FaultKind(
    "webhook_disabled",
    "The webhook {webhook} to {host} is disabled, having taken nothing for five days: {why}",
    "put the endpoint right and enable it again, by PATCH or by a change in DESK_FILE; or remove it",
)

SETTING_WRONG: Final = FaultKind(
    "setting_wrong", "{what}", "put it right in the settings, and let the doctor look again"
)
SETTING_RISKY: Final = FaultKind("setting_risky", "{what}", "{cure}", is_warning=True)
SETTINGS_READABLE: Final = FaultKind(
    "settings_readable",
    "{file}: others on this machine can read it, and it holds secrets",
    "chmod 600 {file}",
)
SECRET_WEAK: Final = FaultKind(
    "secret_weak",
    "JWT_SECRET_KEY: {why}: whoever guesses it can be any user, and staff",
    "let openssl rand -base64 48 make one, and give it to your backend, too",
    is_warning=True,
)
STORE_AWAY: Final = FaultKind(
    "store_away", "the store cannot be used: {why}", "put that right; it is tried again by itself"
)
STORE_DAMAGED: Final = FaultKind(
    "store_damaged",
    "the database in DATA_DIR is damaged: {why}",
    "stop every Guildesk on it, restore the newest back-up (guildesk restore FILE --replace), check the disk",
)
DISCORD_AWAY: Final = FaultKind(
    "discord_away",
    "Discord cannot be reached: {why}",
    "see whether this machine reaches {url}; tickets wait meanwhile",
)
CATEGORY_PUBLIC: Final = FaultKind(
    "category_public",
    "{setting}: everybody in the guild can see the category {name}, and whoever synchronizes the "
    "permissions of a ticket's channel with it shows that to all",
    "deny @everyone View Channel in {name}, and allow it to the bot",
    is_warning=True,
)
ROLES_OUT_OF_ORDER: Final = FaultKind(
    "roles_out_of_order",
    "{setting}: the role {name} stands above {higher} in the guild's list, and is the lower support role",
    "move {higher} above {name} (Server Settings, Roles)",
    is_warning=True,
)
ROLE_SEES_ALL: Final = FaultKind(
    "role_sees_all",
    "{setting}: the role {name} has Administrator, and so sees the tickets of every support role",
    "take Administrator from the role",
    is_warning=True,
)
BOT_IS_ADMINISTRATOR: Final = FaultKind(
    "bot_is_administrator",
    "the bot has Administrator, which it does not need: whoever gets its token may do everything in the "
    "guild",
    "take Administrator from the bot's role, and invite it again, with the link that guildesk setup shows",
    is_warning=True,
)
TRIAL_FAILED: Final = FaultKind(
    "trial_failed",
    "In {where}, this does not work: {step}: {why}",
    "see that the bot has {permission} there",
)
CLOCK_WRONG: Final = FaultKind(
    "clock_wrong",
    "this machine's clock is {seconds} s off Discord's: good tokens are refused, and times are wrong",
    "let time servers set it, as timedatectl set-ntp true does",
)
ADDRESS_AWAY: Final = FaultKind(
    "address_away",
    "PUBLIC_URL: {url} cannot be reached from this machine: {why}",
    "see that its name leads here, and that the proxy runs and passes requests on to WEB_SERVER_PORT",
)
ADDRESS_ELSEWHERE: Final = FaultKind(
    "address_elsewhere",
    "PUBLIC_URL: at {url} something else answers than this Guildesk: {what}",
    "let PUBLIC_URL name the address that leads to WEB_SERVER_PORT",
)
SOCKETS_REFUSED: Final = FaultKind(
    "sockets_refused",
    "PUBLIC_URL: WebSockets do not get through to /socket.io/: {why}",
    "let the proxy pass on Upgrade and Connection there",
)
PROXY_UNKNOWN: Final = FaultKind(
    "proxy_unknown",
    "TRUSTED_PROXIES: the proxy {proxy} in front of PUBLIC_URL is not named: all its clients share the "
    "limits of one",
    "add {proxy} to TRUSTED_PROXIES, and restart",
)
PROXY_SILENT: Final = FaultKind(
    "proxy_silent",
    "the proxy in front of PUBLIC_URL does not say whose requests it passes on: all its clients share the "
    "limits of one",
    "let it set X-Forwarded-For, and name it in TRUSTED_PROXIES",
)
REPORT_REFUSED: Final = FaultKind(
    "report_refused",
    "{setting}: reports of errors do not arrive: {why}",
    "put the address of a webhook that is there into the settings, and restart",
)
WEBHOOK_REFUSES: Final = FaultKind(
    "webhook_refuses",
    "The webhook {webhook} to {host} takes nothing: {why}",
    "put the endpoint right, or take it out of DESK_FILE",
)
MAIL_REFUSED: Final = FaultKind(
    "mail_refused",
    "MAIL_URL: mails cannot be sent: {why}",
    "see that MAIL_URL names the server, with the right name and password, and that it takes mails of "
    "MAIL_FROM",
)
MAILBOX_REFUSED: Final = FaultKind(
    "mailbox_refused",
    "MAIL_INBOUND: answers by mail are not read: {why}",
    "see that MAIL_INBOUND names the server, with the right name, password and folder",
)
SMS_REFUSED: Final = FaultKind(
    "sms_refused",
    "SMS_URL: text messages are not sent: {why}",
    "see that SMS_URL names the gateway, with the right name and password",
)
KEYS_AWAY: Final = FaultKind(
    "keys_away",
    "ISSUERS_FILE: the keys of the issuer {issuer} cannot be read at {url}: {why}",
    "see that jwks_url is the address of its key set, and that this machine reaches it",
)
SIGN_IN_REFUSED: Final = FaultKind(
    "sign_in_refused",
    "DISCORD_CLIENT_ID: nobody can sign in with Discord: {why}",
    "see that DISCORD_CLIENT_ID is the application's and DISCORD_CLIENT_SECRET its client secret: developer "
    "portal, page OAuth2",
)
SIGN_IN_WAY_BACK: Final = FaultKind(
    "sign_in_way_back",
    "DISCORD_CLIENT_ID: Discord sends nobody back to {url}",
    "add it to the redirects of the application: developer portal, page OAuth2",
)
CHECK_FAILED: Final = FaultKind(
    "check_failed",
    "this could not be tried: {check}: {why}",
    "try again; if it stays so, please report it",
)

KINDS: Final = tuple(it for it in list(globals().values()) if isinstance(it, FaultKind))
"""All of them, in the order in which an operator meets them."""
