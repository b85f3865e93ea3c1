"""The program: everything is built here, once, from the settings, and stopped here in order."""

import asyncio
import faulthandler
import gc
import logging
import signal
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from enum import StrEnum
from functools import partial
from typing import Any

from pydantic import SecretStr

from api.app import build
from api.desks import Process, Role
from api.door.metrics import Metrics
from api.door.server import Bounds, serving
from bot.connection import discord_http
from bot.connection.client import GuildClient
from bot.connection.guild import GuildMap
from bot.connection.webhook_limits import WebhookLimits
from bot.hearing.intake import InboxOptions
from bot.program.error_reports import reporting
from bot.program.guild_work import GuildOptions, GuildWork
from bot.program.leading import Leading, Mandate, name_of_this_process
from bot.program.verifying import issuers_of, secrets_of, verifier
from bot.showing.pings import WantedPings
from config.issuers import IssuersFile
from config.settings import ChannelDeleted, Settings, Switch
from storage.free_space import free_space
from storage.open import open_store
from tickets.desks.ticket_desk import Desk
from tickets.model import Millis
from tickets.policy import DAY, Rules
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import Store
from tickets.staff_names import StaffNames
from tickets.timekeeping import Patience

log = logging.getLogger(__name__)

CANCEL_AGAIN = 4.0
"""Seconds that the work may take to end before everything that still runs is cancelled."""
LONGEST_STOP = 7.0
"""Seconds from a signal until the process ends, whatever still holds it up; whoever sent it waits for 10."""
MIB = 1024 * 1024


class Only(StrEnum):
    """The part that a process does if others do the rest."""

    API = "api"
    BOT = "bot"


class CannotStart(Exception):
    """Something besides the settings keeps the program from starting. The text says what, and the cure."""


class MustEnd(Exception):
    """The program has been running and may not go on; the text says why, and the cure."""


def secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


def now() -> Millis:
    return time.time_ns() // 1_000_000


async def run(settings: Settings, only: Only | None = None) -> None:
    """Run bot, API and relays until SIGTERM or SIGINT; or only one of them."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _begin_to_stop, stop)
    issuers = issuers_of(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            reporting(
                secret(settings.error_webhook_url),
                secret(settings.error_bot_webhook_url),
                partial(secrets_of, settings, issuers),
            )
        )
        opening = open_store(settings, now, (*EVERYTHING, _patience(settings).listening))
        store = await _unless_stopped(stop, stack.enter_async_context(opening))
        if store is None:
            return
        log.info("the store is %s", store.name)
        program = Program(settings, issuers, store, only)
        if (why := settings.weakness_of_secret) is not None:
            log.warning("JWT_SECRET_KEY: %s; SERVER_MODE=PRODUCTION would refuse it", why)
        if only is not Only.BOT:
            port = await program.serve_api(stack)
            log.info("the API listens on %s port %d", settings.web_server_host, port)
        _leave_alone_what_stays()
        await _until_stopped(stop, program, store)


def _begin_to_stop(stop: asyncio.Event) -> None:
    """As a last resort the process tells where each thread stands, and ends; nothing is lost by that."""
    if not stop.is_set():
        faulthandler.dump_traceback_later(LONGEST_STOP, exit=True)
    stop.set()


async def _unless_stopped(stop: asyncio.Event, opening: Coroutine[Any, Any, Store]) -> Store | None:
    """The store, once it is open; a migration may take long, and None says that it was stopped meanwhile."""
    task, stopping = asyncio.create_task(opening), asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if task.done():
        return task.result()
    log.info("stopping")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return None


async def _until_stopped(stop: asyncio.Event, program: "Program", store: Store) -> None:
    """Work until asked to stop, or until a newer program has taken over the store."""
    work = asyncio.create_task(program.work())
    newer = asyncio.create_task(store.until_newer())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((work, newer, stopping), return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping")
    await _end(work, newer, stopping)
    if not newer.cancelled() and (why := newer.exception()):
        raise MustEnd(str(why))
    if not work.cancelled() and (error := work.exception()):
        raise error


async def _end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks until they have ended.

    A cancellation can get lost anywhere below (``asyncio.wait_for`` before Python 3.12 takes one that comes
    together with the result), so later all that still runs is cancelled, too."""
    ours, cancelled = set(tasks), set(tasks)
    while True:
        for task in cancelled:
            task.cancel()
        _, left = await asyncio.wait(ours, timeout=CANCEL_AGAIN)
        if not left:
            return
        cancelled = asyncio.all_tasks() - {asyncio.current_task()}


def _leave_alone_what_stays() -> None:
    """Modules, classes and models live until the end. If the garbage collector leaves them out, it pauses the
    event loop for 1 ms and not for 40."""
    gc.collect()
    gc.freeze()


def _patience(settings: Settings) -> Patience:
    return Patience(
        before_reminder=int(settings.remind_after_silence * DAY) or None,
        before_closing=int(settings.close_after_silence * DAY) or None,
    )


class Program:
    """The parts of a running Guildesk, wired together."""

    def __init__(
        self, settings: Settings, issuers: IssuersFile | None, store: Store, only: Only | None
    ) -> None:
        self._settings = settings
        self._issuers = issuers
        self._store = store
        self._public_url = settings.public_url or f"http://127.0.0.1:{settings.web_server_port}"
        self._map = GuildMap(
            settings.guild_id,
            settings.categories,
            settings.roles,
            settings.transcript_channel_id,
            frozenset(settings.further_role_ids or ()),
        )
        rules = Rules(
            int(settings.reopen_window * DAY),
            settings.require_staff_reply_first,
            settings.assignment,
            guest_max_level=settings.guest_max_level,
            guest_max_role=settings.guest_max_role,
            max_open_tickets=settings.max_open_tickets,
        )
        self._desk = Desk(store, now, rules)
        self._free_space = free_space(settings)
        self._metrics = Metrics() if settings.metrics is Switch.ON else None
        self._rate_limited = self._metrics.discord_rate_limited if self._metrics else lambda: None
        self._leading = None if only is Only.API else Leading(store.lease, name_of_this_process(), self.lead)
        self._client: GuildClient | None = None
        self._work: GuildWork | None = None

    async def serve_api(self, stack: AsyncExitStack) -> int:
        """Serve the API until the stack closes; gives the port."""
        settings = self._settings
        app = build(
            self._desk,
            self._store,
            await verifier(settings, self._issuers, now, stack),
            now,
            public_url=self._public_url,
            cors_origins=settings.cors_origins,
            rate_limits=settings.rate_limits is Switch.ON,
            service_limit=settings.service_limit,
            trusted_proxies=settings.trusted_proxies or (),
            staff_names=StaffNames(settings.staff_name, settings.staff_name_fixed),
            process=Process(
                role=self._role,
                discord_fault=lambda: None if self._client and self._client.is_ready() else "not connected",
                disk_fault=self._free_space.fault,
                standing_faults=self._standing_faults,
            ),
            metrics=self._metrics,
            with_docs=settings.docs is Switch.ON,
            max_file_bytes=int(settings.max_file_mb * MIB),
        )
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

    def _standing_faults(self) -> list[str]:
        """What people have to put right: in the guild, and on the disk."""
        in_guild = self._map.standing_faults(self._client) if self._client else []
        told = self._work.admins.lasting if self._work else []
        on_disk = self._free_space.fault()
        return [*in_guild, *told, *([] if on_disk is None else [on_disk])]

    def _role(self) -> Role:
        if self._leading is None:
            return Role.API
        return Role.LEADER if self._leading.leads else Role.FOLLOWER

    async def work(self) -> None:
        """Follow and lead, until cancelled."""
        if self._leading is None:
            log.info("another process leads: this one serves the API")
            await asyncio.Event().wait()
        else:
            await self._leading.run()

    async def lead(self, mandate: Mandate) -> None:
        """Bot and relays, made anew for each term, until cancelled."""
        client = GuildClient(self._map.guild_id, self._rate_limited, mandate.must_hold)
        self._client = client
        try:
            async with self._store.lead(mandate.term) as store:
                await self._run_bot(client, store, mandate)
        finally:
            self._client = self._work = None
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
            self._work = work = GuildWork(
                client, session, limits, self._map, store, self._desk, now, self._guild_options()
            )
            tasks.create_task(work.run(), name="work in the guild")
            tasks.create_task(
                client.stay_connected(
                    settings.discord_bot_token.get_secret_value(),
                    own_gateway=settings.discord_api_url is not None,
                ),
                name="Discord",
            )

    def _guild_options(self) -> GuildOptions:
        settings = self._settings
        return GuildOptions(
            public_url=self._public_url,
            close_grace=int(settings.close_grace * 1000),
            patience=_patience(settings),
            pings=WantedPings(
                new_ticket=settings.ping_new is Switch.ON,
                message=settings.ping_message is Switch.ON,
                assigned=settings.ping_assigned is Switch.ON,
                transferred=settings.ping_transferred is Switch.ON,
                critical=settings.ping_critical is Switch.ON,
            ),
            close_when_deleted=settings.on_channel_deleted is ChannelDeleted.CLOSE,
            inbox=InboxOptions(
                settings.note_prefix,
                settings.mark_stored is Switch.ON,
                int(settings.max_file_mb * MIB),
                StaffNames(settings.staff_name, settings.staff_name_fixed),
                frozenset(settings.relay_bots or ()),
            ),
        )
