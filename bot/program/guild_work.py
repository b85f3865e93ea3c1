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
from bot.program.common import Common
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
        self.admins = admins
        common = Common(
            client=client,
            session=session,
            limits=limits,
            guild_map=guild_map,
            store=store,
            desk=desk,
            clock=clock,
            options=options,
            admins=admins,
            names=Names(),
            marks=Marks(store.deployment.id),
            staff=staff,
            lines=Lines(store, guild_map.guild_id),
            standing_still=StandingStill(store, admins),
        )
        self.requesters = RequestersWork(common)
        panels = Panels(store.threads)
        doctor = Doctoring(client, guild_map, panels, options.checks)
        acting = Acting(common, self.inbox, self.requesters, doctor)
        showing = ShowingWork(common, acting, self.inbox)
        self.remove_post = showing.erased.remove
        self.cards = showing.cards
        watching = WatchingWork(common, panels, self.inbox, acting, showing)
        self.guarding, self.roster = watching.guarding, watching.roster
        acting.equip(client, (self.inbox, *watching.cogs, *self.requesters.cogs))
        self._parts: Mapping[str, Part] = {
            **_relays(common, showing),
            **_log_parts(common),
            **self._what_goes_off(common, showing.channels),
            **self.requesters.parts(showing.uploads, showing.channels),
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
                client, store.threads, guild_map, options.desk_file, options.language, admins
            ).run,
            "typing": ShowingTyping(client, store).run,
        }

    def _what_goes_off(self, common: Common, channels: TicketChannels) -> dict[str, Part]:
        store, clock, options = common.store, common.clock, common.options

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


def _log_parts(common: Common) -> dict[str, Part]:
    """The relays of the log channel. They post one line at a time, so that the next process knows which line
    was on its way."""
    store, clock, options = common.store, common.clock, common.options
    channel = LogChannel(common.client, store, common.guild_map, common.lines, options.language)
    parts: dict[str, Part] = {}
    if common.guild_map.log_channel_id is not None:
        events = Relay(LogSink(store, channel), store.backlog, store.bell, clock, parallel=1)
        removals = Relay(RemovalsInLog(store, channel), store.timers, store.bell, clock, parallel=1)
        parts |= {"relay to the log channel": events.run}
        parts |= {"relay of removals to the log channel": removals.run}
    if options.weekly_stats:
        figures = FiguresInWords(ReportDesk(store, clock), store.people)
        weekly = WeeklyStats(store.timers, channel, figures, clock, options.desk_file.zone)
        relay = Relay(weekly, store.timers, store.bell, clock, parallel=1)

        async def run() -> None:
            await weekly.begin()
            await relay.run()

        parts |= {"relay to the statistics of each week": run}
    return parts


def _relays(common: Common, showing: ShowingWork) -> dict[str, Part]:
    store, clock, telling = common.store, common.clock, common.standing_still.telling
    backlog, timers, bell = store.backlog, store.timers, store.bell
    setting = SettingTimers(store, common.options.patience)
    return {
        "relay to Discord": Relay(telling(showing.sink), backlog, bell, clock).run,
        "relay to the removal of channels": Relay(telling(showing.removal), timers, bell, clock).run,
        "relay to the timers": Relay(setting, backlog, bell, clock).run,
        "relay to what is left of merges": Relay(CompletingMerges(store), timers, bell, clock).run,
        "relay to what is left of links": Relay(CompletingLinks(store), timers, bell, clock).run,
    }
