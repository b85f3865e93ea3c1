"""Builds the leader's work in requesters' threads: showing, hearing, and archiving."""

from collections.abc import Callable, Coroutine, Mapping, Sequence

from discord.ext import commands

from bot.hearing.requesters import FollowingThreads, RequestersInbox
from bot.program.common import Common
from bot.showing.channels import TicketChannels
from bot.showing.copies import Copies
from bot.showing.departures import Departures
from bot.showing.outbox import Outbox
from bot.showing.quotes import Quotes
from bot.showing.requester_threads import RequesterThreads
from bot.showing.signing import Signing
from bot.showing.thread_lines import ThreadLines
from bot.showing.thread_sink import ArchivingThreads, ThreadSink
from bot.showing.uploads import Uploads
from bot.showing.webhooks import Webhooks
from cogs.thread_buttons import ButtonsInThreads
from tickets.relay import Relay


class RequestersWork:
    """Built before the client connects; ``threads`` and ``inbox`` are also for what members do."""

    def __init__(self, common: Common) -> None:
        it, options = common, common.options
        self._common = common
        self.threads = RequesterThreads(it.client, it.store, it.guild_map, it.names)
        self.inbox = RequestersInbox(
            it.client, it.desk, it.store, it.staff, it.guild_map.guild_id, options.inbox, options.language
        )
        self._following = FollowingThreads(
            it.client, it.store, it.guild_map, self.inbox, self.threads, options.sweep_every
        )

    @property
    def cogs(self) -> Sequence[commands.Cog]:
        return self.inbox, self._following

    def parts(
        self, uploads: Uploads, channels: TicketChannels
    ) -> Mapping[str, Callable[[], Coroutine[None, None, None]]]:
        """The parts that run while this process leads."""
        it, store, language = self._common, self._common.store, self._common.options.language
        places = store.threads
        signing = Signing(store, it.options.inbox.staff_names, language)
        quotes = Quotes(store, places, signing, it.guild_map.guild_id)
        webhooks = Webhooks(it.client, it.session, places, it.names)
        outbox = Outbox(it.client, places, webhooks, uploads, it.limits, it.names, quotes, signing)
        sink = ThreadSink(
            store,
            self.threads,
            ThreadLines(it.client, places, it.guild_map, language),
            Copies(store, outbox),
            signing,
            ButtonsInThreads(language),
            it.clock,
            it.options.archive_after,
            Departures(it.client, store, it.guild_map, channels),
        )
        shown = it.standing_still.telling(sink)
        archiving = it.standing_still.telling(ArchivingThreads(store, self.threads))
        return {
            "relay to requesters' threads": Relay(shown, store.backlog, store.bell, it.clock).run,
            "relay to the archiving of threads": Relay(archiving, store.timers, store.bell, it.clock).run,
            "requesters' inbox": self.inbox.run,
            "following threads": self._following.run,
        }
