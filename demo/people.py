"""People of the sandbox, who use the same REST paths as a Discord client."""

import asyncio
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp


class Somebody:
    """One member of the guild, with a token of their own."""

    def __init__(self, session: aiohttp.ClientSession, discord_url: str, person: Mapping[str, Any]) -> None:
        self.id: str = person["id"]
        self._session = session
        self._api = f"{discord_url}/api/v10"
        self._headers = {"Authorization": person["token"]}

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        """The answer of Discord's API; raises for refusals."""
        async with self._session.request(
            method, f"{self._api}{path}", headers=self._headers, raise_for_status=True, **body
        ) as answer:
            return None if answer.status == 204 else await answer.json()

    async def write(self, channel: str, content: str) -> dict[str, Any]:
        message: dict[str, Any] = await self.ask(
            "POST", f"/channels/{channel}/messages", json={"content": content}
        )
        return message

    async def send_file(self, channel: str, content: str, name: str, data: bytes) -> dict[str, Any]:
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", json.dumps({"content": content}), content_type="application/json")
        form.add_field("files[0]", io.BytesIO(data), filename=name, content_type="image/png")
        message: dict[str, Any] = await self.ask("POST", f"/channels/{channel}/messages", data=form)
        return message

    async def edit(self, channel: str, message: str, content: str) -> None:
        await self.ask("PATCH", f"/channels/{channel}/messages/{message}", json={"content": content})

    async def delete(self, channel: str, message: str) -> None:
        await self.ask("DELETE", f"/channels/{channel}/messages/{message}")

    async def read(self, channel: str) -> list[dict[str, Any]]:
        """The newest 100 messages, oldest first."""
        messages: list[dict[str, Any]] = await self.ask("GET", f"/channels/{channel}/messages?limit=100")
        return messages[::-1]

    async def command(
        self, guild: str, channel: str, name: str, wait: int = 0, /, **options: str | bool
    ) -> dict[str, Any]:
        """Invoke a slash command as soon as the client offers it, because a program that has just started
        sets up its commands while it works. Returns what is shown within ``wait`` seconds."""
        data = {
            "name": name,
            "type": 1,
            "options": [
                {"name": key, "type": 5 if isinstance(value, bool) else 3, "value": value}
                for key, value in options.items()
            ],
        }
        body = {"type": 2, "guild_id": guild, "channel_id": channel, "data": data}

        async def invoke() -> dict[str, Any] | None:
            try:
                shown: dict[str, Any] = await self.ask("POST", f"/interactions?wait={wait}", json=body)
            except aiohttp.ClientResponseError as error:
                if error.status != 404:
                    raise
                return None
            return shown

        shown: dict[str, Any] = await until(invoke)
        return shown


async def until(look: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What ``look`` finds, as soon as it finds something; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.03)
