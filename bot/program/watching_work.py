"""All that watches the guild: what changed by hand, what was missed, what is gone."""

from collections.abc import Callable, Coroutine, Mapping

from discord.ext import commands

from bot.hearing.activity import Activity
from bot.hearing.card_watching import CardWatching
from bot.hearing.guarding import Guarding
from bot.hearing.inbox import Inbox
from bot.hearing.orphanage import Orphanage
from bot.hearing.reconciling import Reconciling
from bot.hearing.roster import Roster
from bot.hearing.typing import HearingTyping
from bot.hearing.watching import Watching
from bot.program.acting import Acting
from bot.program.common import Common
from bot.program.showing_work import ShowingWork
from bot.showing.board import Board
from bot.showing.command_list import CommandList
from bot.showing.orphans import Orphans
from bot.showing.second_tries import SecondTries
from cogs.panels import Panels


class WatchingWork:
    """``cogs`` hear what the gateway tells; ``parts`` run as long as the leader leads."""

    def __init__(
        self, common: Common, panels: Panels, inbox: Inbox, acting: Acting, showing: ShowingWork
    ) -> None:
        client, store, guild_map, admins = common.client, common.store, common.guild_map, common.admins
        options, staff, guild_id = common.options, common.staff, common.guild_map.guild_id
        every, language = options.sweep_every, options.language
        activity, channels = Activity(client), showing.channels
        reconciling = Reconciling(
            client,
            store,
            guild_map,
            inbox,
            activity,
            channels,
            showing.categories,
            admins,
            showing.sink.channel_is_gone,
            close_when_deleted=options.close_when_deleted,
            rules=common.desk.rules,
            sweep_every=every,
            quiet_for=options.quiet_for,
        )
        self.guarding = Guarding(client, store, guild_map, channels, admins, every)
        orphanage = Orphanage(
            client, guild_map, Orphans(store, guild_map, common.marks), admins, language, every
        )
        self.roster = Roster(client, store, acting.means.agents, staff, guild_id)
        second_tries = SecondTries(store, guild_id)
        command_list = CommandList(client, guild_id, admins)
        watching = Watching(client, guild_map, admins, panels)
        between, file = options.board_between, options.desk_file
        board = Board(client, store, guild_map, acting.on_boards, language, common.clock, file, between)
        typing = HearingTyping(store, staff, guild_id)
        cards = CardWatching(client, showing.cards, guild_id)
        self.cogs: tuple[commands.Cog, ...] = (
            *(activity, reconciling, self.guarding, orphanage, typing, command_list, second_tries),
            *(watching, board, cards),
        )
        self.parts: Mapping[str, Callable[[], Coroutine[None, None, None]]] = {
            "reconciling": reconciling.run,
            "guarding": self.guarding.run,
            "roster": self.roster.run,
            "channels that the store does not know": orphanage.run,
            "commands": command_list.run,
            "what failed": second_tries.run,
            "watching the guild": watching.run,
            "the board": board.run,
        }
