"""Everything that the leader does in the guild, built in one place and run together."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
import discord
from discord.app_commands import ContextMenu

from bot.connection.client import GuildClient
from bot.connection.faults import ChannelIsGone, discord_faults
from bot.connection.guild import TO_HOST, GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.activity import Activity
from bot.hearing.both_sides import BothSides
from bot.hearing.card_watching import CardWatching
from bot.hearing.form_files import FormFiles
from bot.hearing.guarding import Guarding
from bot.hearing.inbox import Inbox
from bot.hearing.intake import InboxOptions
from bot.hearing.orphanage import Orphanage
from bot.hearing.reconciling import QUIET_FOR, SWEEP_EVERY, Reconciling
from bot.hearing.roster import Roster
from bot.hearing.typing import HearingTyping
from bot.hearing.watching import Watching
from bot.program.requesters_work import RequestersWork
from bot.program.wording import ToRequesters
from bot.showing.absorbed import Absorbed
from bot.showing.admins import Admins
from bot.showing.board import BETWEEN as BOARD_BETWEEN
from bot.showing.board import Board
from bot.showing.card_facts import LookingUp
from bot.showing.card_posts import CardPosts
from bot.showing.cards import EDITS_A_SECOND, FIRST_PAUSE, Cards
from bot.showing.categories import Categories
from bot.showing.channel_marks import Marks
from bot.showing.channels import TicketChannels
from bot.showing.command_list import CommandList
from bot.showing.earlier import SHOWN, Earlier
from bot.showing.figures import FiguresInWords
from bot.showing.gathering import BETWEEN_EDITS
from bot.showing.lines import Lines
from bot.showing.log_channel import LogChannel, LogSink, RemovalsInLog
from bot.showing.names import Names
from bot.showing.notices import Notices
from bot.showing.orphans import Orphans
from bot.showing.outbox import Outbox
from bot.showing.pings import Pings, WantedPings
from bot.showing.quotes import Quotes
from bot.showing.removal import RemovalOfChannels
from bot.showing.second_tries import SecondTries
from bot.showing.signing import Signing
from bot.showing.sink import DiscordSink
from bot.showing.standing_panels import StandingPanels
from bot.showing.transcript_posts import TranscriptPosts
from bot.showing.typing import ShowingTyping
from bot.showing.uploads import Uploads
from bot.showing.webhooks import Webhooks
from bot.showing.weekly import WeeklyStats
from cogs.action import Action, Means
from cogs.card_buttons import answering_view
from cogs.carrying_buttons import kind_of_buttons
from cogs.equipment import ACTIONS
from cogs.more import More
from cogs.panels import Panels
from cogs.staff import Staff
from config.current_desk import CurrentDesk
from config.settings import ChannelNames
from texts.language import Language
from tickets.desks.agent_desk import AgentDesk
from tickets.desks.canned_desk import CannedDesk
from tickets.desks.correcting_desk import CorrectingDesk
from tickets.desks.feedback_desk import FeedbackDesk
from tickets.desks.keeping_desk import KeepingDesk
from tickets.desks.label_desk import LabelDesk
from tickets.desks.merge_desk import MergeDesk
from tickets.desks.part_desk import PartDesk
from tickets.desks.report_desk import ReportDesk
from tickets.desks.routing_desk import RoutingDesk
from tickets.desks.staff_desk import StaffDesk
from tickets.desks.ticket_desk import Desk
from tickets.desks.time_desk import TimeDesk
from tickets.desks.user_desk import UserDesk
from tickets.file_urls import FileUrls
from tickets.merging import CompletingMerges
from tickets.model import Millis, TicketId
from tickets.policy import DAY
from tickets.ports.store import Clock, Store
from tickets.relay import Relay
from tickets.timekeeping import GOING_OFF, GoingOff, Patience, SettingTimers


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildOptions:
    """What a deployment chooses about it."""

    public_url: str
    close_grace: Millis
    close_when_deleted: bool
    channel_names: ChannelNames = ChannelNames.NUMBER
    patience: Patience = field(default_factory=Patience)
    pings: Callable[[], WantedPings] = WantedPings
    """What is wanted now."""
    inbox: InboxOptions = field(default_factory=InboxOptions)
    language: Language = Language.EN
    archive_after: Millis = DAY
    """The thread of a closed ticket stays active for so long, for its requester to rate the help."""
    actions: Sequence[type[Action]] = ACTIONS
    cards_between: float = BETWEEN_EDITS
    cards_a_second: float = EDITS_A_SECOND
    desk_file: CurrentDesk = field(default_factory=CurrentDesk)
    weekly_stats: bool = False
    commands_need: discord.Permissions | None = None
    """Whoever lacks them is not shown the commands of staff, which look at roles in any case."""
    board_between: float = BOARD_BETWEEN
    cards_again_after: float = FIRST_PAUSE
    shown_again: int = SHOWN
    """Messages that a channel shows which is built again."""
    sweep_every: float = SWEEP_EVERY
    quiet_for: float = QUIET_FOR


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
        self.requesters = RequestersWork(
            client,
            guild_map,
            store,
            desk,
            staff,
            options.inbox,
            options.language,
            names,
            options.sweep_every,
        )
        lines = Lines(store, guild_map.guild_id)
        means = _means(desk, store, clock, staff, self.inbox, self.requesters, lines, options)
        actions = [action(means) for action in options.actions]
        more = More(means, actions)
        buttons = [button for action in (*actions, more) for button in action.buttons()]
        on_cards = [button for button in buttons if not button.in_more]
        categories = Categories(client, store, guild_map, admins, marks, names, options.channel_names)
        pings = Pings(store.agents, guild_map.roles, options.pings)
        language = options.language
        self.cards = Cards(
            client,
            store,
            guild_map,
            admins,
            LookingUp(store, guild_map.guild_id, language),
            CardPosts(client, store, guild_map, on_cards),
            pings,
            between=options.cards_between,
            a_second=options.cards_a_second,
            first_pause=options.cards_again_after,
        )
        cards = self.cards
        channels = TicketChannels(client, store, guild_map, categories, cards, marks, language)
        file_urls = FileUrls(options.public_url, store.deployment.secret)
        uploads = Uploads(client, guild_map, store.files, file_urls, language, options.inbox.max_file_bytes)
        webhooks, signing = (
            Webhooks(client, session, store.channels, names),
            Signing(store, language=language),
        )
        quotes = Quotes(store, store.channels, signing, guild_map.guild_id)
        outbox = Outbox(client, store.channels, webhooks, uploads, limits, names, quotes, signing)
        transcripts = TranscriptPosts(client, store, guild_map, file_urls, uploads, admins, language)
        read_out = self.inbox.read_out
        absorbed = Absorbed(store, uploads, file_urls, language)
        on_notices = [button for action in actions for button in action.notice_buttons()]
        notices = Notices(store, channels, lines, on_notices)
        sink = DiscordSink(
            store,
            channels,
            notices,
            cards,
            outbox,
            uploads,
            transcripts,
            pings,
            read_out,
            absorbed,
            clock,
            options.close_grace,
            Earlier(store, channels, uploads, file_urls, options.shown_again),
        )
        removal = RemovalOfChannels(store, channels, transcripts, read_out)
        activity = Activity(client)
        reconciling = Reconciling(
            client,
            store,
            guild_map,
            self.inbox,
            activity,
            channels,
            categories,
            admins,
            sink.channel_is_gone,
            close_when_deleted=options.close_when_deleted,
            rules=desk.rules,
            sweep_every=options.sweep_every,
            quiet_for=options.quiet_for,
        )
        self.guarding = Guarding(client, store, guild_map, channels, admins, options.sweep_every)
        orphans = Orphans(store, guild_map, marks)
        self.orphanage = Orphanage(client, guild_map, orphans, admins, language, options.sweep_every)
        self.roster = Roster(client, store, means.agents, staff, guild_map.guild_id)
        hearing_typing = HearingTyping(store, staff, guild_map.guild_id)
        second_tries = SecondTries(store, guild_map.guild_id)
        command_list = CommandList(client, guild_map.guild_id, admins)
        watching = Watching(client, guild_map, admins, Panels(store.threads))
        board_buttons = [button for action in actions for button in action.board_buttons()]
        board = Board(
            client,
            store,
            guild_map,
            board_buttons,
            options.language,
            clock,
            options.desk_file,
            options.board_between,
        )
        menus = _menus_of(actions, options.commands_need)
        log_channel = LogChannel(client, store, guild_map, lines, options.language)
        client.equip(
            (
                *actions,
                self.inbox,
                activity,
                reconciling,
                self.guarding,
                self.orphanage,
                hearing_typing,
                command_list,
                second_tries,
                watching,
                board,
                CardWatching(cards, guild_map.guild_id),
                *self.requesters.cogs,
            ),
            answering_view(buttons, [select for action in actions for select in action.selects()]),
            [
                kind_of_buttons(
                    [*on_notices, *(it for action in actions for it in action.carrying_buttons())]
                ),
                *(item for action in actions for item in action.items()),
            ],
            menus,
        )
        self._parts: Mapping[str, Callable[[], Coroutine[None, None, None]]] = {
            "relay to Discord": Relay(sink, store.backlog, store.bell, clock).run,
            "relay to the removal of channels": Relay(
                removal, store.timers, store.bell, clock, hears=removal.hears
            ).run,
            "relay to the timers": Relay(
                SettingTimers(store, options.patience), store.backlog, store.bell, clock
            ).run,
            "relay to what is left of merges": Relay(
                CompletingMerges(store), store.timers, store.bell, clock, hears=CompletingMerges.hears
            ).run,
            **_log_parts(store, clock, log_channel, guild_map),
            **(_weekly_parts(store, clock, log_channel) if options.weekly_stats else {}),
            **self._what_goes_off(store, clock, options, channels),
            "waking tickets that wait for channels": categories.run,
            "cards": cards.run,
            "commands": command_list.run,
            "what failed": second_tries.run,
            "panels of the desk file": StandingPanels(
                client, store.threads, guild_map, options.desk_file, options.language
            ).run,
            "inbox": self.inbox.run,
            **self.requesters.parts(
                Webhooks(client, session, store.threads, names), uploads, limits, clock, options.archive_after
            ),
            "reconciling": reconciling.run,
            "guarding": self.guarding.run,
            "roster": self.roster.run,
            "channels that the store does not know": self.orphanage.run,
            "watching the guild": watching.run,
            "the board": board.run,
            "typing": ShowingTyping(client, store).run,
        }

    def _what_goes_off(
        self, store: Store, clock: Clock, options: GuildOptions, channels: TicketChannels
    ) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
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
            f"relay to what {it.name} timers bring": Relay(
                it, store.timers, store.bell, clock, hears=options.patience.is_heard
            ).run
            for it in timers
        }

    async def run(self) -> None:
        """Work until cancelled, or until one of its parts fails."""
        async with asyncio.TaskGroup() as tasks:
            for name, run in self._parts.items():
                tasks.create_task(run(), name=name)


def _weekly_parts(
    store: Store, clock: Clock, channel: LogChannel
) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    figures = FiguresInWords(ReportDesk(store, clock), store.people)
    weekly = WeeklyStats(store.timers, channel, figures, clock)
    relay = Relay(weekly, store.timers, store.bell, clock, parallel=1, hears=lambda _: False)

    async def run() -> None:
        await weekly.begin()
        await relay.run()

    return {"relay to the statistics of each week": run}


def _menus_of(actions: Sequence[Action], needed: discord.Permissions | None) -> list[ContextMenu]:
    """The entries in menus. They and the commands of staff show to those who hold what is needed."""
    menus: list[ContextMenu] = []
    for action in actions:
        own = action.menus()
        menus += own
        if not action.is_for_members:
            for command in (*action.get_app_commands(), *own):
                command.default_permissions = needed
    return menus


def _log_parts(
    store: Store, clock: Clock, channel: LogChannel, guild_map: GuildMap
) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
    """One line at a time, so that it is known which of them was on its way when a process ended."""
    if guild_map.log_channel_id is None:
        return {}
    events = Relay(LogSink(store, channel), store.backlog, store.bell, clock, parallel=1)
    removals = Relay(RemovalsInLog(store, channel), store.timers, store.bell, clock, parallel=1)
    return {"relay to the log channel": events.run, "relay of removals to the log channel": removals.run}


def _means(
    desk: Desk,
    store: Store,
    clock: Clock,
    staff: Staff,
    inbox: Inbox,
    requesters: RequestersWork,
    lines: Lines,
    options: GuildOptions,
) -> Means:
    staff_desk, agents = StaffDesk(desk, store), AgentDesk(desk, store)
    return Means(
        desk=desk,
        staff_desk=staff_desk,
        agents=agents,
        routing=RoutingDesk(desk, staff_desk, agents, store),
        times=TimeDesk(desk, clock),
        keeping=KeepingDesk(desk, store.timers, clock),
        merging=MergeDesk(desk, store),
        parts=PartDesk(desk, store),
        figures=FiguresInWords(ReportDesk(store, clock), store.people),
        labels=LabelDesk(desk, store),
        canned=CannedDesk(desk, store, clock, options.inbox.staff_names),
        correcting=CorrectingDesk(desk, store),
        users=UserDesk(desk, store),
        channels=store.channels,
        staff=staff,
        turns=BothSides(store, inbox, requesters.inbox),
        own_turns=requesters.inbox,
        threads=requesters.threads,
        form_files=FormFiles(store.files, options.inbox.max_file_bytes),
        panels=Panels(store.threads, TO_HOST),
        feedback=FeedbackDesk(desk, store),
        lines=lines,
        clock=clock,
        language=options.language,
    )
