"""Sends deliveries to endpoints. Each endpoint has a relay of its own, so none waits for another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from notify.webhooks.health import DISABLED, Health
from notify.webhooks.posting import Posting
from notify.webhooks.rendering import Rendering
from tickets.model import Millis, TicketId
from tickets.ports.sinks import Due, Never, NotNow
from tickets.ports.store import Clock
from tickets.ports.webhooks import Answer, Delivery, DeliveryId, DeliveryStatus, Webhooks
from tickets.webhooks import HOLDS_UP, TRIED_FOR, EndpointId, pause_after

LONGEST_WISH: Final = 24 * 3600.0
"""The longest pause in seconds that an endpoint may ask for."""


@dataclass(slots=True)
class Outcomes:
    """The outcomes of tries that are not stored yet."""

    answers: dict[DeliveryId, Answer]

    def taken_out(self, delivery: Delivery) -> Answer | None:
        return self.answers.pop(delivery.id, None)


class NotTaken(NotNow):
    """The endpoint did not accept it. It is tried again after growing pauses."""

    grows = True


class ToEndpoint:
    """The sink of one endpoint."""

    def __init__(
        self,
        health: Health,
        rendering: Rendering,
        posting: Posting,
        webhooks: Webhooks,
        clock: Clock,
        outcomes: Outcomes,
    ) -> None:
        self.name = health.endpoint.id
        self._health = health
        self._rendering = rendering
        self._posting = posting
        self._webhooks = webhooks
        self._clock = clock
        self._outcomes = outcomes

    async def show(self, delivery: Delivery) -> None:
        """See ``tickets.ports.sinks.Sink``."""
        body = await self._rendering.body(delivery)
        if body is None:
            gone = Answer(self._clock(), fault="what it told was erased")
            await self._webhooks.settle(delivery, DeliveryStatus.FAILED, gone)
            return
        endpoint = await self._health.endpoint_now()
        if endpoint is None:
            raise Never(DISABLED)
        answer, wish = await self._posting.post(endpoint, delivery.webhook_id, body)
        self._outcomes.answers[delivery.id] = answer
        if answer.is_taken:
            await self._health.works()
            return
        pause = pause_after(delivery.attempts)
        is_last = self._clock() + int(pause * 1000) > delivery.begun_at + TRIED_FOR
        if await self._health.fails(answer, delivery) or is_last:
            raise Never(answer.in_words)
        raise NotTaken(answer.in_words, min(wish or 0.0, LONGEST_WISH))

    async def give_up(self, delivery: Delivery, why: str) -> None:
        """Nothing to do: the endpoint's list of deliveries shows it."""


class Deliveries:
    """The pending work of one endpoint's relay, and its outcomes."""

    def __init__(self, webhooks: Webhooks, outcomes: Outcomes) -> None:
        self._webhooks = webhooks
        self._outcomes = outcomes

    async def tickets_due(self, name: EndpointId, now: Millis, limit: int, /) -> list[TicketId]:
        return await self._webhooks.tickets_due(name, now, limit)

    async def next_due(self, name: EndpointId, ticket_id: TicketId, now: Millis, /) -> Due[Delivery] | None:
        return await self._webhooks.next_due(name, ticket_id, now)

    async def earliest(self, name: EndpointId, /) -> Millis | None:
        return await self._webhooks.earliest(name)

    async def done(self, name: EndpointId, item: Delivery, /) -> None:
        answer = self._outcomes.taken_out(item)
        await self._webhooks.settle(item, DeliveryStatus.DELIVERED, answer)

    async def put_off(self, name: EndpointId, item: Delivery, until: Millis, /) -> None:
        passes = item.attempts + 1 >= HOLDS_UP
        await self._webhooks.put_off(item, until, self._outcomes.taken_out(item), passes=passes)

    async def failed(self, name: EndpointId, item: Delivery, reason: str, /) -> None:
        answer = self._outcomes.taken_out(item) or Answer(item.begun_at, fault=reason)
        await self._webhooks.settle(item, DeliveryStatus.FAILED, answer)

    async def hasten(
        self, name: EndpointId, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0, /
    ) -> None:
        await self._webhooks.hasten(name, ticket_ids, beyond)
