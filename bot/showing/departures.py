"""Tells staff that the requester of a ticket is not in the guild any more, so that nobody waits for them."""

import logging
import time
from collections.abc import Callable
from typing import Final

import discord

from bot.connection.faults import discord_faults
from bot.connection.guild import GuildMap
from bot.showing.channels import TicketChannels
from bot.showing.outbox import nonce
from bot.showing.rebuilt import time_there
from bot.showing.texts import plain
from cogs.members import Members
from texts.text import Text
from tickets.events import CloseAsked, Event, MessagePosted, TicketOpened
from tickets.model import AuthorType, MessageId, Ticket, TicketId, UserKey
from tickets.ports.channels import Channel, Link
from tickets.ports.sinks import NotNow
from tickets.ports.store import Store

log = logging.getLogger(__name__)

LOOKED_BACK: Final = 50
"""So many events are read to find the requester's last one."""
BETWEEN_LOOKS: Final = 600.0
"""Seconds. Discord does not say that somebody has left, so it is asked, but not at every answer."""
MOST_KEPT: Final = 10_000


class Departures:
    """Looks whether requesters who talk in threads are still members of the guild."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        channels: TicketChannels,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._channels = channels
        self._members = Members(store)
        self._monotonic = monotonic
        self._looked_at: dict[TicketId, float] = {}

    async def look(self, thread: Channel, event: Event, ticket: Ticket) -> None:
        """After something was shown to the requester: say in the ticket's channel if they cannot read it.

        It is said once since they last did something. A look that fails is not repeated soon."""
        if event.actor.type is AuthorType.REQUESTER:
            self._looked_at.pop(ticket.id, None)  # they are here, and the next answer has a look again
            return
        is_for_them = isinstance(event.data, MessagePosted | CloseAsked | TicketOpened)
        if not is_for_them or await time_there(self._store.threads, thread, event.at):
            return
        now = self._monotonic()
        if now < self._looked_at.get(ticket.id, float("-inf")) + BETWEEN_LOOKS:
            return
        self._looked_at.pop(ticket.id, None)
        self._looked_at[ticket.id] = now
        if len(self._looked_at) > MOST_KEPT:
            del self._looked_at[next(iter(self._looked_at))]
        try:
            if not await self._is_member(ticket.requester):
                await self._tell(event, ticket)
        except NotNow as later:
            log.info("ticket %d: whether its requester is here is not known: %s", ticket.number, later)

    async def _is_member(self, requester: UserKey) -> bool:
        member = await self._members.discord_id(requester)
        if member is None:
            return False
        with discord_faults("looking for a requester"):
            try:
                await self._client.http.get_member(self._map.guild_id, member)
            except discord.NotFound:
                return False
        return True

    async def _tell(self, event: Event, ticket: Ticket) -> None:
        channel = await self._channels.existing(ticket.id)
        since = max(0, event.seq - LOOKED_BACK)
        before = await self._store.log.events(ticket.id, after=since, upto=event.seq)
        spoke = [it.seq for it in before if it.actor.type is AuthorType.REQUESTER]
        record = MessageId(f"{ticket.id}:departed{spoke[-1] if spoke else ''}")
        if channel is None or await self._store.channels.links(ticket.id, record):
            return
        people = await self._store.people.people([ticket.requester])
        name = people[ticket.requester].name if ticket.requester in people else ticket.requester.id
        has_account = "yes" if ticket.requester.issuer == UserKey.ACCOUNTS else "no"
        words = Text("requester-has-left", who=plain(name), account=has_account)
        sent = await self._channels.say(channel, words, nonce(event, 60))
        link = Link(ticket_id=ticket.id, message_id=record, channel_id=channel.channel_id, discord_id=sent.id)
        await self._store.channels.link(link)
