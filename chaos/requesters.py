"""What requesters do, over REST, and what they are told of it."""

import asyncio
from random import Random
from typing import Any

import aiohttp

from chaos.books import Journal, Tally, TicketBook
from chaos.doors import PAUSE, Door, Refused, Unknown, Voice, is_gone_already
from chaos.house import House
from chaos.plan import Act, What

LINES = 38
"""Of a long message: below the 4,000 characters of one, and three of Discord's."""


class Requesters:
    """The requesters' side of every ticket of a chapter."""

    def __init__(self, house: House, door: Door, journal: Journal, tally: Tally) -> None:
        self._house = house
        self._door = door
        self._journal = journal
        self._tally = tally

    async def perform(self, book: TicketBook, act: Act, voice: Voice) -> None:
        """Do it, and write down what was acknowledged."""
        if act.what is What.OPEN:
            await self._open(book, voice)
            return
        if act.what is What.REOPEN:
            await self._reopen(book, voice)
            return
        try:
            outcome = await self._say(book, act, voice)
        except Refused as refused:
            outcome = f"refused {refused.status}"
            self._tally.refused["requester"] += 1
        except Unknown as unknown:
            outcome = f"unknown {unknown}"
            self._tally.unknown["requester"] += 1
        self._journal.step(act, outcome, token=book.token(act))

    async def tickets(self, requester: str) -> list[dict[str, Any]]:
        return list(await self._read(requester, "/tickets"))

    async def messages(self, book: TicketBook) -> list[dict[str, Any]]:
        return list(await self._read(book.requester, f"/tickets/{book.id}/messages"))

    async def ticket(self, book: TicketBook) -> dict[str, Any]:
        return dict(await self._read(book.requester, f"/tickets/{book.id}"))

    async def _read(self, requester: str, path: str) -> Any:
        return await self._door.read("GET", self._url(path), headers=self._headers(requester))

    async def _open(self, book: TicketBook, voice: Voice) -> None:
        """Until it is open; after an unknown end, look first whether it is."""
        fields = {"issue_level": book.level, "support_role": book.support_role}
        body = {"topic": book.topic, "description": f"Description of {book.name}", **fields}
        while not book.id:
            try:
                ticket = await self._ask(book, voice, "POST", "/tickets", body)
                self._tally.acknowledged["ticket"] += 1
            except Unknown:
                self._tally.unknown["ticket"] += 1
                mine = await voice.wait_for(self.tickets(book.requester))
                ticket = next((it for it in mine if it["topic"] == book.topic), None)
                if ticket is None:
                    await asyncio.sleep(PAUSE)
                    continue
            book.id, book.number = ticket["id"], ticket["number"]
        self._journal.note("opened", ticket=book.name, id=book.id, number=book.number)

    async def _reopen(self, book: TicketBook, voice: Voice) -> None:
        """Until it is open."""
        while (await voice.wait_for(self.ticket(book)))["status"] not in ("OPEN", "PENDING"):
            try:
                await self._ask(book, voice, "PATCH", f"/tickets/{book.id}", {"status": "OPEN"})
            except Unknown:
                self._tally.unknown["ticket"] += 1
                await asyncio.sleep(PAUSE)
        book.is_closed = False
        self._tally.acknowledged["requester reopen"] += 1
        self._journal.note("reopened", ticket=book.name)

    async def _say(self, book: TicketBook, act: Act, voice: Voice) -> str:
        path = f"/tickets/{book.id}/messages"
        content: str | None
        if act.what in (What.POST, What.POST_LONG, What.POST_FILE):
            content = _words(book.token(act), is_long=act.what is What.POST_LONG)
            file = Random(book.token(act)).randbytes(3000) if act.what is What.POST_FILE else None
            said = book.says(act, content, file)
            try:
                uploads = [await self._upload(book, voice, file)] if file else []
            except (Refused, Unknown):
                said.becomes(None, sure=True)  # without its file it is not posted
                raise
            try:
                answer = await self._ask(
                    book, voice, "POST", path, {"content": content, "attachments": uploads}
                )
            except Refused:
                said.becomes(None, sure=True)
                raise
            said.id = answer["id"]
            said.becomes(content, sure=True)
        else:
            said = book.said["requester", act.number]
            if not said.id or None in said.possible:
                return "nothing to change"
            content = None if act.what is What.DELETE else f"{said.token} edited {len(said.ever)}"
            method, body = ("DELETE", None) if content is None else ("PATCH", {"content": content})
            try:
                await self._ask(book, voice, method, f"{path}/{said.id}", body)
            except Unknown:
                said.becomes(content, sure=False)
                raise
            except Refused as refused:
                if not is_gone_already(act, refused):
                    raise
            said.becomes(content, sure=True)
        self._tally.acknowledged[f"requester {act.what}"] += 1
        return "acknowledged"

    async def _upload(self, book: TicketBook, voice: Voice, file: bytes) -> str:
        """The id of the uploaded file; of uploads whose end is unknown nothing can be seen."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", file, filename="file.bin", content_type="application/octet-stream")
        headers = self._headers(book.requester)
        answer = await self._door.ask(voice, "POST", self._url("/attachments"), data=form, headers=headers)
        return str(answer["id"])

    async def _ask(self, book: TicketBook, voice: Voice, method: str, path: str, body: object) -> Any:
        headers = self._headers(book.requester)
        return await self._door.ask(voice, method, self._url(path), json=body, headers=headers)

    def _headers(self, requester: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._house.customer(requester).token}"}

    def _url(self, path: str) -> str:
        return f"{self._house.api_url}/api/v1{path}"


def _words(token: str, *, is_long: bool) -> str:
    """Every line of it tells whose it is, so that a part of it does."""
    if not is_long:
        return f"{token} says hello"
    return "\n".join(f"{token} line {number:02} {'x' * 80}" for number in range(LINES))
