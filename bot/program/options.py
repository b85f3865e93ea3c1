"""What the settings and the desk file mean for the parts of the program."""

from functools import partial

import discord

from bot.checks.place import place_checks
from bot.connection.guild import GuildMap
from bot.hearing.intake import InboxOptions
from bot.program.guild_options import GuildOptions
from bot.program.wanted_pings import wanted_pings
from bot.program.wording import staff_names
from bot.showing import log_channel
from config.current_desk import CurrentDesk
from config.settings import ChannelDeleted, Settings
from config.switch import Switch
from notify.webhooks.wanted_events import WantedEvents
from tickets.model import Millis
from tickets.policy import DAY, Rules
from tickets.ports.sinks import EVERYTHING, Listening
from tickets.retention import KeptFor
from tickets.timekeeping import Patience

MIB = 1024 * 1024


def rules_of(settings: Settings, desk_file: CurrentDesk) -> Rules:
    """The rules of the desk."""
    return Rules(
        int(settings.reopen_window * DAY),
        settings.require_staff_reply_first,
        settings.assignment,
        agent_capacity=settings.agent_capacity,
        guest_max_level=settings.guest_max_level,
        guest_max_role=settings.guest_max_role,
        max_open_tickets=settings.max_open_tickets,
        terms=desk_file.terms,
        claim_on_answer=settings.claim_on_answer is Switch.ON,
    )


def patience_of(settings: Settings) -> Patience:
    """What the desk waits for, and how long."""
    return Patience(
        before_reminder=int(settings.remind_after_silence * DAY) or None,
        before_closing=int(settings.close_after_silence * DAY) or None,
    )


def sinks_of(settings: Settings, wanted: WantedEvents) -> tuple[Listening, ...]:
    """The sinks that this deployment has, with the events that each wants."""
    logging_in_discord = () if settings.log_channel_id is None else (log_channel.LISTENING,)
    return (*EVERYTHING, patience_of(settings).listening, *logging_in_discord, wanted.listening)


def guild_map_of(settings: Settings) -> GuildMap:
    """Where things are in the guild."""
    return GuildMap(
        settings.guild_id,
        settings.categories,
        settings.roles,
        settings.transcript_channel_id,
        frozenset(settings.further_role_ids or ()),
        settings.board_channel_id,
        settings.log_channel_id,
        settings.further_transcript_channels,
    )


def guild_options_of(settings: Settings, desk_file: CurrentDesk) -> GuildOptions:
    """The options for the work in the guild."""
    return GuildOptions(
        public_url=settings.url,
        close_grace=int(settings.close_grace * 1000),
        kept_for=_kept_for(settings),
        patience=patience_of(settings),
        desk_file=desk_file,
        checks=place_checks(settings, None, is_running=True),
        pings=partial(wanted_pings, settings, desk_file),
        channel_names=settings.channel_names,
        close_when_deleted=settings.on_channel_deleted is ChannelDeleted.CLOSE,
        language=settings.language,
        weekly_stats=settings.weekly_stats is Switch.ON,
        commands_need=_permissions(settings.commands_need),
        inbox=InboxOptions(
            note_prefix=settings.note_prefix,
            mention_is_note=settings.mention_is_note is Switch.ON,
            mark=settings.mark_stored is Switch.ON,
            max_file_bytes=int(settings.max_file_mb * MIB),
            staff_names=staff_names(settings),
            zone=desk_file.zone,
            relay_bots=frozenset(settings.relay_bots or ()),
        ),
    )


def _permissions(name: str | None) -> discord.Permissions | None:
    return None if name is None else discord.Permissions(**{name: True})


def _kept_for(settings: Settings) -> KeptFor:
    def days(setting: float) -> Millis | None:
        return int(setting * DAY) or None

    return KeptFor(
        tickets=days(settings.retention_days),
        files=days(settings.retention_files_days),
        transcripts=days(settings.retention_transcripts_days),
        looks=days(settings.retention_looks_days),
    )
