"""Everything that the leader does for webhooks: it fans out, sends, and tells people of failing endpoints."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from aiohttp import ClientSession

from config.faults import WEBHOOK_DISABLED, WEBHOOK_FAILING, Fault
from notify.webhooks.fanning_out import FanningOut, stop_what_waits_for_nobody
from notify.webhooks.health import Health
from notify.webhooks.posting import Posting
from notify.webhooks.rendering import Rendering
from notify.webhooks.sending import LONGEST_WISH, Deliveries, Outcomes, ToEndpoint
from notify.webhooks.wanted_events import Listed
from tickets.file_urls import FileUrls
from tickets.model import Millis
from tickets.ports.bell import Bell
from tickets.ports.store import Clock, Store, StoreUnavailable
from tickets.ports.webhooks import Delivery
from tickets.relay import Relay
from tickets.webhooks import HOUR, KEPT, Disabled, Endpoint, EndpointId, pause_after, working

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
"""Seconds between two reads of the endpoints, and of what other processes want to have sent."""
AT_ONCE: Final = 8
"""Tickets that are sent to one endpoint at the same time."""

Found = Callable[[Sequence[Fault]], Awaitable[None]]
"""Is called with the faults of all endpoints that people have to look at."""


async def nobody(_: Sequence[Fault]) -> None:
    """Used if nobody is to be told."""


class WebhookWork:
    """The work of one term."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        session: ClientSession,
        public_url: str,
        listed: Listed = tuple,
        found: Found = nobody,
        look_every: float = LOOK_EVERY,
    ) -> None:
        self._store = store
        self._clock = clock
        self._posting = Posting(session, clock)
        self._rendering = Rendering(store, FileUrls(public_url, store.deployment.secret))
        self._listed = listed
        self._found = found
        self._look_every = look_every
        self._sending: dict[EndpointId, _Sending] = {}
        self._told: Sequence[Fault] | None = None
        self._swept_at = 0

    async def run(self) -> None:
        """Work until cancelled. Raises NotLeader once another process leads."""
        store, fanning_out = self._store, FanningOut(self._store, self._clock, self._wake)
        relay = Relay(fanning_out, store.backlog, store.bell, self._clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(), name="relay to webhooks")
            while True:
                try:
                    if await self._look(tasks):
                        relay.wake()  # something may have happened before it was known who hears of it
                except StoreUnavailable as error:
                    log.warning("the store is away, webhooks wait: %s", error)
                await asyncio.sleep(self._look_every)

    def _wake(self, endpoints: Collection[EndpointId]) -> None:
        for it in endpoints:
            if it in self._sending:
                self._sending[it].relay.wake()

    async def _look(self, tasks: asyncio.TaskGroup) -> bool:
        """Send to all enabled endpoints and to no others. Returns whether any of them is new."""
        await self._keep_those_of_the_desk_file()
        endpoints = {it.id: it for it in await self._store.webhooks.endpoints()}
        ended = [it for it in self._sending if it not in endpoints or not endpoints[it].is_enabled]
        for gone in ended:
            await self._sending.pop(gone).end()
        if self._told is None:  # who led before may have been killed just before it did this
            ended.extend(endpoints)
        if ended:
            await stop_what_waits_for_nobody(self._store.webhooks, ended, self._clock())
        known = set(self._sending)
        for endpoint in endpoints.values():
            if endpoint.id not in self._sending and endpoint.is_enabled:
                self._sending[endpoint.id] = self._begin(endpoint, tasks)
        self._wake(list(self._sending))
        await self._tell(list(endpoints.values()))
        if self._clock() - self._swept_at >= HOUR:
            await self._store.webhooks.sweep(self._clock() - KEPT)
            self._swept_at = self._clock()
        return not self._sending.keys() <= known

    def _begin(self, endpoint: Endpoint, tasks: asyncio.TaskGroup) -> "_Sending":
        webhooks, outcomes = self._store.webhooks, Outcomes({})
        health = Health(endpoint, webhooks, self._clock)
        sink = ToEndpoint(health, self._rendering, self._posting, webhooks, self._clock, outcomes)
        work = Deliveries(webhooks, outcomes)
        relay = Relay(
            sink,
            work,
            Bell(),
            self._clock,
            parallel=AT_ONCE,
            delay=pause_after,
            longest=int(LONGEST_WISH * 1000),
        )
        return _Sending(relay, tasks.create_task(relay.run(), name=f"webhook {endpoint.id}"))

    async def _keep_those_of_the_desk_file(self) -> None:
        """Bring the stored endpoints into agreement with the desk file. A changed endpoint starts without its
        earlier failures."""
        webhooks = self._store.webhooks
        listed = {it.id: it for it in self._listed()}
        kept = {it.id: it for it in await webhooks.endpoints() if it.is_listed}
        for gone in kept.keys() - listed.keys():
            await webhooks.remove(gone)
        for it in listed.values():
            if it.id not in kept:
                await webhooks.add(replace(it, created_at=self._clock(), updated_at=self._clock()))
            elif _written(kept[it.id]) != _written(it):
                await webhooks.change(it.id, partial(_rewritten, new=it, now=self._clock()))

    async def _tell(self, endpoints: Sequence[Endpoint]) -> None:
        faults = [fault for it in endpoints for fault in faults_of(it)]
        if faults != self._told:
            self._told = faults
            await self._found(faults)


class _Sending:
    """The sending to one endpoint."""

    def __init__(self, relay: Relay[EndpointId, Delivery], task: asyncio.Task[None]) -> None:
        self.relay = relay
        self._task = task

    async def end(self) -> None:
        """Stop sending. A process that has just disabled the endpoint because of an answer may not have
        stopped the waiting deliveries."""
        self._task.cancel()
        await asyncio.wait([self._task])


def _rewritten(old: Endpoint, new: Endpoint, now: Millis) -> Endpoint:
    return replace(new, created_at=old.created_at, updated_at=now)


def _written(endpoint: Endpoint) -> Endpoint:
    """The endpoint as the desk file describes it."""
    return replace(working(endpoint), created_at=0, updated_at=0)


def faults_of(endpoint: Endpoint) -> list[Fault]:
    """The faults that people have to look at."""
    facts = {"webhook": endpoint.id, "host": endpoint.host, "why": endpoint.last_fault or "it fails"}
    if endpoint.disabled is Disabled.FAILING:
        return [WEBHOOK_DISABLED.of(**facts)]
    if endpoint.is_enabled and endpoint.warned_at is not None:
        return [WEBHOOK_FAILING.of(**facts)]
    return []
