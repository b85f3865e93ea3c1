"""What the sandbox can be asked for: faults, limits, and what it has seen."""

from abc import ABC, abstractmethod
from typing import Any

import aiohttp


class Disturbing(ABC):
    """Disturbs a sandbox."""

    session: aiohttp.ClientSession

    @property
    @abstractmethod
    def discord(self) -> dict[str, Any]:
        """What the sandbox tells of itself."""

    async def fault(self, **fault: object) -> None:
        """Ask the sandbox for a fault (see its README)."""
        await self.ask_sandbox("POST", "faults", fault)

    async def faults_left(self) -> int:
        """Requests that are still to be hit."""
        return sum(it["count"] for it in await self.ask_sandbox("GET", "faults"))

    async def nothing_to_hit(self) -> bool:
        return await self.faults_left() == 0

    async def clear_faults(self) -> None:
        await self.ask_sandbox("DELETE", "faults")

    async def changes(self, since: int = -1, wait: float = 0) -> int:
        """A number that rises with every change in Discord; waits until it is above ``since``."""
        return int((await self.ask_sandbox("GET", f"changes?since={since}&wait={wait}"))["at"])

    async def limits(self, **limits: object) -> None:
        """Set the sandbox's limits (see its README)."""
        await self.ask_sandbox("PUT", "limits", limits)

    async def guild(self, **changes: object) -> None:
        """Change the guild's tier, or the words that are refused in names (see the sandbox's README)."""
        await self.ask_sandbox("PATCH", "guild", changes)

    async def bot(self, **changes: object) -> None:
        """Change what the bot may do in the guild (see the sandbox's README)."""
        await self.ask_sandbox("PATCH", "bot", changes)

    async def gateway(self, action: str, **more: object) -> None:
        """Ask the sandbox to disturb the gateway (see its README)."""
        await self.ask_sandbox("POST", "gateway", {"action": action, **more})

    async def portal(self, **changes: object) -> None:
        """Change the bot as its operator can (see the sandbox's README)."""
        await self.ask_sandbox("PATCH", "bot", changes)

    async def requests_so_far(self) -> int:
        return int((await self.ask_sandbox("GET", "requests?since=999999999"))["total"])

    async def requests_since(self, number: int) -> list[dict[str, Any]]:
        return list((await self.ask_sandbox("GET", f"requests?since={number}"))["requests"])

    async def ask_sandbox(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.discord['discord_url']}/sandbox/{path}"
        async with self.session.request(method, url, json=body, raise_for_status=True) as answer:
            return await answer.json() if answer.content_type == "application/json" else None
