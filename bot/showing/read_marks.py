"""What the requester has seen, on the card. It shows soon, but the card is not edited each time."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from tickets.model import AuthorType, Ticket, TicketId
from tickets.ports.channels import Channel, discord_id_of
from tickets.ports.readings import UNREAD
from tickets.ports.signals import Read, Signals
from tickets.ports.store import Store

log = logging.getLogger(__name__)

BETWEEN = 10.0
"""Seconds for which a card keeps what it says about this."""


@dataclass(frozen=True, slots=True)
class SeenUpTo:
    """The last message that the requester has seen, and its place in Discord where it has one."""

    seq: int
    url: str | None = None


class ReadMarks:
    """What the cards should show of it."""

    def __init__(
        self, store: Store, between: float = BETWEEN, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._between = between
        self._now = now
        self._held: dict[TicketId, tuple[float, SeenUpTo | None]] = {}
        """What was last looked up, and until when it stays. The first to end comes first."""

    async def on_card(self, ticket: Ticket, channel: Channel, guild_id: int) -> SeenUpTo | None:
        """Changes at most once in so many seconds; None if nothing was seen, as far as is known."""
        if not ticket.message_count:
            return None
        self._let_go()
        if ticket.id not in self._held:
            seen = await self._look_up(ticket, channel, guild_id)
            self._held.pop(ticket.id, None)
            self._held[ticket.id] = self._now() + self._between, seen
        return self._held[ticket.id][1]

    def seconds_left(self, ticket_id: TicketId) -> float:
        """Until the card may show something else."""
        held = self._held.get(ticket_id)
        return 0.0 if held is None else max(held[0] - self._now(), 0.0)

    def _let_go(self) -> None:
        now = self._now()
        while self._held and next(iter(self._held.values()))[0] <= now:
            del self._held[next(iter(self._held))]

    async def _look_up(self, ticket: Ticket, channel: Channel, guild_id: int) -> SeenUpTo | None:
        seq = (await self._store.readings.of_tickets([ticket.id])).get(ticket.id, UNREAD).requester_seq
        if not seq:
            return None
        for message in await self._store.views.messages(ticket.id, after_seq=seq - 1, limit=1):
            links = await self._store.channels.links(ticket.id, message.id)
            here = [link.discord_id for link in links if link.channel_id == channel.channel_id]
            discord_id = here[-1] if here else discord_id_of(message.id)
            if discord_id is not None:
                place = f"{guild_id}/{channel.channel_id}/{discord_id}"
                return SeenUpTo(seq, f"https://discord.com/channels/{place}")
        return SeenUpTo(seq)


class Cards(Protocol):
    async def refresh_of(self, ticket_id: TicketId) -> None:
        """Edit the ticket's card if it does not show the ticket as it is."""
        ...


class ShowingReadMarks:
    """Edits the cards of tickets of which requesters have seen more.

    When it ends, it forgets what it was about to do: the ticket's next event refreshes the card."""

    def __init__(self, cards: Cards, seen: ReadMarks, signals: Signals) -> None:
        self._cards = cards
        self._seen = seen
        self._signals = signals
        self._waiting: set[TicketId] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Keep the cards right, until cancelled."""
        stop_listening = self._signals.reads.listen(self._heard)
        try:
            while True:
                await self._show(await self._next())
        finally:
            stop_listening()

    def _heard(self, read: Read) -> None:
        if read.actor.type is AuthorType.REQUESTER:
            self._waiting.add(read.ticket_id)
            self._news.set()

    async def _next(self) -> TicketId:
        """The next ticket of which the card may be edited."""
        while True:
            self._news.clear()
            left = {ticket_id: self._seen.seconds_left(ticket_id) for ticket_id in self._waiting}
            soonest = min(left, key=left.__getitem__, default=None)
            if soonest is not None and not left[soonest]:
                self._waiting.remove(soonest)
                return soonest
            with suppress(TimeoutError):
                async with asyncio.timeout(None if soonest is None else left[soonest]):
                    await self._news.wait()

    async def _show(self, ticket_id: TicketId) -> None:
        try:
            await self._cards.refresh_of(ticket_id)
        except Exception as error:
            log.debug("what was seen of ticket %s is not shown now: %s", ticket_id, error)
