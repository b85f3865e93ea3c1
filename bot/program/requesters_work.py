"""Builds the leader's work in requesters' threads: showing, hearing, and archiving."""

from collections.abc import Callable, Coroutine, Mapping, Sequence

import discord
from discord.ext import commands

from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.intake import InboxOptions
from bot.hearing.requesters import FollowingThreads, RequestersInbox
from bot.showing.channels import TicketChannels
from bot.showing.copies import Copies
from bot.showing.departures import Departures
from bot.showing.names import Names
from bot.showing.outbox import Outbox
from bot.showing.quotes import Quotes
from bot.showing.requester_threads import RequesterThreads
from bot.showing.signing import Signing
from bot.showing.standing_still import StandingStill
from bot.showing.thread_lines import ThreadLines
from bot.showing.thread_sink import ArchivingThreads, ThreadSink
from bot.showing.uploads import Uploads
from bot.showing.webhooks import Webhooks
from cogs.staff import Staff
from cogs.thread_buttons import ButtonsInThreads
from texts.language import Language
from tickets.desks.ticket_desk import Desk
from tickets.model import Millis
from tickets.ports.store import Clock, Store
from tickets.relay import Relay


class RequestersWork:
    """Built before the client connects; ``threads`` and ``inbox`` are also for what members do."""

    def __init__(
        self,
        client: discord.Client,
        guild_map: GuildMap,
        store: Store,
        desk: Desk,
        staff: Staff,
        options: InboxOptions,
        language: Language,
        names: Names,
        sweep_every: float,
    ) -> None:
        self._client = client
        self._map = guild_map
        self._store = store
        self._options = options
        self._language = language
        self._names = names
        self.threads = RequesterThreads(client, store, guild_map, names)
        self.inbox = RequestersInbox(client, desk, store, staff, guild_map.guild_id, options, language)
        self._following = FollowingThreads(client, store, guild_map, self.inbox, self.threads, sweep_every)

    @property
    def cogs(self) -> Sequence[commands.Cog]:
        return self.inbox, self._following

    def parts(
        self,
        webhooks: Webhooks,
        uploads: Uploads,
        channels: TicketChannels,
        limits: WebhookLimits,
        clock: Clock,
        archive_after: Millis,
        standing_still: StandingStill,
    ) -> Mapping[str, Callable[[], Coroutine[None, None, None]]]:
        """The parts that run while this process leads."""
        store, places = self._store, self._store.threads
        signing = Signing(store, self._options.staff_names, self._language)
        quotes = Quotes(store, places, signing, self._map.guild_id)
        outbox = Outbox(self._client, places, webhooks, uploads, limits, self._names, quotes, signing)
        sink = ThreadSink(
            store,
            self.threads,
            ThreadLines(self._client, places, self._map, self._language),
            Copies(store, outbox),
            signing,
            ButtonsInThreads(self._language),
            clock,
            archive_after,
            Departures(self._client, store, self._map, channels),
        )
        archiving = standing_still.telling(ArchivingThreads(store, self.threads))
        return {
            "relay to requesters' threads": Relay(
                standing_still.telling(sink), store.backlog, store.bell, clock
            ).run,
            "relay to the archiving of threads": Relay(archiving, store.timers, store.bell, clock).run,
            "requesters' inbox": self.inbox.run,
            "following threads": self._following.run,
        }
