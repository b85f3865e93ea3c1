"""The columns of webhook deliveries, which have the same names in both stores."""

from collections.abc import Mapping
from typing import Any, Final

from tickets.model import TicketId, UserKey
from tickets.ports.webhooks import Answer, Delivery, DeliveryStatus
from tickets.webhooks import About, EndpointId, WebhookType

_PLAIN: Final = (
    *("endpoint_id", "ticket_id", "seq", "type", "created_at", "begun_at", "due_at"),
    *("status", "attempts", "passes"),
)


def plain_values(it: Delivery) -> dict[str, Any]:
    """The values of all columns but ``answer`` and ``about``, which each store keeps in a form of its own."""
    user = None if it.user is None else str(it.user)
    return {**{name: getattr(it, name) for name in _PLAIN}, "user_key": user}


def delivery_from(values: Mapping[str, Any], answer: Answer | None, about: About | None) -> Delivery:
    user = values["user_key"]
    return Delivery(
        endpoint_id=EndpointId(values["endpoint_id"]),
        ticket_id=TicketId(values["ticket_id"]),
        type=WebhookType(values["type"]),
        user=None if user is None else UserKey.parse(user),
        status=DeliveryStatus(values["status"]),
        passes=bool(values["passes"]),
        answer=answer,
        about=about,
        **{name: values[name] for name in ("seq", "created_at", "begun_at", "due_at", "attempts")},
    )
