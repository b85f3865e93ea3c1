"""What staff of the trusted backend does, over the API."""

from typing import Any

from chaos.books import NOTE, SECRET, Journal, Tally, TicketBook
from chaos.doors import Door, Refused, Unknown, Voice
from chaos.house import House
from chaos.plan import Act, What


class Agents:
    """One agent of the backend's, who sees every ticket."""

    def __init__(self, house: House, door: Door, journal: Journal, tally: Tally) -> None:
        self._house = house
        self._door = door
        self._journal = journal
        self._tally = tally

    async def perform(self, book: TicketBook, act: Act, voice: Voice) -> None:
        """Do it, and write down what was acknowledged."""
        try:
            await (self._note if act.what is What.API_NOTE else self._level)(book, act, voice)
        except Refused as refused:
            outcome = f"refused {refused.status}"
            self._tally.refused["agent"] += 1
        except Unknown as unknown:
            outcome = f"unknown {unknown}"
            self._tally.unknown["agent"] += 1
        else:
            outcome = "acknowledged"
            self._tally.acknowledged[f"agent {act.what}"] += 1
        self._journal.step(act, outcome, token=book.token(act))

    async def notes(self, book: TicketBook) -> list[str]:
        """What the notes say, oldest first, without those that were deleted."""
        headers = self._headers()
        notes = await self._door.read("GET", self._url(f"/tickets/{book.id}/notes"), headers=headers)
        return [it["content"] for it in notes if not it["deleted"]]

    async def _note(self, book: TicketBook, act: Act, voice: Voice) -> None:
        token = book.token(act)
        words = f"{token} {SECRET}{token}"
        said = book.says(act, f"{NOTE} {words}")
        said.by_api = True
        try:
            answer = await self._ask(voice, "POST", f"/tickets/{book.id}/notes", {"content": words})
        except Refused:
            said.becomes(None, sure=True)
            raise
        said.id = answer["id"]
        said.becomes(f"{NOTE} {words}", sure=True)

    async def _level(self, book: TicketBook, act: Act, voice: Voice) -> None:
        before = set(book.levels)
        book.may_have_level(act.detail, "api", sure=False)
        try:
            await self._ask(voice, "PATCH", f"/tickets/{book.id}", {"issue_level": act.detail})
        except Refused:
            book.levels = before
            raise
        book.may_have_level(act.detail, "api", sure=True)

    async def _ask(self, voice: Voice, method: str, path: str, body: object) -> Any:
        return await self._door.ask(voice, method, self._url(path), json=body, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._house.agent().token}"}

    def _url(self, path: str) -> str:
        return f"{self._house.api_url}/api/v1{path}"
