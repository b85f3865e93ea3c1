"""Knows in each process which events endpoints want, so that no due rows are made that nobody needs."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from tickets.event_kinds import webhook_of
from tickets.events import Event
from tickets.model import Ticket
from tickets.ports.sinks import Listening, SinkName
from tickets.ports.store import Store, StoreUnavailable
from tickets.webhooks import EVERYBODY, Endpoint, is_named

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
"""Seconds between two reads of the endpoints, because another process may have changed them."""

Listed = Callable[[], Sequence[Endpoint]]
"""Returns the present endpoints of the desk file."""


class WantedEvents:
    """Is given to the store when it is opened. ``look`` must be called once the store is open."""

    def __init__(self, listed: Listed = tuple) -> None:
        self._listed = listed
        self._kept: Sequence[Endpoint] = ()
        self.listening = Listening(SinkName.WEBHOOKS, self._wants, self._concerns)

    async def look(self, store: Store) -> None:
        """Read the endpoints."""
        self._kept = [it for it in await store.webhooks.endpoints() if it.is_enabled]

    async def run(self, store: Store) -> None:
        """Read them again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look(store)
            except StoreUnavailable as error:
                log.debug("the endpoints cannot be read: %s", error)

    def _wants(self, event: Event) -> bool:
        type_ = webhook_of(event)
        return type_ is not None and any(is_named(type_, it.events) for it in self._all())

    def _concerns(self, _: Event, ticket: Ticket) -> bool:
        issuer = ticket.requester.issuer
        return any(EVERYBODY in it.issuers or issuer in it.issuers for it in self._all())

    def _all(self) -> Sequence[Endpoint]:
        return [*self._kept, *self._listed()]
