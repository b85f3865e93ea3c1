"""Deletes everything that Discord has of an erased ticket: its channel, its transcript, and lines in other
channels."""

import logging
from contextlib import suppress

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.channels import TicketChannels
from config.faults import ERASURE_STANDS_STILL, RETENTION_STANDS_STILL
from tickets.events import Event
from tickets.forgetting import StandStill
from tickets.model import Millis, Ticket, TicketId
from tickets.ports.channels import TRANSCRIPT_POSTS, Link
from tickets.ports.sinks import NotNow, SinkName
from tickets.ports.store import Clock, Store
from tickets.retention import StaysFor

log = logging.getLogger(__name__)

LOG_WITHIN: Millis = 10 * 60_000
"""Milliseconds that the log channel may take for lines that were due before."""


async def tell_of_erasures(admins: Admins, stand_still: StandStill) -> None:
    """Tell the admins of each erasure that stands still, and list it in ``/readyz`` as long as it does."""
    faults = [ERASURE_STANDS_STILL.of(id=id_, why=why) for id_, why in stand_still.items()]
    await admins.found("erasing", faults)


async def tell_of_retention(admins: Admins, stays_for: StaysFor) -> None:
    """The same for the first ticket that retention could not remove completely."""
    faults = [RETENTION_STANDS_STILL.of(number=number, why=why) for number, why in stays_for.items()]
    await admins.found("retention", faults[:1])


class Erased:
    """The sink of erasures. If it is done again, it finds nothing left."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        channels: TicketChannels,
        guild_map: GuildMap,
        clock: Clock,
    ) -> None:
        self._client = client
        self._store = store
        self._channels = channels
        self._map = guild_map
        self._clock = clock

    async def show(self, event: Event, ticket: Ticket) -> None:
        """Delete everything that shows the ticket. Raises NotNow."""
        await self._until_all_is_linked(event)
        channel = await self._store.channels.of_ticket(ticket.id)
        if channel is not None:
            await self._channels.erase(channel)
        gone = set() if channel is None else {channel.channel_id}
        for extra in self._map.guild(self._client).text_channels:
            if self._channels.ticket_marked_on(extra) == ticket.id and extra.id not in gone:
                with suppress(ChannelIsGone), discord_faults("deleting a channel"):
                    await extra.delete(reason="what was written in this ticket is erased")
        for link in await self._store.channels.links_of(ticket.id):
            if link.channel_id in gone:
                continue
            there = self._client.get_partial_messageable(link.channel_id, guild_id=self._map.guild_id)
            try:
                with suppress(MessageIsGone), discord_faults("deleting what shows a ticket"):
                    await there.get_partial_message(link.discord_id).delete()
            except ChannelIsGone:  # a channel that was rebuilt since
                gone.add(link.channel_id)
        await self._store.channels.unlink(ticket.id)
        log.info("ticket %d: nothing of it is left in Discord", ticket.number)

    async def remove_transcripts(self, ticket_id: TicketId) -> None:
        """Delete the posts with its transcripts and feedback. Their links stay, so none is filed again.
        Raises NotNow and Never."""
        self._map.guild(self._client)
        for link in await self._store.channels.links_of(ticket_id):
            if link.message_id.endswith(TRANSCRIPT_POSTS):
                await self.remove(link)

    async def remove(self, link: Link) -> None:
        """Delete a post. Its link stays, so it is not posted again. Raises NotNow and Never."""
        self._map.guild(self._client)
        there = self._client.get_partial_messageable(link.channel_id, guild_id=self._map.guild_id)
        with suppress(MessageIsGone, ChannelIsGone), discord_faults("deleting what names somebody"):
            await there.get_partial_message(link.discord_id).delete()

    async def _until_all_is_linked(self, event: Event) -> None:
        """Wait for lines that are on their way into the log channel: raises NotNow."""
        is_late = self._clock() > event.at + LOG_WITHIN
        if self._map.log_channel_id is None or is_late:
            return
        if await self._store.backlog.pending(SinkName.LOG, event.ticket_id):
            raise NotNow("a line for the log channel is on its way", 1.0)
