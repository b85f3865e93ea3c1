"""Everything that the leader does in the guild, built in one place and run together."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial

import aiohttp

from bot.checks.doctoring import Doctoring
from bot.connection.client import GuildClient
from bot.connection.faults import ChannelIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.inbox import Inbox
from bot.program.acting import Acting
from bot.program.guild_options import GuildOptions
from bot.program.requesters_work import RequestersWork
from bot.program.showing_work import ShowingWork
from bot.program.watching_work import WatchingWork
from bot.program.wording import ToRequesters
from bot.showing.admins import Admins
from bot.showing.channel_marks import Marks
from bot.showing.channels import TicketChannels
from bot.showing.erased import tell_of_retention
from bot.showing.figures import FiguresInWords
from bot.showing.lines import Lines
from bot.showing.log_channel import LogChannel, LogSink, RemovalsInLog
from bot.showing.names import Names
from bot.showing.standing_panels import StandingPanels
from bot.showing.standing_still import StandingStill
from bot.showing.typing import ShowingTyping
from bot.showing.webhooks import Webhooks
from bot.showing.weekly import WeeklyStats
from cogs.panels import Panels
from cogs.staff import Staff
from tickets.desks.report_desk import ReportDesk
from tickets.desks.ticket_desk import Desk
from tickets.linking import CompletingLinks
from tickets.merging import CompletingMerges
from tickets.model import TicketId
from tickets.ports.store import Clock, Store
from tickets.relay import Relay
from tickets.retention import Retention
from tickets.timekeeping import GOING_OFF, GoingOff, SettingTimers

Part = Callable[[], Coroutine[None, None, None]]
"""What runs as long as the leader leads."""


class GuildWork:
    """Sinks, inbox and actions of one term; built before the client connects."""

    def __init__(
        self,
        client: GuildClient,
        session: aiohttp.ClientSession,
        limits: WebhookLimits,
        guild_map: GuildMap,
        store: Store,
        desk: Desk,
        clock: Clock,
        options: GuildOptions,
        admins: Admins,
    ) -> None:
        staff = Staff(guild_map.roles)
        self.inbox = Inbox(client, desk, store, staff, guild_map.guild_id, options.inbox, options.language)
        self.admins, names, marks = admins, Names(), Marks(store.deployment.id)
        standing_still = StandingStill(store, admins)
        self.requesters = RequestersWork(
            client, guild_map, store, desk, staff, options.inbox, options.language, names, options.sweep_every
        )
        lines = Lines(store, guild_map.guild_id)
        panels = Panels(store.threads)
        doctor = Doctoring(client, guild_map, panels, options.checks)
        acting = Acting(desk, store, clock, staff, self.inbox, self.requesters, lines, options, doctor)
        showing = ShowingWork(
            client,
            session,
            limits,
            guild_map,
            store,
            clock,
            options,
            admins,
            names,
            marks,
            lines,
            acting,
            self.inbox,
        )
        self.remove_post = showing.erased.remove
        self.cards, channels, language = showing.cards, showing.channels, options.language
        watching = WatchingWork(
            client,
            guild_map,
            store,
            desk,
            clock,
            options,
            admins,
            marks,
            staff,
            panels,
            self.inbox,
            acting,
            showing,
        )
        self.guarding, self.roster = watching.guarding, watching.roster
        log_channel = LogChannel(client, store, guild_map, lines, language)
        acting.equip(client, (self.inbox, *watching.cogs, *self.requesters.cogs))
        self._parts: Mapping[str, Part] = {
            **_relays(store, clock, options, showing, standing_still),
            **_log_parts(store, clock, log_channel, guild_map),
            **(_weekly_parts(store, clock, log_channel, options) if options.weekly_stats else {}),
            **self._what_goes_off(store, clock, options, channels),
            **self.requesters.parts(
                Webhooks(client, session, store.threads, names),
                showing.uploads,
                channels,
                limits,
                clock,
                options.archive_after,
                standing_still,
            ),
            **watching.parts,
            "waking tickets that wait for channels": showing.categories.run,
            "cards": self.cards.run,
            "inbox": self.inbox.run,
            "retention": Retention(
                store,
                clock,
                options.kept_for,
                showing.erased.remove_transcripts,
                partial(tell_of_retention, admins),
            ).run,
            "panels of the desk file": StandingPanels(
                client, store.threads, guild_map, options.desk_file, language, admins
            ).run,
            "typing": ShowingTyping(client, store).run,
        }

    def _what_goes_off(
        self, store: Store, clock: Clock, options: GuildOptions, channels: TicketChannels
    ) -> dict[str, Part]:
        async def caught_up(ticket_id: TicketId) -> None:
            places = (channels, self.inbox), (self.requesters.threads, self.requesters.inbox)
            for known, inbox in places:
                if (there := await known.existing(ticket_id)) is not None:
                    channels.must_be_connected()
                    with suppress(ChannelIsGone), discord_faults("reading what was written before a closing"):
                        await inbox.read_out(there.channel_id)

        wording = ToRequesters(options.language)
        timers = [GoingOff(kind, store, clock, options.patience, caught_up, wording) for kind in GOING_OFF]
        return {
            f"relay to what {it.name} timers bring": Relay(it, store.timers, store.bell, clock).run
            for it in timers
        }

    async def run(self) -> None:
        """Work until cancelled, or until one of its parts fails."""
        async with asyncio.TaskGroup() as tasks:
            for name, run in self._parts.items():
                tasks.create_task(run(), name=name)


def _weekly_parts(store: Store, clock: Clock, channel: LogChannel, options: GuildOptions) -> dict[str, Part]:
    figures = FiguresInWords(ReportDesk(store, clock), store.people)
    weekly = WeeklyStats(store.timers, channel, figures, clock, options.desk_file.zone)
    relay = Relay(weekly, store.timers, store.bell, clock, parallel=1)

    async def run() -> None:
        await weekly.begin()
        await relay.run()

    return {"relay to the statistics of each week": run}


def _log_parts(store: Store, clock: Clock, channel: LogChannel, guild_map: GuildMap) -> dict[str, Part]:
    """The relays of the log channel. They post one line at a time, so that the next process knows which line
    was on its way."""
    if guild_map.log_channel_id is None:
        return {}
    events = Relay(LogSink(store, channel), store.backlog, store.bell, clock, parallel=1)
    removals = Relay(RemovalsInLog(store, channel), store.timers, store.bell, clock, parallel=1)
    return {"relay to the log channel": events.run, "relay of removals to the log channel": removals.run}


def _relays(
    store: Store, clock: Clock, options: GuildOptions, showing: ShowingWork, standing_still: StandingStill
) -> dict[str, Part]:
    backlog, timers, bell = store.backlog, store.timers, store.bell
    shown, removal = standing_still.telling(showing.sink), standing_still.telling(showing.removal)
    merges, links = CompletingMerges(store), CompletingLinks(store)
    return {
        "relay to Discord": Relay(shown, backlog, bell, clock).run,
        "relay to the removal of channels": Relay(removal, timers, bell, clock).run,
        "relay to the timers": Relay(SettingTimers(store, options.patience), backlog, bell, clock).run,
        "relay to what is left of merges": Relay(merges, timers, bell, clock).run,
        "relay to what is left of links": Relay(links, timers, bell, clock).run,
    }
