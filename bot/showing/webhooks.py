"""The webhook of a ticket's channel, through which messages appear under people's names."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import discord

from bot.connection.faults import WebhookIsGone, discord_faults
from bot.showing.names import Names
from tickets.ports.channels import Channel
from tickets.ports.store import Store

CALLED = ("Guildesk", "Support", "Desk")
"""What our webhooks are called: the first of these names that Discord takes."""


class Webhooks:
    """Makes them, finds them again, and forgets those that are gone."""

    def __init__(
        self, client: discord.Client, session: aiohttp.ClientSession, store: Store, names: Names
    ) -> None:
        self._client = client
        self._session = session
        self._store = store
        self._names = names

    async def with_webhook(self, channel: Channel) -> Channel:
        """The channel with its webhook, made unless it is there."""
        if channel.webhook_id is not None:
            return channel

        async def ask(given: Mapping[str, str | None]) -> Mapping[str, Any]:
            with discord_faults("making a webhook"):
                return await self._client.http.create_webhook(channel.channel_id, name=given["name"] or "")

        with discord_faults("looking for a webhook"):
            known = await self._client.http.channel_webhooks(channel.channel_id)
        ours = [it for it in known if self._is_ours(it)]
        made = ours[0] if ours else await self._names.taken({"name": CALLED}, ask, may_guess=True)
        channel = replace(channel, webhook_id=int(made["id"]), webhook_token=made["token"])
        await self._store.channels.save(channel)
        return channel

    async def forget(self, channel: Channel) -> None:
        """The webhook is gone."""
        await self._store.channels.save(replace(channel, webhook_id=None, webhook_token=None))

    def of(self, channel: Channel) -> discord.Webhook:
        """To post with. Raises WebhookIsGone."""
        if channel.webhook_id is None or channel.webhook_token is None:
            raise WebhookIsGone("the channel has no webhook", 0)
        return discord.Webhook.partial(channel.webhook_id, channel.webhook_token, session=self._session)

    def _is_ours(self, webhook: Mapping[str, Any]) -> bool:
        """Only the webhook's creator is shown its token."""
        by, me = webhook.get("user") or {}, self._client.user
        return bool(me and by.get("id") == str(me.id) and webhook.get("token"))
