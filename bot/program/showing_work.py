"""Builds what shows tickets in their channels."""

from bot.hearing.inbox import Inbox
from bot.program.acting import Acting
from bot.program.common import Common
from bot.showing.absorbed import Absorbed
from bot.showing.card_facts import LookingUp
from bot.showing.card_posts import CardPosts
from bot.showing.cards import Cards
from bot.showing.categories import Categories
from bot.showing.channels import TicketChannels
from bot.showing.earlier import Earlier
from bot.showing.erased import Erased
from bot.showing.feedback_posts import FeedbackPosts
from bot.showing.notices import Notices
from bot.showing.outbox import Outbox
from bot.showing.pings import Pings
from bot.showing.quotes import Quotes
from bot.showing.removal import RemovalOfChannels
from bot.showing.signing import Signing
from bot.showing.sink import DiscordSink
from bot.showing.transcript_posts import TranscriptPosts
from bot.showing.uploads import Uploads
from bot.showing.webhooks import Webhooks
from tickets.file_urls import FileUrls


class ShowingWork:
    """The sink of tickets' channels and their removal, with all that they are built of."""

    def __init__(self, common: Common, acting: Acting, inbox: Inbox) -> None:
        it, options, language = common, common.options, common.options.language
        client, store, guild_map = it.client, it.store, it.guild_map
        self.categories = Categories(
            client, store, guild_map, it.admins, it.marks, it.names, options.channel_names
        )
        pings = Pings(store.agents, store.log, guild_map.roles, options.pings)
        self.cards = Cards(
            client,
            store,
            guild_map,
            it.admins,
            LookingUp(store, guild_map.guild_id, language, options.desk_file.forms),
            CardPosts(client, store, guild_map, acting.on_cards),
            pings,
            between=options.cards_between,
            a_second=options.cards_a_second,
            first_pause=options.cards_again_after,
        )
        self.channels = TicketChannels(
            client, store, guild_map, self.categories, self.cards, it.marks, language
        )
        urls = FileUrls(options.public_url, store.deployment.secret)
        self.uploads = Uploads(client, guild_map, store.files, urls, language, options.inbox.max_file_bytes)
        files = acting.transcripts
        transcripts = TranscriptPosts(
            client, store, guild_map, files, self.uploads, it.admins, acting.on_transcripts
        )
        self.erased = Erased(client, store, self.channels, guild_map, it.clock)
        self.sink = DiscordSink(
            store,
            self.channels,
            Notices(store, self.channels, it.lines, acting.on_notices, acting.on_plans),
            self.cards,
            self._outbox(it),
            self.uploads,
            transcripts,
            FeedbackPosts(
                client,
                store,
                guild_map,
                self.uploads,
                files.reader,
                files.url,
                it.clock,
                options.kept_for.transcripts,
            ),
            pings,
            inbox.read_out,
            Absorbed(store, self.uploads, files),
            it.clock,
            options.close_grace,
            Earlier(store, self.channels, self.uploads, urls, files.reader, options.shown_again),
            self.erased,
        )
        self.removal = RemovalOfChannels(store, self.channels, transcripts, inbox.read_out, it.clock)

    def _outbox(self, it: Common) -> Outbox:
        """What posts into tickets' channels."""
        places = it.store.channels
        webhooks = Webhooks(it.client, it.session, places, it.names)
        signing = Signing(it.store, language=it.options.language)
        quotes = Quotes(it.store, places, signing, it.guild_map.guild_id)
        return Outbox(it.client, places, webhooks, self.uploads, it.limits, it.names, quotes, signing)
