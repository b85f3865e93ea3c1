"""The sink that makes a delivery of an event for each endpoint that wants it."""

from collections.abc import Callable, Collection, Iterable

from notify.webhooks.health import DISABLED
from tickets.event_kinds import webhook_of
from tickets.events import Event
from tickets.model import Millis
from tickets.ports.sinks import NotNow, SinkName
from tickets.ports.store import Clock, Store
from tickets.ports.webhooks import Answer, Webhooks, new_delivery
from tickets.webhooks import EndpointId

FED_WITHIN = 0.2
"""Seconds within which an event is usually in the feed."""


async def stop_what_waits_for_nobody(webhooks: Webhooks, told: Iterable[EndpointId], now: Millis) -> None:
    """Stop the deliveries of endpoints that were disabled or removed. Disabling stops them as well, but a
    process that had just read the endpoint as enabled may add one afterwards, which would wait for ever."""
    there = {it.id: it for it in await webhooks.endpoints()}
    for it in told:
        if it not in there:
            await webhooks.remove(it)
        elif not there[it].is_enabled:
            await webhooks.stop(it, Answer(now, fault=DISABLED))


class FanningOut:
    """Makes one delivery for each endpoint, ticket and seq. ``wake`` is called with the endpoints that have
    new deliveries."""

    name = SinkName.WEBHOOKS

    def __init__(self, store: Store, clock: Clock, wake: Callable[[Collection[EndpointId]], None]) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake

    async def show(self, event: Event) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        type_ = webhook_of(event)
        endpoints = [it for it in await self._store.webhooks.endpoints() if it.is_enabled]
        if type_ is None or not endpoints:
            return
        fed = await self._store.feed.entry(event.ticket_id, event.seq)
        if fed is None:
            raise NotNow("it is not in the feed yet", FED_WITHIN)
        hearing = [it for it in endpoints if it.hears(type_, fed.requester.issuer)]
        now = self._clock()
        await self._store.webhooks.deliver(
            [new_delivery(it, event.ticket_id, event.seq, type_, fed.requester, now) for it in hearing]
        )
        await stop_what_waits_for_nobody(self._store.webhooks, [it.id for it in hearing], now)
        self._wake([it.id for it in hearing])

    async def give_up(self, event: Event, why: str) -> None:
        """No endpoint hears of it. The relay logs that."""
