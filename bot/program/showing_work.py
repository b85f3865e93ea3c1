"""Builds what shows tickets in their channels."""

import aiohttp

from bot.connection.client import GuildClient
from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.inbox import Inbox
from bot.program.acting import Acting
from bot.program.guild_options import GuildOptions
from bot.showing.absorbed import Absorbed
from bot.showing.admins import Admins
from bot.showing.card_facts import LookingUp
from bot.showing.card_posts import CardPosts
from bot.showing.cards import Cards
from bot.showing.categories import Categories
from bot.showing.channel_marks import Marks
from bot.showing.channels import TicketChannels
from bot.showing.earlier import Earlier
from bot.showing.erased import Erased
from bot.showing.feedback_posts import FeedbackPosts
from bot.showing.lines import Lines
from bot.showing.names import Names
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
from tickets.ports.store import Clock, Store


class ShowingWork:
    """The sink of tickets' channels and their removal, with all that they are built of."""

    def __init__(
        self,
        client: GuildClient,
        session: aiohttp.ClientSession,
        limits: WebhookLimits,
        guild_map: GuildMap,
        store: Store,
        clock: Clock,
        options: GuildOptions,
        admins: Admins,
        names: Names,
        marks: Marks,
        lines: Lines,
        acting: Acting,
        inbox: Inbox,
    ) -> None:
        language, guild_id = options.language, guild_map.guild_id
        self.categories = Categories(client, store, guild_map, admins, marks, names, options.channel_names)
        pings = Pings(store.agents, store.log, guild_map.roles, options.pings)
        self.cards = Cards(
            client,
            store,
            guild_map,
            admins,
            LookingUp(store, guild_id, language, options.desk_file.forms),
            CardPosts(client, store, guild_map, acting.on_cards),
            pings,
            between=options.cards_between,
            a_second=options.cards_a_second,
            first_pause=options.cards_again_after,
        )
        self.channels = TicketChannels(client, store, guild_map, self.categories, self.cards, marks, language)
        urls = FileUrls(options.public_url, store.deployment.secret)
        self.uploads = Uploads(client, guild_map, store.files, urls, language, options.inbox.max_file_bytes)
        webhooks = Webhooks(client, session, store.channels, names)
        signing = Signing(store, language=language)
        quotes = Quotes(store, store.channels, signing, guild_id)
        files = acting.transcripts
        transcripts = TranscriptPosts(
            client, store, guild_map, files, self.uploads, admins, acting.on_transcripts
        )
        self.erased = Erased(client, store, self.channels, guild_map, clock)
        self.sink = DiscordSink(
            store,
            self.channels,
            Notices(store, self.channels, lines, acting.on_notices, acting.on_plans),
            self.cards,
            Outbox(client, store.channels, webhooks, self.uploads, limits, names, quotes, signing),
            self.uploads,
            transcripts,
            FeedbackPosts(
                client,
                store,
                guild_map,
                self.uploads,
                files.reader,
                files.url,
                clock,
                options.kept_for.transcripts,
            ),
            pings,
            inbox.read_out,
            Absorbed(store, self.uploads, files),
            clock,
            options.close_grace,
            Earlier(store, self.channels, self.uploads, urls, files.reader, options.shown_again),
            self.erased,
        )
        self.removal = RemovalOfChannels(store, self.channels, transcripts, inbox.read_out, clock)
