"""The metrics of a process, in the form that Prometheus reads."""

import asyncio
from collections.abc import Callable
from functools import partial
from time import perf_counter, time_ns
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest

from tickets.model import Millis
from tickets.ports.queue import AtWork
from tickets.ports.store import Clock, Store, StoreUnavailable

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
NO_ROUTE: Final = "none"
SOCKETS: Final = "/socket.io"
FRESH: Final = 1.0
"""Seconds for which figures of the store are cached, whoever asks for metrics."""
REST: Final = 4.0
"""How many times as long as it took to write the metrics down nobody writes them again."""


def _now() -> Millis:
    return time_ns() // 1_000_000


class Metrics:
    """The metrics of one process. Their names never change."""

    def __init__(self, clock: Clock = _now) -> None:
        self._clock = clock
        own = self._registry = CollectorRegistry()
        gauge = partial(Gauge, registry=own)
        self._requests = Histogram(
            "guildesk_request_duration_seconds",
            "Requests by method, route template and status, without sockets.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=own,
        )
        self._sockets = gauge("guildesk_sockets", "Sockets that are connected.")
        self._strangers = gauge(
            "guildesk_sockets_without_token", "Sockets that have not shown a valid token yet."
        )
        self._store_up = gauge("guildesk_store_up", "Whether the store answers: 1 or 0.")
        self._store_seconds = gauge(
            "guildesk_store_seconds", "How long the store has just taken to answer a query, in seconds."
        )
        self._backlog = gauge("guildesk_backlog_events", "Events that a sink has not shown yet.", ("sink",))
        self._lag = gauge("guildesk_relay_lag_seconds", "Since when the oldest of them waits.", ("sink",))
        self._without_channel = gauge(
            "guildesk_tickets_without_channel", "Tickets at work that wait for a channel."
        )
        self._targets = gauge(
            "guildesk_tickets_by_target",
            "Open tickets that will soon miss a target of the SLA, or have missed one.",
            ("level", "state"),
        )
        self._open = gauge("guildesk_tickets_open", "Tickets that are not closed.", ("level",))
        self._waiting = gauge(
            "guildesk_tickets_waiting", "Open tickets that wait for staff and are not put aside.", ("level",)
        )
        self._oldest = gauge(
            "guildesk_oldest_waiting_seconds",
            "How long the requester has waited who waits longest, in seconds.",
            ("level",),
        )
        self._webhooks = gauge(
            "guildesk_webhook_deliveries_waiting",
            "Deliveries that are still to be sent to a webhook.",
            ("webhook",),
        )
        self._mailboxes = gauge(
            "guildesk_mailbox_up",
            "Whether the mailbox of answers on a server can be read: 1 or 0.",
            ("server",),
        )
        self._faults = gauge(
            "guildesk_standing_faults", "Faults that people have to mend, as /readyz lists them."
        )
        self._rate_limited = Counter(
            "guildesk_discord_rate_limited", "Answers of Discord with status 429.", registry=own
        )
        ProcessCollector(registry=own)
        self._counted: list[tuple[Gauge, Callable[[], int]]] = []
        self._by_answer: dict[tuple[str, web.AbstractResource | None, int], Callable[[float], None]] = {}
        self._looked_at = -FRESH
        self._writing = asyncio.Lock()
        self._written, self._begun_at, self._rests_until = b"", -FRESH, -FRESH

    @property
    def names(self) -> set[str]:
        """The names of all metrics, as Prometheus shows them."""
        families = self._registry.collect()
        return {f"{it.name}_total" if it.type == "counter" else it.name for it in families}

    def answered(self, request: web.Request, status: int, seconds: float) -> None:
        """Count an answer. This is called for each answer, so it takes only two microseconds."""
        key = (request.method, request.match_info.route.resource, status)
        observe = self._by_answer.get(key) or self._observer(*key)
        observe(seconds)

    def count_sockets(self, connected: Callable[[], int], strangers: Callable[[], int]) -> None:
        """Set the functions that count the connected sockets, and those without a valid token."""
        self._counted += ((self._sockets, connected), (self._strangers, strangers))

    def count_faults(self, faults: Callable[[], int]) -> None:
        """Set the function that counts the faults that people have to mend."""
        self._counted.append((self._faults, faults))

    def discord_rate_limited(self) -> None:
        """Count an answer 429 of Discord."""
        self._rate_limited.inc()

    def mailbox_is(self, server: str, up: bool) -> None:
        """Set whether the mailbox on this server can be read now."""
        self._mailboxes.labels(server).set(up)

    async def text(self, store: Store) -> bytes:
        """All metrics in the format of Prometheus. The text is long, and anybody may ask for it. So requests
        at the same time get the same text, a thread writes it, and the next one is written after a pause."""
        asked_at = perf_counter()
        async with self._writing:
            if self._begun_at < asked_at:
                await asyncio.sleep(self._rests_until - perf_counter())
                await self._write(store)
            return self._written

    async def _write(self, store: Store) -> None:
        begun_at = perf_counter()
        if begun_at - self._looked_at >= FRESH:
            await self._look(store)
            self._looked_at = perf_counter()
        for gauge, count in self._counted:
            gauge.set(count())
        writes_from = perf_counter()
        self._written = await asyncio.to_thread(generate_latest, self._registry)
        written_at = perf_counter()
        self._begun_at, self._rests_until = begun_at, written_at + REST * (written_at - writes_from)

    async def _look(self, store: Store) -> None:
        started = perf_counter()
        try:
            await store.check()
            seconds = perf_counter() - started
            depths = await store.depths.backlog()
            without_channel = await store.depths.without_channel()
            at_work = await store.waiting.at_work()
            webhooks = [it.id for it in await store.webhooks.endpoints()]
            unsent = {it: await store.webhooks.waiting(it) for it in webhooks}
        except StoreUnavailable:
            self._store_up.set(0)
            return
        self._store_up.set(1)
        self._store_seconds.set(seconds)
        self._without_channel.set(without_channel)
        for it in at_work:
            self._tell_of(it)
        self._webhooks.clear()
        for webhook, count in unsent.items():
            self._webhooks.labels(webhook).set(count)
        for sink, depth in depths.items():
            self._backlog.labels(sink).set(depth.count)
            waiting = 0 if depth.oldest_at is None else max(self._clock() - depth.oldest_at, 0)
            self._lag.labels(sink).set(waiting / 1000)

    def _tell_of(self, level: AtWork) -> None:
        self._targets.labels(level.level, "at_risk").set(level.at_risk)
        self._targets.labels(level.level, "breached").set(level.breached)
        self._open.labels(level.level).set(level.open)
        self._waiting.labels(level.level).set(level.waiting)
        since = level.oldest and (level.oldest.waiting_since or level.oldest.created_at)
        self._oldest.labels(level.level).set(max(self._clock() - since, 0) / 1000 if since else 0)

    def _observer(
        self, method: str, resource: web.AbstractResource | None, status: int
    ) -> Callable[[float], None]:
        known = method if method in METHODS else "other"
        if known != method:
            return self._requests.labels(known, NO_ROUTE, status).observe
        route = NO_ROUTE if resource is None else resource.canonical
        observe: Callable[[float], None] = _ignore
        if route != SOCKETS:
            observe = self._requests.labels(known, route, status).observe
        self._by_answer[method, resource, status] = observe
        return observe


def _ignore(_: float) -> None:
    """Leave out the duration of a socket: it says nothing about the speed of answers."""
