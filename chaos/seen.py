"""What each side can see at one moment: the API, the guild, the transcripts and the sockets."""

import re
from dataclasses import dataclass, field
from typing import Any

from chaos.agents import Agents
from chaos.books import TicketBook
from chaos.ears import Ears, Heard, replayed
from chaos.house import House
from chaos.requesters import Requesters
from chaos.staff import Staff

TOKEN = re.compile(r"\bc\d+t\d+[rs]\d+\b")


@dataclass
class SeenTicket:
    """One ticket, from everywhere. ``history`` holds the messages of each of its channels."""

    book: TicketBook
    ticket: dict[str, Any]
    messages: list[dict[str, Any]]
    channels: list[dict[str, Any]]
    history: dict[str, list[dict[str, Any]]]
    transcripts: list[str]
    posted: list[dict[str, Any]] = field(default_factory=list)
    """Whatever was ever to be read in its channels."""
    is_whole: bool = True
    """Whether that is all that was ever posted. A sandbox that was killed knows only what came since."""
    threads: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The messages of each thread in which staff has written."""
    notes: list[str] = field(default_factory=list)
    """What the notes say that are not deleted."""
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Seen:
    """A chapter, from everywhere."""

    tickets: list[SeenTicket]
    categories: dict[str, str]
    """Names by id."""
    unasked: list[dict[str, Any]]
    """Tickets that nobody knows to have opened."""
    channels_of_unasked: dict[str, int]
    heard: dict[str, list[Heard]]
    replayed: dict[str, list[Heard]]
    roles: dict[str, str]
    """Discord's ids by support role, from the widest to the highest."""
    everybody: str
    bot: str
    """Discord's ids."""


class Looking:
    """Looks everywhere."""

    def __init__(self, house: House, requesters: Requesters, staff: Staff, agents: Agents) -> None:
        self._house = house
        self._agents = agents
        self._requesters = requesters
        self._staff = staff
        self._filed: dict[str, str] = {}
        """Transcripts by the id of the message that carries them."""

    async def around(self, books: list[TicketBook], ears: dict[str, Ears]) -> Seen:
        channels = await self._staff.channels()
        transcripts = await self._transcripts()
        known = {book.id for book in books}
        mine = [ticket for name in ears for ticket in await self._requesters.tickets(name)]
        unasked = [ticket for ticket in mine if ticket["id"] not in known]
        return Seen(
            tickets=[await self._ticket(book, channels, transcripts) for book in books],
            categories={it["id"]: it["name"] for it in channels if it["type"] == 4},
            unasked=unasked,
            channels_of_unasked={it["id"]: len(_of(it["id"], channels)) for it in unasked},
            heard={name: list(listening.heard) for name, listening in ears.items()},
            replayed={name: await self._replayed(name) for name in ears},
            roles={
                "GENERAL": self._house.discord["roles"]["support_team"],
                "TECHNICAL": self._house.discord["roles"]["developer"],
                "MANAGER": self._house.discord["roles"]["manager"],
                "ADMIN": self._house.discord["roles"]["admin"],
            },
            everybody=self._house.discord["guild_id"],
            bot=self._house.discord["bot_id"],
        )

    async def _ticket(
        self, book: TicketBook, channels: list[dict[str, Any]], transcripts: list[tuple[str, str]]
    ) -> SeenTicket:
        messages = await self._requesters.messages(book)
        mine = _of(book.id, channels)
        return SeenTicket(
            book=book,
            ticket=await self._requesters.ticket(book),
            messages=messages,
            channels=mine,
            history={it["id"]: await self._staff.history(it["id"]) for it in mine},
            posted=[told for it in mine for told in await self._house.happened("MESSAGE_CREATE", it["id"])],
            is_whole=all([await self._house.happened("CHANNEL_CREATE", it["id"]) for it in mine]),
            threads={it: await self._staff.history(it) for it in book.threads.values()} if mine else {},
            notes=await self._agents.notes(book),
            transcripts=[html for footer, html in transcripts if book.id in footer],
            files={url: await self._file(url) for it in messages for url in it["attachments"]},
        )

    async def _transcripts(self) -> list[tuple[str, str]]:
        """Footer and page of each."""
        found = []
        discord = self._house.discord
        places = (discord["transcript_channel_id"], *discord["transcript_channels"].values())
        for it in [post for place in places for post in await self._staff.history(place)]:
            if it["embeds"] and (page := _page_of(it)):
                if it["id"] not in self._filed:
                    self._filed[it["id"]] = (await self._file(page)).decode()
                found.append((it["embeds"][0]["footer"]["text"], self._filed[it["id"]]))
        return found

    async def _file(self, url: str) -> bytes:
        async with self._house.session.get(url) as answer:
            return await answer.read()

    async def _replayed(self, requester: str) -> list[Heard]:
        return await replayed(self._house.api_url, lambda: self._house.customer(requester).token)


def _of(ticket_id: str, channels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The channels that were made for a ticket: their topics name it."""
    return [it for it in channels if ticket_id in (it.get("topic") or "")]


def _page_of(post: dict[str, Any]) -> str | None:
    """The address of a transcript, attached to its post or linked from there."""
    if post["attachments"]:
        return str(post["attachments"][0]["url"])
    linked = [it["value"] for it in post["embeds"][0].get("fields", []) if it["name"] == "Transcript"]
    return linked[0].partition("](")[2].rstrip(")") if linked else None


def token_of(content: str) -> str | None:
    """Whose words these are."""
    found = TOKEN.search(content)
    return found[0] if found else None


def without_time(content: str) -> str:
    """The words of a copy, without what says in a channel that was built again when they were written."""
    return re.sub(r"\A-# <t:\d+:f>\n", "", content)


def texts_in(components: list[dict[str, Any]]) -> list[str]:
    """What is to be read in a message of components."""
    found = []
    for it in components:
        found += [it["content"]] if "content" in it else []
        found += texts_in(it.get("components") or [])
    return found
