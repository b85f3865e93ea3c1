"""The doctor in a running program: for ``/doctor``, and to find faults when nobody asks."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import discord

from bot.checks.check import Check, Examined
from bot.checks.examining import examine
from bot.checks.guild import guild_checks
from bot.checks.printing import in_text
from bot.checks.who_sees import who_sees
from bot.connection.guild import GuildMap
from cogs.examinations import Findings
from cogs.panels import Panels
from config.faults import Fault

FIRST_AFTER: Final = 300.0
"""Seconds to wait after the beginning of a term, because a proxy may start later than this program."""
EVERY: Final = 3600.0
"""Seconds between two looks."""
PLACE: Final = "the place where it runs"


class Doctoring:
    """Runs all checks with the client of this term."""

    def __init__(
        self, client: discord.Client, guild_map: GuildMap, panels: Panels, more: Sequence[Check]
    ) -> None:
        self._client = client
        self._map = guild_map
        self._panels = panels
        self._more = more
        self._turn = asyncio.Lock()

    async def examine(self) -> Findings:
        """Run all checks. Only one examination runs at a time, because each makes channels."""
        async with self._turn:
            hosts = await self._panels.channels()
            checks = [*self._more, *guild_checks(self._client, self._map, self._panels.channels)]
            tried = await examine(checks)
            guild = self._client.get_guild(self._map.guild_id)
            examined = Examined(tried, [] if guild is None else who_sees(self._map, guild, hosts))
            return Findings(examined.faults, in_text(examined))


class Drifting:
    """Checks now and then what can go wrong outside of the guild while the program runs."""

    def __init__(
        self,
        checks: Sequence[Check],
        found: Callable[[str, Sequence[Fault]], Awaitable[None]],
        first_after: float = FIRST_AFTER,
        every: float = EVERY,
    ) -> None:
        """``found`` is called with exactly the faults that exist now."""
        self._checks = [it for it in checks if it.while_running]
        self._found = found
        self._first_after = first_after
        self._every = every

    async def run(self) -> None:
        """Run until cancelled."""
        pause = self._first_after
        while True:
            await asyncio.sleep(pause)
            tried = await examine(self._checks)
            await self._found(PLACE, [it for one in tried for it in one.faults if not it.is_warning])
            pause = self._every
