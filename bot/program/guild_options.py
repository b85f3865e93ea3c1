"""The options of a deployment for the work in its guild."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import discord

from bot.checks.check import Check
from bot.hearing.intake import InboxOptions
from bot.hearing.reconciling import QUIET_FOR, SWEEP_EVERY
from bot.showing.board import BETWEEN as BOARD_BETWEEN
from bot.showing.cards import EDITS_A_SECOND, FIRST_PAUSE
from bot.showing.earlier import SHOWN
from bot.showing.gathering import BETWEEN_EDITS
from bot.showing.pings import WantedPings
from cogs.action import Action
from cogs.equipment import ACTIONS
from config.current_desk import CurrentDesk
from config.settings import ChannelNames
from texts.language import Language
from tickets.model import Millis
from tickets.policy import DAY
from tickets.retention import KeptFor
from tickets.timekeeping import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildOptions:
    """The options. Those with a default may be left out."""

    public_url: str
    close_grace: Millis
    close_when_deleted: bool
    channel_names: ChannelNames = ChannelNames.NUMBER
    patience: Patience = field(default_factory=Patience)
    pings: Callable[[], WantedPings] = WantedPings
    """Returns the pings that are wanted now."""
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
    kept_for: KeptFor = field(default_factory=KeptFor)
    checks: Sequence[Check] = ()
    """The checks of the doctor outside of the guild."""
    sweep_every: float = SWEEP_EVERY
    quiet_for: float = QUIET_FOR
