"""What a running Guildesk consists of: everything is built here, once, from the settings."""

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from enum import StrEnum
from functools import partial

from aiohttp.web import Application

from api.app import build
from api.door.arrivals import key_of
from api.door.metrics import Metrics
from api.door.server import Bounds, serving
from api.options import ApiOptions, Process, Role
from bot.checks.doctoring import Drifting
from bot.connection import discord_http
from bot.connection.client import GuildClient
from bot.connection.identifies import Identifies
from bot.connection.staying import Staying
from bot.connection.webhook_limits import WebhookLimits
from bot.program.account_work import accounts_of, discord_of
from bot.program.backing_up import by_schedule
from bot.program.clock import now
from bot.program.desk_files import DeskFiles
from bot.program.guild_work import GuildWork
from bot.program.journal import journaled
from bot.program.leading import Leading, Mandate, name_of_this_process
from bot.program.notifying import NotifyingWork, addresses_of, mailer_of, notifying
from bot.program.options import guild_map_of, guild_options_of, rules_of
from bot.program.page_work import frame_of
from bot.program.registering import Registering
from bot.program.verifying import verifier
from bot.program.webhook_work import send_webhooks
from bot.program.wording import staff_names
from bot.showing.admins import Admins, Report
from bot.showing.erased import tell_of_erasures
from config.current_desk import CurrentDesk
from config.faults import Fault
from config.issuers import IssuersFile
from config.page_settings import PageName
from config.settings import Settings
from config.switch import Switch
from notify.webhooks.desk import WebhookOptions
from notify.webhooks.wanted_events import WantedEvents
from pages.site import attach
from storage.background import in_background
from storage.free_space import free_space, unwritable_files
from storage.keeping.ledger import FileLedger
from texts.text import say_instead
from tickets.desks.ticket_desk import Desk
from tickets.forgetting import Forgetting
from tickets.ports.lease import NotLeader
from tickets.ports.store import Store

log = logging.getLogger(__name__)

MIB = 1024 * 1024
ADMINS_WITHIN = 20.0
"""Seconds that telling the admins something may take."""


class Only(StrEnum):
    """The only part that a process runs, while others run the rest."""

    API = "api"
    BOT = "bot"


class CannotStart(Exception):
    """The program cannot start, for a reason other than the settings. The text names cause and cure."""


class Program:
    """The parts of a running Guildesk, wired together."""

    def __init__(
        self,
        settings: Settings,
        issuers: IssuersFile | None,
        desk_file: CurrentDesk,
        store: Store,
        only: Only | None,
        report: Report,
        wanted: WantedEvents,
    ) -> None:
        self._settings = settings
        self._ears = wanted
        self._issuers = issuers
        self._store = store = journaled(store)
        self._map = guild_map_of(settings)
        self._desk = Desk(store, now, rules_of(settings, desk_file), desk_file.forms)
        self._free_space = free_space(settings)
        self._metrics = Metrics() if settings.metrics is Switch.ON else None
        self._rate_limited = self._metrics.discord_rate_limited if self._metrics else lambda: None
        self._addresses = addresses_of(settings, issuers, store)
        self._name = name_of_this_process()
        self._desk_file = desk_file
        self._use_own_words()
        desk_file.listen(self._use_own_words)
        self._desk_files = DeskFiles(self._name, desk_file, store.signals)
        self._leading = None if only is Only.API else Leading(store.lease, self._name, self.lead)
        self._client: GuildClient | None = None
        self._admins = Admins(self._map, report, settings.language)
        self._identifies = Identifies()
        self._process = Process(
            name=self._name,
            role=self._role,
            discord_fault=self._discord_fault,
            disk_fault=self._free_space.fault,
            standing_faults=self._standing_faults,
        )

    def _use_own_words(self) -> None:
        say_instead(self._desk_file.now.texts.by_language)

    async def serve_api(self, stack: AsyncExitStack) -> int:
        """Serve the API until the stack closes; gives the port."""
        settings = self._settings
        app = build(
            self._desk,
            self._store,
            await verifier(settings, self._issuers, now, stack),
            now,
            ApiOptions(
                public_url=settings.url,
                cors_origins=settings.cors_origins,
                rate_limits=settings.rate_limits is Switch.ON,
                service_limit=settings.service_limit,
                trusted_proxies=settings.trusted_proxies or (),
                staff_names=staff_names(settings),
                language=settings.language,
                zone=self._desk_file.zone,
                process=self._process,
                metrics=self._metrics,
                with_docs=settings.docs is Switch.ON,
                with_docs_page=PageName.DOCS in settings.pages,
                max_file_bytes=int(settings.max_file_mb * MIB),
                indexed_metadata=settings.indexed_metadata or (),
                accounts=accounts_of(
                    settings,
                    self._desk,
                    self._store,
                    now,
                    mailer_of(settings, self._store, now),
                    discord=await discord_of(settings, stack),
                ),
                notifying=notifying(settings, self._store, now, self._addresses),
                doctors_key=key_of(settings.discord_bot_token.get_secret_value()),
                webhooks=WebhookOptions(
                    settings.webhook_private is Switch.ON, partial(self._ears.look, self._store)
                ),
            ),
        )
        attach(app, frame_of(settings))
        return await self._listen(app, stack)

    async def _listen(self, app: Application, stack: AsyncExitStack) -> int:
        settings = self._settings
        bounds = Bounds(settings.max_connections, settings.max_connections_per_address)
        where = f"{settings.web_server_host} port {settings.web_server_port}"
        try:
            return await stack.enter_async_context(
                serving(app, settings.web_server_host, settings.web_server_port, bounds)
            )
        except OSError as error:
            raise CannotStart(
                f"the API cannot listen on {where} ({error.strerror}); "
                "set WEB_SERVER_HOST and WEB_SERVER_PORT to an address of this machine and a free port"
            ) from error

    def _standing_faults(self) -> list[Fault]:
        """Faults that people have to mend: in the guild, on the disk, and in the desk file."""
        on_disk = (self._free_space.fault(), unwritable_files(self._settings))
        return [*self._admins.lasting, *(it for it in on_disk if it), *self._desk_files.faults]

    def _discord_fault(self) -> str | None:
        """Why tickets cannot reach the guild; None if they can."""
        if self._client is None or not self._client.is_ready():
            return "not connected"
        guild = self._client.get_guild(self._map.guild_id)
        if guild is None:
            return "not in the guild"
        return "the guild is away" if guild.unavailable else None

    def _role(self) -> Role:
        if self._leading is None:
            return Role.API
        leads = self._leading.leads and not any(it.is_dangerous for it in self._admins.lasting)
        return Role.LEADER if leads else Role.FOLLOWER

    async def work(self) -> None:
        """Follow and lead, until cancelled."""
        async with (
            in_background(self._desk_files.run(self._tell_admins), "desk file"),
            in_background(self._ears.run(self._store), "what webhooks hear of"),
            in_background(Registering(self._store, self._process, now).run(), "registering"),
        ):
            if self._leading is None:
                log.info("another process leads: this one serves the API")
                await asyncio.Event().wait()
            else:
                await self._leading.run()

    async def _tell_admins(self, fault: Fault) -> None:
        """Tell the admins of a fault in Discord, once this process is connected."""
        if self._leading is not None and self._leading.leads and self._discord_fault() is None:
            with suppress(NotLeader, TimeoutError):
                async with asyncio.timeout(ADMINS_WITHIN):
                    await self._admins.tell(fault)

    async def lead(self, mandate: Mandate) -> None:
        """Run bot and relays, which are built anew for each term, until cancelled."""
        client = GuildClient(self._map.guild_id, self._rate_limited, mandate.must_hold, self._identifies)
        self._client = self._admins.client = client
        try:
            async with self._store.lead(mandate.term) as store:
                await self._run_bot(client, store, mandate)
        finally:
            self._client = self._admins.client = None
            self._admins.leave()
            await client.end_handlers()

    async def _run_bot(self, client: GuildClient, store: Store, mandate: Mandate) -> None:
        settings = self._settings
        if settings.discord_api_url:
            discord_http.use_address(settings.discord_api_url)
        limits = WebhookLimits()
        async with (
            discord_http.webhook_session(self._rate_limited, mandate.must_hold, limits) as session,
            asyncio.TaskGroup() as tasks,
        ):
            options = guild_options_of(settings, self._desk_file)
            work = GuildWork(
                client, session, limits, self._map, store, self._desk, now, options, self._admins
            )
            staying = Staying(
                client,
                settings.discord_bot_token.get_secret_value(),
                self._map,
                self._admins.found,
                own_gateway=settings.discord_api_url is not None,
            )
            tasks.create_task(work.run(), name="work in the guild")
            tasks.create_task(staying.run(), name="Discord")
            for name, run in NotifyingWork(
                settings,
                store,
                now,
                self._addresses,
                self._desk,
                mandate.must_hold,
                self._metrics,
            ).parts.items():
                tasks.create_task(run(), name=name)
            sending = send_webhooks(settings, self._desk_file, store, now, self._admins)
            tasks.create_task(sending, name="webhooks")
            ledger = FileLedger(settings.data_dir)
            forgetting = Forgetting(
                store, now, ledger, partial(tell_of_erasures, self._admins), work.remove_post
            )
            tasks.create_task(forgetting.run(), name="erasing")
            found = partial(self._admins.found, "back-ups")
            drifting = Drifting(options.checks, self._admins.found)
            tasks.create_task(drifting.run(), name="looking at the place where it runs")
            if (backing_up := by_schedule(settings, store.deployment, now, found)) is not None:
                tasks.create_task(backing_up.run(), name="back-ups")
