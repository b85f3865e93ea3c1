"""What most parts of the leader's work are built of."""

from dataclasses import dataclass

import aiohttp

from bot.connection.client import GuildClient
from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.program.guild_options import GuildOptions
from bot.showing.admins import Admins
from bot.showing.channel_marks import Marks
from bot.showing.lines import Lines
from bot.showing.names import Names
from bot.showing.standing_still import StandingStill
from cogs.staff import Staff
from tickets.desks.ticket_desk import Desk
from tickets.ports.store import Clock, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The same objects for all parts of one term."""

    client: GuildClient
    session: aiohttp.ClientSession
    limits: WebhookLimits
    guild_map: GuildMap
    store: Store
    desk: Desk
    clock: Clock
    options: GuildOptions
    admins: Admins
    names: Names
    marks: Marks
    staff: Staff
    lines: Lines
    standing_still: StandingStill
