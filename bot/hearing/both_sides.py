"""Runs an action in a channel's turn, after everything that either side wrote before is processed."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.hearing.inbox import Inbox
from bot.hearing.requesters import RequestersInbox
from tickets.ports.channels import ChannelState
from tickets.ports.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")


class BothSides:
    """See ``cogs.action.Turns``. So a ticket is closed after the requester's last message is processed,
    too."""

    def __init__(self, store: Store, inbox: Inbox, own: RequestersInbox) -> None:
        self._store = store
        self._inbox = inbox
        self._own = own

    async def in_turn(self, channel_id: int, act: Callable[[], Awaitable[T]]) -> T:
        channel = await self._store.channels.at(channel_id)
        thread = await self._store.threads.of_ticket(channel.ticket_id) if channel else None
        if thread is not None and thread.state is ChannelState.OPEN:
            try:
                await self._own.read_out(thread.channel_id)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("what was written in thread %s cannot be read: %s", thread.channel_id, error)
        return await self._inbox.in_turn(channel_id, act)
