"""Where the endpoints of webhooks are kept, and what is sent to them."""

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
    """What has become of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of the newest try: the status that was answered, with the first kB of the body, or else the
    ``fault`` that kept an answer away."""

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
    """One thing that one endpoint is told. What it says is made when it is sent.

    Those with one ``ticket_id`` go in the order of their ``seq``. What is about no ticket has an id of its
    own there."""

    endpoint_id: EndpointId
    ticket_id: TicketId
    seq: int
    type: WebhookType
    user: UserKey | None
    """The requester of the ticket that it is about."""
    created_at: Millis
    begun_at: Millis
    """Since when it is tried; later than ``created_at`` if it was sent again by hand."""
    due_at: Millis | None
    """When it is tried next; None if it is not."""
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    """Failed tries."""
    passes: bool = False
    """Whether it no longer holds up later ones of its ticket."""
    answer: Answer | None = None
    about: About | None = None
    """What the delivery says, if no event says it."""

    @property
    def webhook_id(self) -> str:
        """The id that receivers see. It is the same at every try."""
        return f"{self.ticket_id}_{self.seq}_{self.type}"

    @property
    def id(self) -> DeliveryId:
        """The same however often it is made, so that it is kept once."""
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
    """Where the delivery stands among those of its endpoint, the newest first."""
    return Cursor((delivery.created_at,), delivery.id)


class Webhooks(Protocol):
    """Endpoints are few. Deliveries are many, and are found at once."""

    async def endpoints(self) -> list[Endpoint]:
        """All, in the order of their ids."""
        ...

    async def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None: ...

    async def add(self, endpoint: Endpoint) -> None:
        """Keep a new one. One of this id stays as it is."""
        ...

    async def change(
        self, endpoint_id: EndpointId, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        """Change it as a whole, in no one else's way; ``change`` may be called again. None if it is gone."""
        ...

    async def remove(self, endpoint_id: EndpointId) -> bool:
        """Forget it with all that was sent to it; whether it was there."""
        ...

    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        """Keep what is to be sent; those that are there stay as they are."""
        ...

    async def tickets_due(self, endpoint_id: EndpointId, now: Millis, limit: int) -> list[TicketId]:
        """Tickets of which something may be tried now; the one that has waited longest first."""
        ...

    async def next_due(
        self, endpoint_id: EndpointId, ticket_id: TicketId, now: Millis
    ) -> Due[Delivery] | None:
        """The ticket's next one that may be tried now: its lowest that is not sent, or one behind such as
        no longer hold it up."""
        ...

    async def earliest(self, endpoint_id: EndpointId) -> Millis | None:
        """When the next one may be tried; None if there is none."""
        ...

    async def settle(self, delivery: Delivery, status: DeliveryStatus, answer: Answer | None) -> None:
        """The delivery was taken, or is not tried any more."""
        ...

    async def put_off(
        self, delivery: Delivery, until: Millis, answer: Answer | None, *, passes: bool
    ) -> None:
        """Try again then; counts a failed try."""
        ...

    async def hasten(self, endpoint_id: EndpointId, ticket_ids: Sequence[TicketId]) -> None:
        """Let what was put off of these tickets be tried now; tries stay counted."""
        ...

    async def stop(self, endpoint_id: EndpointId, why: Answer) -> None:
        """Nothing that waits for this endpoint is tried any more."""
        ...

    async def deliveries(
        self, endpoint_id: EndpointId, status: DeliveryStatus | None, after: Cursor | None, limit: int
    ) -> Page[Delivery]:
        """The newest first; ``after`` continues a page."""
        ...

    async def delivery(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> Delivery | None: ...

    async def redeliver(self, endpoint_id: EndpointId, delivery_id: DeliveryId, now: Millis) -> bool:
        """Send it again from now on, whatever has become of it; whether it is there."""
        ...

    async def sweep(self, before: Millis) -> int:
        """Forget what was made before and waits no more; how much that was."""
        ...

    async def forget_user(self, user: UserKey) -> None:
        """Forget all that was sent, or was to be sent, of this user's tickets, with what was answered."""
        ...

    async def move_user(self, user: UserKey, to: UserKey) -> None:
        """From now on, deliveries about this user are about another."""
        ...

    async def waiting(self, endpoint_id: EndpointId) -> int:
        """How much is still to be sent to it."""
        ...
