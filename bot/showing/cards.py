"""The cards on top of tickets' channels: posted, pinned, and kept up to date.

A card never delays messages. Its edits are gathered. If Discord refuses one, the admins are told, and it is
tried again later."""

import asyncio
import logging
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

import discord
from aiolimiter import AsyncLimiter

from bot.connection.faults import ChannelIsGone, Refused
from bot.connection.guild import GuildMap
from bot.showing.admins import Admins
from bot.showing.card import Card, card_of
from bot.showing.card_facts import LookingUp
from bot.showing.card_posts import CardPosts
from bot.showing.gathering import BETWEEN_EDITS, Gathering
from bot.showing.pings import Pings
from texts.text import Text
from tickets.model import Status, Ticket, TicketId, UserKey
from tickets.ports.channels import Channel, ChannelState
from tickets.ports.lease import NotLeader
from tickets.ports.lists import TicketFilter
from tickets.ports.signals import Noted
from tickets.ports.sinks import Never, NotNow
from tickets.ports.store import Store, StoreUnavailable

log = logging.getLogger(__name__)

EDITS_A_SECOND = 10.0
"""Edits of all cards together. Discord takes 50 requests a second, and messages need them more."""
AT_ONCE = 4
"""So many cards are edited at the same time, so that one that Discord delays holds up no other."""
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 600.0
"""Seconds before a refused card is tried again: at first, and after many refusals."""
MOST_OF_ONE = 100
"""So many cards of a requester's open tickets are edited when staff writes a note about the requester."""
OPEN_STATUSES = frozenset(it for it in Status if not it.is_closed)
SOON = 3.0
"""Seconds before a card is tried again after another failure."""


@dataclass(frozen=True, slots=True)
class _Later:
    """When a card is due, and how often it was refused before."""

    due_at: float
    refusals: int = 0
    ping: bool = False


class Cards:
    """A card without a digest in the store needs work: it was refused, or is not pinned."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        guild_map: GuildMap,
        admins: Admins,
        looking_up: LookingUp,
        posts: CardPosts,
        pings: Pings,
        *,
        between: float = BETWEEN_EDITS,
        a_second: float = EDITS_A_SECOND,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._client = client
        self._store = store
        self._map = guild_map
        self._admins = admins
        self._looking_up = looking_up
        self._posts = posts
        self._pings = pings
        self._gathering = Gathering(between)
        self._first_pause = first_pause
        self._turns: WeakValueDictionary[TicketId, asyncio.Lock] = WeakValueDictionary()
        self._later: dict[TicketId, _Later] = {}
        self._busy: set[TicketId] = set()
        self._noted: set[UserKey] = set()
        self._news = asyncio.Event()
        self._pace = AsyncLimiter(a_second, 1)

    @property
    def is_behind(self) -> bool:
        """Whether a card is due now, or in work."""
        now = asyncio.get_running_loop().time()
        return bool(self._busy or self._noted) or any(
            not it.refusals and it.due_at <= now for it in self._later.values()
        )

    async def put_up(self, ticket: Ticket, channel: Channel, *, is_new: bool, ping: bool) -> Channel:
        """Post the card unless it is there. Returns the channel with its card, or without if Discord refuses
        it. ``is_new`` says that it cannot have been posted before."""
        async with self._turn(ticket.id):
            if self._waits(ticket.id):
                return channel
            there = await self._existing(ticket.id) or channel
            return await self._put_in_order(ticket, there, is_new=is_new, ping=ping)

    def refresh(self, ticket_id: TicketId) -> None:
        """Have the card show the ticket's present state: now, or once its last edit is long enough ago."""
        due_at = self._gathering.may_be_shown_at(ticket_id)
        known = self._later.get(ticket_id)
        if known is None:
            self._later[ticket_id] = _Later(due_at)
        else:
            self._later[ticket_id] = replace(known, due_at=known.due_at if known.refusals else due_at)
        self._news.set()

    async def is_gone(self, channel_id: int, message_ids: set[int]) -> None:
        """Messages were deleted. If the card or its rest is among them, it is posted again."""
        channel = await self._store.channels.at(channel_id)
        if channel is None or channel.card_id is None or channel.state is not ChannelState.OPEN:
            return
        if not message_ids.isdisjoint(await self.messages_in(channel)):
            await self._store.channels.card_shows(channel.ticket_id, channel.card_id, None)
            self.refresh(channel.ticket_id)

    async def messages_in(self, channel: Channel) -> list[int]:
        """The Discord ids of the card and, if there is one, of its rest."""
        rest = await self._posts.rest_in(channel) if ":" in (channel.card_digest or ":") else []
        return rest if channel.card_id is None else [channel.card_id, *rest]

    async def run(self) -> None:
        """Keep the cards up to date until cancelled, also those that were refused in an earlier process. At
        the beginning every card is checked, because an older program may have made it."""
        with ExitStack() as listening:
            signals = self._store.signals
            listening.callback(signals.reads.listen(lambda read: self.refresh(read.ticket_id)))
            listening.callback(signals.noted.listen(self._hear_noted))
            async with asyncio.TaskGroup() as tasks:
                await self._work(tasks)

    def _hear_noted(self, noted: Noted) -> None:
        self._noted.add(noted.user)
        self._news.set()

    async def _refresh_those_of(self, users: set[UserKey]) -> None:
        """Refresh the cards of all open tickets of these users, because they show what staff knows about the
        user."""
        for user in users:
            with suppress(StoreUnavailable):  # the cards show it once their tickets change
                theirs = TicketFilter(requester=user, statuses=OPEN_STATUSES)
                for ticket in await self._store.views.tickets(theirs, limit=MOST_OF_ONE):
                    self.refresh(ticket.id)

    async def _work(self, tasks: asyncio.TaskGroup) -> None:
        is_known = False
        while True:
            self._news.clear()
            is_known = is_known or await self._remembered()
            noted, self._noted = self._noted, set()
            await self._refresh_those_of(noted)
            now = asyncio.get_running_loop().time()
            for ticket_id in [it for it, later in self._later.items() if later.due_at <= now]:
                if ticket_id not in self._busy and len(self._busy) < AT_ONCE:
                    self._busy.add(ticket_id)
                    tasks.create_task(self._look_at(ticket_id))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._until_next() if is_known else SOON):
                    await self._news.wait()

    def _until_next(self) -> float | None:
        """Seconds until the next card is due that is not in work."""
        if len(self._busy) >= AT_ONCE:
            return None  # one of them has to end first
        due = min((it.due_at for at, it in self._later.items() if at not in self._busy), default=None)
        return None if due is None else max(due - asyncio.get_running_loop().time(), 0.0)

    async def _remembered(self) -> bool:
        """Load which cards need work. Returns whether the store could be read."""
        try:
            channels = await self._store.channels.open_ones()
        except StoreUnavailable as error:
            log.warning("the store is away, no card is looked at: %s", error)
            return False
        for channel in channels:
            is_in_order = channel.card_digest is not None
            due_at = asyncio.get_running_loop().time() + (0.0 if is_in_order else SOON)
            self._later.setdefault(channel.ticket_id, _Later(due_at, ping=not is_in_order))
        return True

    async def _look_at(self, ticket_id: TicketId) -> None:
        later = self._later[ticket_id]
        try:
            self._map.guild(self._client)  # while it is away nothing is tried
            self._gathering.looked(ticket_id)
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
        finally:
            self._busy.discard(ticket_id)
            if self._later.get(ticket_id) is later:
                del self._later[ticket_id]
            self._news.set()

    async def _put_in_order(
        self, ticket: Ticket, channel: Channel, *, is_new: bool = False, ping: bool = False
    ) -> Channel:
        """Post, edit and pin the card, as far as needed. Call it in the ticket's turn."""
        card = card_of(await self._looking_up.facts(ticket, channel))
        if await self._is_shown(card, channel):
            return channel
        was_pinned, asked = channel.card_digest is not None, None
        try:
            if channel.card_id is not None:
                await self._pace.acquire()
            card_id = await self._posts.edited(card, channel)
            if card_id is None:
                asked = await self._pings.for_new(ticket) if ping and channel.card_id is None else None
                card_id = await self._posts.posted(card, channel, is_new=is_new, asked=asked)
                was_pinned = False
            else:
                self._gathering.edited(ticket.id)
            await self._show_rest(card, channel)
        except (Refused, Never) as refusal:
            await self._refused(ticket.id, refusal, ping=ping)
            if channel.card_id is not None:
                await self._store.channels.card_shows(ticket.id, channel.card_id, None)
            return channel
        is_pinned = was_pinned or await self._pinned(ticket.id, channel, card_id)
        if is_pinned and self._later.get(ticket.id, _Later(0)).refusals:
            del self._later[ticket.id]
        shown = self._posts.digest(card, asked)
        digest = shown if is_pinned else None
        if card_id != channel.card_id:
            return await self._store.channels.change(channel, card_id=card_id, card_digest=digest)
        await self._store.channels.card_shows(ticket.id, card_id, digest)
        return replace(channel, card_digest=digest)

    async def _show_rest(self, card: Card, channel: Channel) -> None:
        """Show the card's rest, if it differs from before."""
        before = (channel.card_digest or "").partition(":")[2]
        if channel.card_digest is None or before != (card.rest.digest if card.rest else ""):
            await self._posts.show_rest(card, channel)

    async def _is_shown(self, card: Card, channel: Channel) -> bool:
        """Whether the card shows exactly the present state, so that "new" also disappears."""
        if channel.card_id is None or channel.card_digest is None:
            return False
        asked = [await self._pings.for_new(card.facts.ticket)] if card.is_new else []
        return any(channel.card_digest == self._posts.digest(card, it) for it in (*asked, None))

    async def _pinned(self, ticket_id: TicketId, channel: Channel, card_id: int) -> bool:
        """Pin the card, and return whether it is pinned. A failed pin delays nothing and is tried again."""
        try:
            await self._posts.pin(channel, card_id)
        except ChannelIsGone:
            raise
        except (Refused, Never) as refusal:
            await self._refused(ticket_id, refusal, ping=False)
            return False
        except NotNow as later:
            log.info("the card of ticket %s is not pinned yet: %s", ticket_id, later)
            self._try_soon(ticket_id, self._later.get(ticket_id) or _Later(0.0))
            return False
        return True

    async def _refused(self, ticket_id: TicketId, refusal: Exception, *, ping: bool) -> None:
        known = self._later.get(ticket_id)
        refusals = known.refusals + 1 if known else 1
        pause = min(self._first_pause * 2.0 ** min(refusals - 1, 16), LONGEST_PAUSE)
        self._later[ticket_id] = _Later(asyncio.get_running_loop().time() + pause, refusals, ping)
        self._news.set()
        await self._admins.tell(Text("card-is-refused", why=str(refusal)))

    def _try_soon(self, ticket_id: TicketId, later: _Later) -> None:
        self._later[ticket_id] = replace(later, due_at=asyncio.get_running_loop().time() + SOON)
        self._news.set()

    def _waits(self, ticket_id: TicketId) -> bool:
        """Whether the card has to wait, because Discord has refused it lately."""
        later = self._later.get(ticket_id)
        return later is not None and later.refusals > 0 and later.due_at > asyncio.get_running_loop().time()

    def _turn(self, ticket_id: TicketId) -> asyncio.Lock:
        """The lock that is held while the ticket's card is posted or edited."""
        return self._turns.setdefault(ticket_id, asyncio.Lock())

    async def _existing(self, ticket_id: TicketId) -> Channel | None:
        channel = await self._store.channels.of_ticket(ticket_id)
        return channel if channel and channel.state is ChannelState.OPEN else None
