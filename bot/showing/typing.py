"""Shows the other side that somebody is typing: in the ticket's channel, or in its requester's thread.

A sign that cannot be shown at once is dropped."""

import asyncio
import logging

import discord

from tickets.events import Place
from tickets.model import AuthorType
from tickets.ports.channels import ChannelState, Places
from tickets.ports.signals import Throttle, Typing
from tickets.ports.store import Store

log = logging.getLogger(__name__)

PACE = 8.0
"""Seconds between two signs in one channel. Discord shows each for ten seconds."""
MOST_WAITING = 16
"""Signs of at most so many tickets wait to be shown; further ones are dropped."""
PATIENCE = 5.0
"""Seconds after which a sign is too old to be shown."""


class ShowingTyping:
    def __init__(self, client: discord.Client, store: Store) -> None:
        self._client = client
        self._store = store
        self._throttles = Throttle(PACE), Throttle(PACE)
        """Signs of staff, and of requesters."""
        self._waiting: asyncio.Queue[Typing] = asyncio.Queue(MOST_WAITING)

    async def run(self) -> None:
        """Show in Discord who is typing elsewhere, until cancelled."""
        stop_listening = self._store.signals.listen(self._heard)
        try:
            while True:
                await self._show(await self._waiting.get())
        finally:
            stop_listening()

    def _heard(self, typing: Typing) -> None:
        if self._waiting.full() or not self._client.is_ready():
            return
        if self._throttles[typing.actor.type is AuthorType.REQUESTER].admits(typing.ticket_id):
            self._waiting.put_nowait(typing)

    async def _show(self, typing: Typing) -> None:
        """Show a sign: of requesters in the channel, of staff in the thread, and of staff over the API in
        both."""
        by_requester, in_discord = typing.actor.type is AuthorType.REQUESTER, typing.place is Place.DISCORD
        places: list[Places] = []
        if by_requester or not in_discord:
            places.append(self._store.channels)
        if not by_requester:
            places.append(self._store.threads)
        try:
            async with asyncio.timeout(PATIENCE):
                for place in places:
                    there = await place.of_ticket(typing.ticket_id)
                    if there is not None and there.state is ChannelState.OPEN:
                        await self._client.http.send_typing(there.channel_id)
        except Exception as error:
            log.debug("typing on ticket %s is not shown: %s", typing.ticket_id, error)
