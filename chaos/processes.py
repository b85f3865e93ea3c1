"""The programs of a campaign as processes: Guildesk, once or twice on one store, and the sandbox."""

import asyncio

from chaos.books import Tally
from chaos.doors import Door
from chaos.house import House, until

READY_WITHIN = 90.0


class Processes:
    """Kills, stops and starts them. People use the API of the first Guildesk. The doors are closed
    while the program behind them is known to be down."""

    def __init__(self, house: House, count: int, api: Door, discord: Door, tally: Tally) -> None:
        self._house = house
        self._houses = [house, *(house.beside() for _ in range(count - 1))]
        self._api = api
        self._discord = discord
        self._tally = tally
        self._recovering: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start each Guildesk; they serve at once, and are ready some time later."""
        for house in self._houses:
            await self._start(house)

    async def stop(self) -> None:
        """Stop those that the house itself does not know."""
        for house in self._houses[1:]:
            if house.guildesk is not None:
                await house.guildesk.stop()

    async def is_ready(self) -> bool:
        """Whether each Guildesk is ready, and one of them leads."""
        ready = [await house.is_ready() for house in self._houses]
        return all(ready) and await self.somebody_leads()

    async def somebody_leads(self) -> bool:
        return any([await house.leads() for house in self._houses])

    async def victim(self, *, other: bool) -> House:
        """The one that leads; where there are two, and ``other``, the one that follows."""
        if len(self._houses) == 1:
            return self._house
        leading = [house for house in self._houses if await house.leads()]
        following = [house for house in self._houses if house not in leading]
        return (following or leading if other or not leading else leading)[0]

    async def kill_guildesk(self, victim: House) -> None:
        self._close(victim)
        await victim.kill_guildesk()
        self._tally.restarts["Guildesk"] += 1

    async def kill_starting(self, victim: House, after: float) -> None:
        """Start it, and kill it again after so many seconds."""
        await victim.start_guildesk(wait_for_discord=False)
        await asyncio.sleep(after)
        await self.kill_guildesk(victim)

    async def stop_in_order(self, *, other: bool) -> House:
        """As an operator does; which one it was."""
        victim = await self.victim(other=other)
        self._close(victim)
        assert victim.guildesk is not None
        await victim.guildesk.stop()
        self._tally.restarts["Guildesk, in order"] += 1
        return victim

    def recover(self, victim: House) -> None:
        """Start it again, while the campaign goes on."""
        self._recovering = asyncio.create_task(self._start(victim), name="recovering")

    async def recovered(self) -> None:
        """Wait until it is back and ready."""
        if self._recovering is not None:
            await self._recovering
            self._recovering = None

    async def kill_sandbox(self) -> None:
        self._discord.close()
        await self._house.kill_sandbox()
        self._tally.restarts["sandbox"] += 1

    async def start_sandbox(self) -> None:
        await self._house.start_sandbox()
        self._discord.open()

    async def _start(self, house: House) -> None:
        await house.start_guildesk(wait_for_discord=False)
        if house is self._house:
            self._api.open()
        await until(house.is_ready, READY_WITHIN)

    def _close(self, victim: House) -> None:
        if victim is self._house:
            self._api.close()
