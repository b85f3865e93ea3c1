"""The cards on top of tickets' channels: posted, pinned, and kept as the tickets are.

A card never holds up messages. If Discord refuses one, the admins are told and it is tried again later."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import discord

from bot.connection.faults import ChannelIsGone, MessageIsGone, Refused, discord_faults
from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.card import card_of, description_of, digest, headline
from bot.showing.pings import NOBODY, Pinged, Pings
from bot.showing.read_marks import ReadMarks
from cogs.card_buttons import CardButton, view_to_show
from texts.language import Language
from tickets.model import Ticket, TicketId
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

CARD_IS_AMONG = 20
"""The card is posted first, unless it was refused then. So it is looked for among this many of the oldest and
of the newest messages."""
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0
"""Seconds before a card is tried again that Discord has refused: at first, and after many refusals."""
SOON = 3.0
"""Seconds before a card is tried again that failed in another way."""


@dataclass(frozen=True, slots=True)
class _Later:
    """When a card is tried again, and how often it was refused before."""

    due_at: float
    refusals: int
    ping: bool


class Cards:
    """In the store a card without a digest is not in order: it was refused, or is not pinned."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        admins: Admins,
        seen: ReadMarks,
        pings: Pings,
        buttons: Sequence[CardButton],
        language: Language,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._admins = admins
        self._seen = seen
        self._pings = pings
        self._buttons = buttons
        self._language = language
        self._first_pause = first_pause
        self._turns: WeakValueDictionary[TicketId, asyncio.Lock] = WeakValueDictionary()
        self._later: dict[TicketId, _Later] = {}
        self._news = asyncio.Event()

    async def put_up(self, ticket: Ticket, channel: Channel, *, is_new: bool, ping: bool) -> Channel:
        """The channel with its card, posted unless it is there; without it, where Discord refuses it.

        ``is_new`` if nobody can have posted it before."""
        async with self._turn(ticket.id):
            if self._waits(ticket.id):
                return channel
            there = await self._existing(ticket.id) or channel
            return await self._put_in_order(ticket, there, is_new=is_new, ping=ping)

    async def refresh(self, ticket: Ticket) -> None:
        """Edit the card if it does not show the ticket as it is."""
        async with self._turn(ticket.id):
            channel = await self._existing(ticket.id)
            if channel is not None and channel.card_id is not None and not self._waits(ticket.id):
                await self._put_in_order(ticket, channel)

    async def refresh_of(self, ticket_id: TicketId) -> None:
        """The same, from outside the sink. A ticket that is read in its turn is not older than the card."""
        async with self._turn(ticket_id):
            ticket = await self._store.views.ticket(ticket_id)
            channel = await self._existing(ticket_id)
            if ticket is not None and channel is not None and channel.card_id and not self._waits(ticket_id):
                await self._put_in_order(ticket, channel)

    async def run(self) -> None:
        """Try refused cards again, also those of an earlier process, until cancelled."""
        is_known = False
        while True:
            self._news.clear()
            is_known = is_known or await self._remembered()
            now = time.monotonic()
            for ticket_id in [it for it, later in self._later.items() if later.due_at <= now]:
                await self._again(ticket_id)
            due = min((it.due_at for it in self._later.values()), default=None)
            with suppress(TimeoutError):
                async with asyncio.timeout(_until(due) if is_known else SOON):
                    await self._news.wait()

    async def _remembered(self) -> bool:
        """Whether the store could be asked which cards are not in order."""
        try:
            channels = await self._store.channels.open_ones()
        except StoreUnavailable as error:
            log.warning("the store is away, no card is tried again: %s", error)
            return False
        for channel in channels:
            if channel.card_digest is None:
                self._try_soon(channel.ticket_id, _Later(0.0, 0, ping=True))
        return True

    async def _again(self, ticket_id: TicketId) -> None:
        later = self._later[ticket_id]
        try:
            self._map.guild(self._client)  # while it is away nothing is tried
            async with self._turn(ticket_id):
                ticket = await self._store.views.ticket(ticket_id)
                channel = await self._existing(ticket_id)
                if ticket is not None and channel is not None and (channel.card_id or not ticket.is_closed):
                    await self._put_in_order(ticket, channel, ping=later.ping)
        except ChannelIsGone:
            log.debug("the channel of ticket %s is gone, and its card with it", ticket_id)
        except (NotNow, StoreUnavailable) as problem:
            log.info("the card of ticket %s waits: %s", ticket_id, problem)
            self._try_soon(ticket_id, later)
        except NotLeader:
            raise
        except Exception:
            log.exception("the card of ticket %s could not be tried again", ticket_id)
        if self._later.get(ticket_id) is later:
            del self._later[ticket_id]

    async def _put_in_order(
        self, ticket: Ticket, channel: Channel, *, is_new: bool = False, ping: bool = False
    ) -> Channel:
        """Post, edit and pin the card, as far as needed. To be called in the ticket's turn."""
        embed = await self._embed(ticket, channel)
        shown, was_pinned = digest(embed, ticket), channel.card_digest is not None
        if channel.card_id is not None and channel.card_digest == shown:
            return channel
        try:
            card_id = await self._edited(ticket, channel, embed)
            if card_id is None:
                card_id = await self._posted(ticket, channel, embed, is_new=is_new, ping=ping)
                was_pinned = False
        except (Refused, Never) as refusal:
            await self._refused(ticket.id, refusal, ping=ping)
            if channel.card_id is not None:
                await self._store.channels.card_shows(ticket.id, channel.card_id, None)
            return channel
        is_pinned = was_pinned or await self._pinned(ticket.id, channel, card_id)
        if is_pinned:
            self._later.pop(ticket.id, None)
        there = replace(channel, card_id=card_id, card_digest=shown if is_pinned else None)
        if card_id == channel.card_id:
            await self._store.channels.card_shows(ticket.id, card_id, there.card_digest)
        else:
            await self._store.channels.save(there)
        return there

    async def _edited(self, ticket: Ticket, channel: Channel, embed: discord.Embed) -> int | None:
        """The card that shows the ticket now; None if there is none."""
        if channel.card_id is None:
            return None
        card = self._messageable(channel).get_partial_message(channel.card_id)
        view = None if ticket.is_closed else view_to_show(self._buttons, self._language)
        try:
            pinged = None if ticket.is_closed else await self._pings.for_new(ticket)  # an edit pings nobody
            with discord_faults("editing a card"):
                await card.edit(
                    content=_above(ticket, pinged),
                    embed=embed,
                    view=view,
                    attachments=description_of(ticket),
                )
        except MessageIsGone:
            log.warning("the card of ticket %s was removed by hand; posting it again", ticket.number)
            return None
        return channel.card_id

    async def _posted(
        self, ticket: Ticket, channel: Channel, embed: discord.Embed, *, is_new: bool, ping: bool
    ) -> int:
        was_there = channel.card_id is not None  # somebody has removed it
        if not is_new and not was_there and (found := await self._found(ticket, channel)) is not None:
            return found
        pinged = await self._pings.for_new(ticket) if ping and not was_there else None
        with discord_faults("posting a card"):
            card = await self._messageable(channel).send(
                _above(ticket, pinged),
                embed=embed,
                view=view_to_show(self._buttons, self._language),
                files=description_of(ticket),
                nonce=f"card:{channel.card_id or channel.channel_id}",
                allowed_mentions=pinged.allowed if pinged else NOBODY,
            )
        return card.id

    async def _found(self, ticket: Ticket, channel: Channel) -> int | None:
        """A card that was posted but not recorded."""
        with discord_faults("looking for a card"):
            for oldest_first in (True, False):
                history = self._messageable(channel).history(limit=CARD_IS_AMONG, oldest_first=oldest_first)
                seen = 0
                async for message in history:
                    seen += 1
                    footers = [embed.footer.text for embed in message.embeds]
                    if message.author == self._client.user and f"Ticket {ticket.id}" in footers:
                        return message.id
                if seen < CARD_IS_AMONG:
                    break
        return None

    async def _pinned(self, ticket_id: TicketId, channel: Channel, card_id: int) -> bool:
        """Whether the card is pinned now. A pin never holds anything up; it is tried again."""
        try:
            with discord_faults("pinning a card"):
                await self._messageable(channel).get_partial_message(card_id).pin()
        except ChannelIsGone:
            raise
        except (Refused, Never) as refusal:
            await self._refused(ticket_id, refusal, ping=False)
            return False
        except NotNow as later:
            log.info("the card of ticket %s is not pinned yet: %s", ticket_id, later)
            self._try_soon(ticket_id, self._later.get(ticket_id) or _Later(0.0, 0, ping=False))
            return False
        return True

    async def _refused(self, ticket_id: TicketId, refusal: Exception, *, ping: bool) -> None:
        known = self._later.get(ticket_id)
        refusals = known.refusals + 1 if known else 1
        pause = min(self._first_pause * 2.0 ** min(refusals - 1, 16), LONGEST_PAUSE)
        self._later[ticket_id] = _Later(time.monotonic() + pause, refusals, ping)
        self._news.set()
        await self._admins.tell(f"Discord refuses the card of a ticket; it is tried again: {refusal}")

    def _try_soon(self, ticket_id: TicketId, later: _Later) -> None:
        self._later[ticket_id] = replace(later, due_at=time.monotonic() + SOON)
        self._news.set()

    def _waits(self, ticket_id: TicketId) -> bool:
        """Whether Discord has refused the card lately."""
        later = self._later.get(ticket_id)
        return later is not None and later.refusals > 0 and later.due_at > time.monotonic()

    def _turn(self, ticket_id: TicketId) -> asyncio.Lock:
        """Held while the ticket's card is posted or edited."""
        return self._turns.setdefault(ticket_id, asyncio.Lock())

    async def _existing(self, ticket_id: TicketId) -> Channel | None:
        channel = await self._store.channels.of_ticket(ticket_id)
        return channel if channel and channel.state is ChannelState.OPEN else None

    async def _embed(self, ticket: Ticket, channel: Channel) -> discord.Embed:
        keys = [key for key in (ticket.requester, ticket.assignee) if key]
        people = await self._store.people.people(keys)
        return card_of(ticket, people, await self._seen.on_card(ticket, channel, self._map.guild_id))

    def _messageable(self, channel: Channel) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel.channel_id, guild_id=self._map.guild_id)


def _above(ticket: Ticket, pinged: Pinged | None) -> str:
    """The words above the card."""
    return f"{pinged.mention} {headline(ticket)}" if pinged else headline(ticket)


def _until(moment: float | None) -> float | None:
    return None if moment is None else max(moment - time.monotonic(), 0.0)
