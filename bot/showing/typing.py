"""That the requester is typing, shown in the ticket's channel. What cannot be shown at once is forgotten."""

import asyncio
import logging

import discord

from tickets.events import Place
from tickets.model import TicketId
from tickets.ports.channels import ChannelState
from tickets.ports.signals import Throttle, Typing
from tickets.ports.store import Store

log = logging.getLogger(__name__)

PACE = 8.0
"""Seconds between two signs in one channel; Discord shows each for ten."""
MOST_WAITING = 16
"""Tickets whose sign has yet to be shown; further ones are forgotten."""
PATIENCE = 5.0
"""Seconds after which a sign is of no use any more."""


class ShowingTyping:
    def __init__(self, client: discord.Client, store: Store) -> None:
        self._client = client
        self._store = store
        self._throttle = Throttle(PACE)
        self._waiting: asyncio.Queue[TicketId] = asyncio.Queue(MOST_WAITING)

    async def run(self) -> None:
        """Show in Discord who types elsewhere, until cancelled."""
        stop_listening = self._store.signals.listen(self._heard)
        try:
            while True:
                await self._show(await self._waiting.get())
        finally:
            stop_listening()

    def _heard(self, typing: Typing) -> None:
        if typing.place is Place.DISCORD or self._waiting.full() or not self._client.is_ready():
            return
        if self._throttle.admits(typing.ticket_id):
            self._waiting.put_nowait(typing.ticket_id)

    async def _show(self, ticket_id: TicketId) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                channel = await self._store.channels.of_ticket(ticket_id)
                if channel is not None and channel.state is ChannelState.OPEN:
                    await self._client.http.send_typing(channel.channel_id)
        except Exception as error:
            log.debug("typing on ticket %s is not shown: %s", ticket_id, error)
