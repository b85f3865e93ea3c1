"""Tries FAILED events again once they can succeed."""

import asyncio
import logging
import re

import discord
from discord.ext import commands

from tickets.events import TicketClosed
from tickets.model import Ticket, TicketId
from tickets.ports.sinks import Failure, SinkName
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

STORE_PAUSE = 5.0
MOST_WAITING = 1_000
"""So many tickets without a channel are read."""
_TOO_LARGE = re.compile(r"\b(413|40005)\b")


class SecondTries(commands.Cog):
    """Looks for failures in each session, and when the guild's tier changes. It tries again what was too
    large, closings without a transcript, and tickets whose opening failed."""

    def __init__(self, store: Store, guild_id: int) -> None:
        self._store = store
        self._guild_id = guild_id
        self._news = asyncio.Event()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        self._news.set()

    @commands.Cog.listener()
    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """The guild's tier may have changed."""
        if after.id == self._guild_id and before.premium_tier != after.premium_tier:
            log.info("files may have %s bytes in the guild now", after.filesize_limit)
            self._news.set()

    async def run(self) -> None:
        """Look for failures until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._look()
            except StoreUnavailable as error:
                log.warning("the store is away, nothing that failed is tried again: %s", error)
                self._news.set()
                await asyncio.sleep(STORE_PAUSE)

    async def _look(self) -> None:
        backlog = self._store.backlog
        for channel in await self._store.channels.open_ones():
            await self._try_again(SinkName.DISCORD, channel.ticket_id)
        for thread in await self._store.threads.open_ones():
            await self._try_again(SinkName.THREADS, thread.ticket_id)
        for ticket_id in await self._store.channels.next_to_get_a_channel(MOST_WAITING):
            if not await backlog.pending(SinkName.DISCORD, ticket_id):
                log.info("ticket %s has no channel; it is tried again", ticket_id)
                await backlog.replay(SinkName.DISCORD, ticket_id)
                await self._ring(ticket_id)

    async def _try_again(self, sink: SinkName, ticket_id: TicketId) -> None:
        """Try the failed events of the ticket again that can succeed now."""
        failures = await self._store.backlog.failures(sink, ticket_id)
        ticket = await self._store.views.ticket(ticket_id) if failures else None
        if ticket is None:
            return
        seqs = [it.seq for it in failures if await self._can_come_right(ticket, it)]
        await self._store.backlog.retry(sink, ticket_id, seqs)
        if seqs:
            log.info("ticket %s: what failed is tried again by %s: %s", ticket.number, sink, seqs)
            await self._ring(ticket_id)

    async def _can_come_right(self, ticket: Ticket, failure: Failure) -> bool:
        if _TOO_LARGE.search(failure.reason):
            return True
        if ticket.closed_seq != failure.seq:
            return False
        (event,) = await self._store.log.events(ticket.id, after=failure.seq - 1, upto=failure.seq)
        return isinstance(event.data, TicketClosed)

    async def _ring(self, ticket_id: TicketId) -> None:
        ticket = await self._store.views.ticket(ticket_id)
        for opened in await self._store.log.events(ticket_id, upto=1):
            if ticket is not None:
                self._store.bell.ring(opened, ticket.requester, {SinkName.DISCORD})
