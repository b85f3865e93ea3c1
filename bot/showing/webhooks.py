"""Webhooks of channels, through which messages appear under people's names."""

import asyncio
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
import discord

from bot.connection.faults import WebhookIsGone, discord_faults
from bot.showing.names import Names
from tickets.ports.channels import Channel, Places

CALLED = ("Guildesk", "Support", "Desk")
"""The names of our webhooks: the first one that Discord accepts."""


class Webhooks:
    """Makes webhooks, finds them again, and forgets those that are gone."""

    def __init__(
        self, client: discord.Client, session: aiohttp.ClientSession, places: Places, names: Names
    ) -> None:
        self._client = client
        self._session = session
        self._places = places
        self._names = names
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        """Locks by channel: threads share the webhook of their channel, so it must not be made twice."""
        self._new: set[int] = set()
        """Channels that this process has made, and in which it has not begun to make a webhook."""

    def created_here(self, channel: Channel) -> None:
        """The channel is new, so nobody need look for its webhook."""
        self._new.add(channel.channel_id)

    async def with_webhook(self, channel: Channel) -> Channel:
        """The channel with its webhook, which is made if necessary."""
        if channel.webhook_id is not None:
            return channel
        home = channel.parent_id or channel.channel_id
        async with self._turns.setdefault(home, asyncio.Lock()):
            is_new = home in self._new
            self._new.discard(home)  # whoever hears no answer looks for what was made
            found = None if is_new else await self._found(home)
            made = found or await self._made(home)
        return await self._places.change(channel, webhook_id=int(made["id"]), webhook_token=made["token"])

    async def _found(self, home: int) -> Mapping[str, Any] | None:
        with discord_faults("looking for a webhook"):
            known = await self._client.http.channel_webhooks(home)
        return next((it for it in known if self._is_ours(it)), None)

    async def _made(self, home: int) -> Mapping[str, Any]:
        async def ask(given: Mapping[str, str | None]) -> Mapping[str, Any]:
            with discord_faults("making a webhook"):
                return await self._client.http.create_webhook(home, name=given["name"] or "")

        return await self._names.taken({"name": CALLED}, ask, may_guess=True)

    async def forget(self, channel: Channel) -> None:
        """The webhook is gone."""
        await self._places.change(channel, webhook_id=None, webhook_token=None)

    def of(self, channel: Channel) -> discord.Webhook:
        """The webhook to post with. Raises WebhookIsGone."""
        if channel.webhook_id is None or channel.webhook_token is None:
            raise WebhookIsGone("the channel has no webhook", 0)
        return discord.Webhook.partial(channel.webhook_id, channel.webhook_token, session=self._session)

    def _is_ours(self, webhook: Mapping[str, Any]) -> bool:
        """Only the webhook's creator is shown its token."""
        by, me = webhook.get("user") or {}, self._client.user
        return bool(me and by.get("id") == str(me.id) and webhook.get("token"))
