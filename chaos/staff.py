"""What staff does in Discord, over the paths of Discord's clients."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import aiohttp

from chaos.books import NOTE, SECRET, Journal, Said, Tally, TicketBook
from chaos.doors import PAUSE, Door, Refused, Unknown, Voice, is_gone_already
from chaos.house import House
from chaos.plan import Act, What

CATEGORIES = {"NORMAL": "general", "URGENT": "urgent", "CRITICAL": "critical"}
ANSWER_WITHIN = 5
"""Seconds that somebody looks at an interaction before trying again."""


class Staff:
    """Staff's side of every ticket of a chapter. ``is_closed`` asks the API whether a ticket is."""

    def __init__(
        self,
        house: House,
        door: Door,
        journal: Journal,
        tally: Tally,
        is_closed: Callable[[TicketBook], Awaitable[bool]],
    ) -> None:
        self._house = house
        self._door = door
        self._journal = journal
        self._tally = tally
        self._is_closed = is_closed

    async def perform(self, book: TicketBook, act: Act, voice: Voice) -> None:
        """Do it, and write down what was acknowledged."""
        if not book.channel:
            await voice.wait_for(self._find_channel(book))
        try:
            outcome = await self._do(book, act, voice)
        except Refused as refused:
            outcome = f"refused {refused}"
            self._tally.refused["staff"] += 1
        except Unknown as unknown:
            outcome = f"unknown {unknown}"
            self._tally.unknown["staff"] += 1
        self._journal.step(act, outcome, token=book.token(act))

    async def ask(self, who: str, method: str, path: str, voice: Voice | None = None, **more: Any) -> Any:
        """As this person; raises Refused and Unknown."""
        headers = {"Authorization": self._house.discord["people"][who]["token"]}
        return await self._door.ask(voice, method, self._url(path), headers=headers, **more)

    async def read(self, who: str, path: str) -> Any:
        headers = {"Authorization": self._house.discord["people"][who]["token"]}
        return await self._door.read("GET", self._url(path), headers=headers)

    async def history(self, channel: str) -> list[dict[str, Any]]:
        """All messages of a channel, oldest first; none if it is gone."""
        found: list[dict[str, Any]] = []
        while True:
            before = f"&before={found[0]['id']}" if found else ""
            try:
                page = await self.read("olive", f"/channels/{channel}/messages?limit=100{before}")
            except Refused:
                return found
            found = [*reversed(page), *found]
            if len(page) < 100:
                return found

    async def channels(self) -> list[dict[str, Any]]:
        """All channels of the guild."""
        return list(await self.read("olive", f"/guilds/{self._house.discord['guild_id']}/channels"))

    async def _find_channel(self, book: TicketBook) -> None:
        while True:
            for it in await self.channels():
                if book.id in (it.get("topic") or "") and it["id"] not in book.dead_channels:
                    book.channel = it["id"]
                    return
            await asyncio.sleep(PAUSE)

    async def _do(self, book: TicketBook, act: Act, voice: Voice) -> str:
        if act.what is What.MOVE:
            await self._move(book, act, voice)
        elif act.what is What.CLOSE:
            await voice.wait_for(self._close(book, act))
        elif act.what in (What.EDIT, What.DELETE, What.HIDE):
            return await self._change(book, act, voice)
        else:
            await self._write(book, act, voice)
        self._tally.acknowledged[f"staff {act.what}"] += 1
        return "acknowledged"

    async def _write(self, book: TicketBook, act: Act, voice: Voice) -> None:
        token, is_note = book.token(act), act.what in (What.NOTE, What.THREAD)
        content = f"{NOTE} {token} {SECRET}{token}" if is_note else f"{token} from {act.who}"
        file = Random(token).randbytes(3000) if act.what is What.FILE else None
        said = book.says(act, content, file)
        said.channel = book.channel
        try:
            if act.what is What.THREAD:
                said.parent, said.channel = said.channel, await self._thread(book, act, voice)
            answer = await self.ask(
                act.who, "POST", f"/channels/{said.channel}/messages", voice, **_body(content, file)
            )
        except Refused:
            said.becomes(None, sure=True)
            raise
        said.id = answer["id"]
        said.becomes(content, sure=True)
        if (said.parent or said.channel) in book.dead_channels:
            said.may_be_lost(marked=False)

    async def _thread(self, book: TicketBook, act: Act, voice: Voice) -> str:
        """A thread of their own in the ticket's channel: with an odd number a private one."""
        if (known := book.threads.get(act.who)) is not None:
            return known
        body = {"name": f"{act.who} and others", "type": 12 if act.number % 2 else 11}
        channel = book.channel
        begun = str((await self.ask(act.who, "POST", f"/channels/{channel}/threads", voice, json=body))["id"])
        if channel not in book.dead_channels:
            book.threads[act.who] = begun
        return begun

    async def _change(self, book: TicketBook, act: Act, voice: Voice) -> str:
        said = book.said["staff", act.number]
        if not said.id or None in said.possible or (said.parent or said.channel) != book.channel:
            return "nothing to change"
        content = self._changed(said, act)
        method, body = ("DELETE", {}) if content is None else ("PATCH", {"json": {"content": content}})
        try:
            await self.ask(act.who, method, f"/channels/{said.channel}/messages/{said.id}", voice, **body)
        except Unknown:
            said.becomes(content, sure=False)
            raise
        except Refused as refused:
            if not is_gone_already(act, refused):
                raise
        said.becomes(content, sure=True)
        if (said.parent or said.channel) in book.dead_channels:
            said.may_be_lost(marked=False)
        self._tally.acknowledged[f"staff {act.what}"] += 1
        return "acknowledged"

    @staticmethod
    def _changed(said: Said, act: Act) -> str | None:
        if act.what is What.DELETE:
            return None
        is_note = act.what is What.HIDE or any(it and it.startswith(NOTE) for it in said.possible)
        words = f"{said.token} edited {len(said.ever)}"
        return f"{NOTE} {words} {SECRET}{said.token}" if is_note else words

    async def _move(self, book: TicketBook, act: Act, voice: Voice) -> None:
        category = self._house.discord["categories"][CATEGORIES[act.detail]]
        channel = book.channel
        before = set(book.levels)
        book.may_have_level(act.detail, "hand", sure=False)
        try:
            await self.ask("olive", "PATCH", f"/channels/{channel}", voice, json={"parent_id": category})
        except Refused:
            book.levels = before
            raise
        book.may_have_level(act.detail, "hand", sure=channel not in book.dead_channels)

    async def _close(self, book: TicketBook, act: Act) -> None:
        """With the command, until the API says so, as a person would."""
        body = {
            "type": 2,
            "guild_id": self._house.discord["guild_id"],
            "channel_id": book.channel,
            "data": {"name": "close", "type": 1, "options": [{"name": "anyway", "type": 5, "value": True}]},
        }
        while not await self._is_closed(book):
            if book.channel in book.dead_channels:
                await self._find_channel(book)
                body["channel_id"] = book.channel
            try:
                shown = await self.ask("ada", "POST", f"/interactions?wait={ANSWER_WITHIN}", json=body)
                self._journal.note("asked to close", ticket=book.name, shown=shown.get("response"))
            except (Refused, Unknown) as problem:
                self._journal.note("could not ask to close", ticket=book.name, why=str(problem))
                await asyncio.sleep(PAUSE)
        book.closed()

    def _url(self, path: str) -> str:
        return f"{self._house.discord['discord_url']}/api/v10{path}"


def _body(content: str, file: bytes | None) -> dict[str, Any]:
    if file is None:
        return {"json": {"content": content}}
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps({"content": content}), content_type="application/json")
    form.add_field("files[0]", file, filename="file.bin", content_type="application/octet-stream")
    return {"data": form}
