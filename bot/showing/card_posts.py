"""A card as messages in Discord: posted, edited and pinned, with a second message for what is too long."""

import logging
from collections.abc import Sequence

import discord

from bot.connection.faults import MessageIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.card import Card, Rest, ticket_on
from bot.showing.doubles import remove_former
from bot.showing.pings import NOBODY, Pinged
from cogs.card_buttons import CardButton
from tickets.model import MessageId, TicketId
from tickets.ports.channels import Channel, Link
from tickets.ports.store import Store

log = logging.getLogger(__name__)

CARD_IS_AMONG = 20
"""The card is posted first in a channel, unless it was refused then. So a lost card is searched for among so
many of the oldest and of the newest messages."""


class CardPosts:
    """Every method raises what ``discord_faults`` makes of a refusal."""

    def __init__(
        self, client: discord.Client, store: Store, guild_map: GuildMap, buttons: Sequence[CardButton]
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._buttons = buttons

    def digest(self, card: Card, asked: Pinged | None) -> str:
        """The digest of the card as this bot shows it."""
        return card.digest(self._buttons, self._client.application_id, asked)

    async def edited(self, card: Card, channel: Channel) -> int | None:
        """Edit the card. Returns its message, or None if there is none. A card of an older program, which
        has an embed, becomes one of components."""
        if channel.card_id is None:
            return None
        message = self._messageable(channel).get_partial_message(channel.card_id)
        try:
            with discord_faults("editing a card"):
                await message.edit(
                    content=None,
                    embeds=[],
                    attachments=[],
                    view=card.view(self._buttons),
                    allowed_mentions=NOBODY,
                )
        except MessageIsGone:
            log.warning(
                "the card of ticket %s was removed by hand, or is another bot's; posting it again",
                card.facts.ticket.number,
            )
            await remove_former(message)
            return None
        return channel.card_id

    async def posted(self, card: Card, channel: Channel, *, is_new: bool, asked: Pinged | None) -> int:
        """The card's message. It is posted if it is not there, with a ping for those who are ``asked``.
        ``is_new`` says that it cannot have been posted before."""
        was_there = channel.card_id is not None  # somebody has removed it
        if not is_new and not was_there:
            found = await self._found(card.facts.ticket.id, channel)
            if found is not None:
                return found
        with discord_faults("posting a card"):
            message = await self._messageable(channel).send(
                view=card.view(self._buttons, asked),
                nonce=f"card:{channel.card_id or channel.channel_id}",
                allowed_mentions=asked.allowed if asked else NOBODY,
            )
        return message.id

    async def pin(self, channel: Channel, card_id: int) -> None:
        """Pin the card. Discord posts a line about this, which ``bot/hearing`` removes."""
        with discord_faults("pinning a card"):
            await self._messageable(channel).get_partial_message(card_id).pin()

    async def show_rest(self, card: Card, channel: Channel) -> None:
        """Post or edit the message with what the card has no room for, or remove it if it is not needed."""
        ticket_id, rest = card.facts.ticket.id, card.rest
        there = await self.rest_in(channel)
        if rest is None:
            for discord_id in there:
                await self._removed(channel, discord_id)
        elif not there or not await self._rest_edited(rest, channel, there[0]):
            with discord_faults("posting the rest of a card"):
                message = await self._messageable(channel).send(
                    view=rest.view(),
                    files=rest.files(),
                    nonce=f"rest:{channel.channel_id}",
                    allowed_mentions=NOBODY,
                )
            await self._store.channels.link(
                Link(
                    ticket_id=ticket_id,
                    message_id=_rest_of(ticket_id),
                    channel_id=channel.channel_id,
                    discord_id=message.id,
                )
            )

    async def rest_in(self, channel: Channel) -> list[int]:
        """The Discord ids of that message; empty if there is none."""
        links = await self._store.channels.links(channel.ticket_id, _rest_of(channel.ticket_id))
        return [it.discord_id for it in links if it.channel_id == channel.channel_id]

    async def _rest_edited(self, rest: Rest, channel: Channel, discord_id: int) -> bool:
        message = self._messageable(channel).get_partial_message(discord_id)
        try:
            with discord_faults("editing the rest of a card"):
                await message.edit(view=rest.view(), attachments=rest.files(), allowed_mentions=NOBODY)
        except MessageIsGone:
            await remove_former(message)
            return False
        return True

    async def _removed(self, channel: Channel, discord_id: int) -> None:
        try:
            with discord_faults("removing the rest of a card"):
                await self._messageable(channel).get_partial_message(discord_id).delete()
        except MessageIsGone:
            log.debug("the rest of a card, message %s, was gone already", discord_id)

    async def _found(self, ticket_id: TicketId, channel: Channel) -> int | None:
        """A card that was posted but not recorded."""
        with discord_faults("looking for a card"):
            for oldest_first in (True, False):
                history = self._messageable(channel).history(limit=CARD_IS_AMONG, oldest_first=oldest_first)
                seen = 0
                async for message in history:
                    seen += 1
                    if message.author == self._client.user and ticket_on(message) == ticket_id:
                        return message.id
                if seen < CARD_IS_AMONG:
                    break
        return None

    def _messageable(self, channel: Channel) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel.channel_id, guild_id=self._map.guild_id)


def _rest_of(ticket_id: TicketId) -> MessageId:
    """The id of the link to the second message of a card."""
    return MessageId(f"{ticket_id}:rest")
