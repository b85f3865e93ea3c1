"""Stores the endpoints of webhooks, and the deliveries to them."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, Protocol

from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.sinks import Due
from tickets.webhooks import About, Endpoint, EndpointId, WebhookType

DeliveryId = NewType("DeliveryId", str)


class DeliveryStatus(StrEnum):
    """The state of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of the newest try: the status of the answer with the first kB of its body, or the ``fault``
    if there was no answer."""

    at: Millis
    status: int | None = None
    body: str = ""
    fault: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def in_words(self) -> str:
        return self.fault or f"it answered {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one endpoint. Its content is made when it is sent.

    Deliveries with the same ``ticket_id`` are sent in the order of their ``seq``. A delivery about no ticket
    has an id of its own there."""

    endpoint_id: EndpointId
    ticket_id: TicketId
    seq: int
    type: WebhookType
    user: UserKey | None
    """The requester of its ticket."""
    created_at: Millis
    begun_at: Millis
    """Since when it is tried. Later than ``created_at`` if it was sent again by hand."""
    due_at: Millis | None
    """When it is tried next; None if it is not tried any more."""
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    """Failed tries."""
    passes: bool = False
    """Whether later deliveries of its ticket need no longer wait for it."""
    answer: Answer | None = None
    about: About | None = None
    """The content of the delivery, if it does not come from an event."""

    @property
    def webhook_id(self) -> str:
        """The id that receivers see. It is the same at every try."""
        return f"{self.ticket_id}_{self.seq}_{self.type}"

    @property
    def id(self) -> DeliveryId:
        """The same for the same delivery, so that it is stored once."""
        digest = hashlib.sha256(f"{self.endpoint_id} {self.webhook_id}".encode()).hexdigest()
        return DeliveryId(digest[:32])


def new_delivery(
    endpoint: Endpoint,
    ticket_id: TicketId,
    seq: int,
    type_: WebhookType,
    user: UserKey | None,
    now: Millis,
    about: About | None = None,
) -> Delivery:
    return Delivery(
        endpoint_id=endpoint.id,
        ticket_id=ticket_id,
        seq=seq,
        type=type_,
        user=user,
        created_at=now,
        begun_at=now,
        due_at=now,
        about=about,
    )


def place_of(delivery: Delivery) -> Cursor:
    """The place of the delivery in the list of its endpoint, the newest first."""
    return Cursor((delivery.created_at,), delivery.id)


class Webhooks(Protocol):
    """Endpoints are few. Deliveries are many, and are found at once."""

    async def endpoints(self) -> list[Endpoint]:
        """All endpoints, in the order of their ids."""
        ...

    async def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None: ...

    async def add(self, endpoint: Endpoint) -> None:
        """Add a new endpoint. One with the same id stays as it is."""
        ...

    async def change(
        self, endpoint_id: EndpointId, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        """Change the endpoint as a whole. ``change`` may be called again if somebody else was faster. None if
        it is gone."""
        ...

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """Remove the endpoint with all its deliveries. Returns whether it was there."""
        ...

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries. Those that exist stay as they are."""
        ...

    async def tickets_due(self, endpoint_id: EndpointId, now: Millis, limit: int) -> list[TicketId]:
        """Tickets with a delivery that may be tried now, the longest waiting first."""
        ...

    async def next_due(
        self, endpoint_id: EndpointId, ticket_id: TicketId, now: Millis
    ) -> Due[Delivery] | None:
        """The ticket's next delivery that may be tried now: the lowest that is not sent, or a later one if
        those before it no longer hold it up."""
        ...

    async def earliest(self, endpoint_id: EndpointId) -> Millis | None:
        """When the next delivery may be tried; None if there is none."""
        ...

    async def settle(self, delivery: Delivery, status: DeliveryStatus, answer: Answer | None) -> None:
        """The delivery was accepted, or is not tried any more. ``delivery`` is as it was when tried: the
        outcome also counts if it was stopped meanwhile, but not if it was sent again or counted already."""
        ...

    async def put_off(
        self, delivery: Delivery, until: Millis, answer: Answer | None, *, passes: bool
    ) -> None:
        """Try it again then, and count the failed try."""
        ...

    async def hasten(
        self, endpoint_id: EndpointId, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        """Let what waits of these tickets be tried now, of all if it is None; tries stay counted."""
        ...

    async def stop(self, endpoint_id: EndpointId, why: Answer) -> None:
        """Stop everything that waits for this endpoint."""
        ...

    async def deliveries(
        self, endpoint_id: EndpointId, status: DeliveryStatus | None, after: Cursor | None, limit: int
    ) -> Page[Delivery]:
        """The deliveries to an endpoint, the newest first. ``after`` continues a page."""
        ...

    async def delivery(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> Delivery | None: ...

    async def redeliver(self, endpoint_id: EndpointId, delivery_id: DeliveryId, now: Millis) -> bool:
        """Send it again from now on, whatever its state. Returns whether it exists."""
        ...

    async def sweep(self, before: Millis) -> int:
        """Remove deliveries that were made before then and do not wait any more. Returns how many there
        were."""
        ...

    async def forget_user(self, user: UserKey) -> None:
        """Remove all deliveries about this user's tickets, with their answers."""
        ...

    async def move_user(self, user: UserKey, to: UserKey) -> None:
        """From now on, deliveries about this user are about another."""
        ...

    async def waiting(self, endpoint_id: EndpointId) -> int:
        """How much is still to be sent to it."""
        ...
