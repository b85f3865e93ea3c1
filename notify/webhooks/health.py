"""The health of an endpoint. A result is stored only if it is news."""

import logging
from functools import partial
from typing import Final

from tickets.ports.store import Clock
from tickets.ports.webhooks import Answer, Delivery, DeliveryStatus, Webhooks
from tickets.webhooks import Disabled, Endpoint, after_failure, working

log = logging.getLogger(__name__)

GONE: Final = 410
DISABLED: Final = "the endpoint is disabled"
"""The reason on deliveries that were waiting when the endpoint was disabled."""


class Health:
    """The health of one endpoint, as this process knows it."""

    def __init__(self, endpoint: Endpoint, webhooks: Webhooks, clock: Clock) -> None:
        self.endpoint = endpoint
        self._webhooks = webhooks
        self._clock = clock

    async def endpoint_now(self) -> Endpoint | None:
        """The endpoint as it is stored now, so that changed addresses and secrets count at once. None if
        nothing is sent to it any more."""
        kept = await self._webhooks.endpoint(self.endpoint.id)
        if kept is None or not kept.is_enabled:
            return None
        self.endpoint = kept
        return kept

    async def works(self) -> None:
        """Note that it has accepted a delivery."""
        if self.endpoint.is_enabled and self.endpoint.failing_since is not None:
            await self._become(await self._webhooks.change(self.endpoint.id, _working_if_enabled))

    async def fails(self, answer: Answer, delivery: Delivery) -> bool:
        """Note that it has not accepted a delivery. Returns whether nothing more is sent to it."""
        change = partial(
            after_failure, now=self._clock(), fault=answer.in_words, is_gone=answer.status == GONE
        )
        after = change(self.endpoint)
        if (
            not after.is_enabled
        ):  # first: whoever sees the endpoint disabled ends this try and stops what waits
            await self._webhooks.settle(delivery, DeliveryStatus.FAILED, answer)
        if after != self.endpoint:
            await self._become(await self._webhooks.change(self.endpoint.id, change))
        if self.endpoint.is_enabled:
            return False
        await self._webhooks.stop(self.endpoint.id, Answer(self._clock(), fault=DISABLED))
        return True

    async def _become(self, endpoint: Endpoint | None) -> None:
        if endpoint is None:
            return
        was_enabled, self.endpoint = self.endpoint.is_enabled, endpoint
        if was_enabled and endpoint.disabled is Disabled.GONE:
            log.warning("webhook %s to %s is disabled: it answered 410", endpoint.id, endpoint.host)


def _working_if_enabled(endpoint: Endpoint) -> Endpoint:
    return working(endpoint) if endpoint.is_enabled else endpoint
