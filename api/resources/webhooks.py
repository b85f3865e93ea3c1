"""Webhooks: the endpoints of the caller's issuer, and the deliveries to them."""

from collections.abc import Sequence
from typing import Annotated, Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from api.desks import DESKS
from api.documents.documented import documented
from api.door.answers import json_answer
from api.door.bodies import Remark, body_of
from api.door.paging import FROM_LINK, Paging, Parts, link_to_next
from api.door.queries import query_of
from api.door.routes import API, Who, reads, writes
from notify.webhooks.desk import EndpointChanges
from tickets.model import Caller
from tickets.ports.lists import Cursor
from tickets.ports.webhooks import Delivery, DeliveryStatus
from tickets.webhook_urls import LONGEST_URL
from tickets.webhooks import NAMES, Disabled, Endpoint, WebhookType

Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_URL),
    Field(examples=["https://shop.example.com/hooks/guildesk"]),
]
Name = Literal[*NAMES]  # type: ignore[valid-type]  # they are a table
Events = Annotated[
    list[Name],
    Field(
        min_length=1,
        max_length=len(NAMES),
        examples=[["ticket.*", "message.posted"]],
        description="The types that are sent to it, such as `ticket.closed`; `ticket.*` for a group of "
        "types; `*` for all except notes.",
    ),
]


class WebhookBody(BaseModel):
    """Times are in Unix seconds. ``failing_since`` is set while it accepts nothing, and ``fault`` says why.
    ``disabled`` says why nothing is sent to it: somebody has switched it off, it answered 410, or it
    accepted nothing for five days."""

    id: str
    url: str
    events: Sequence[str]
    description: str
    enabled: bool
    disabled: Disabled | None
    disabled_at: int | None
    failing_since: int | None
    fault: str | None
    both_secrets_until: int | None
    """Set while two secrets sign."""
    created_at: int
    updated_at: int


class WebhookWithSecretBody(WebhookBody):
    """``secret`` is shown only this once. With it, the endpoint verifies that a request comes from here."""

    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class NewWebhook(BaseModel, extra="forbid"):
    url: Url
    events: Events
    description: Remark = ""


class WebhookChanges(BaseModel, extra="forbid"):
    """Fields that are left out stay as they are. ``enabled: true`` enables a disabled webhook again."""

    url: Url | None = None
    events: Events | None = None
    description: Remark | None = None
    enabled: bool | None = None


class WebhookAnswerBody(BaseModel):
    """The outcome of the newest try: the answer's ``status`` with the first kB of its body, or the ``fault``
    if there was no answer. ``at`` is in Unix seconds."""

    at: int
    status: int | None
    body: str
    fault: str | None


class WebhookDeliveryBody(BaseModel):
    """``webhook_id`` is in the header of every try. ``ticket_id`` is null if it is about no ticket. Times
    are in Unix seconds. ``next_try_at`` is set while it waits."""

    id: str
    webhook_id: str
    type: WebhookType
    ticket_id: str | None
    seq: int
    status: DeliveryStatus
    failed_tries: int
    created_at: int
    next_try_at: int | None
    answer: WebhookAnswerBody | None


class DeliveriesQuery(Paging):
    cursor: Annotated[Cursor, Parts(1, text=True)] | None = Field(None, description=FROM_LINK)
    status: DeliveryStatus | None = Field(None, description="Only those.")


_ALL = TypeAdapter(list[WebhookBody])
_DELIVERIES = TypeAdapter(list[WebhookDeliveryBody])


@documented("Read the webhooks of your issuer", answer=list[WebhookBody], errors=(403,))
async def list_webhooks(request: web.Request, caller: Caller) -> web.Response:
    found = await request.app[DESKS].webhooks.endpoints(caller)
    return json_answer(_ALL.dump_json([_body(it) for it in found]))


@documented(
    "Add an endpoint that is told what happens",
    description="It is told about the tickets of your issuer's users. The secret is shown only this once.",
    body=NewWebhook,
    answer=WebhookWithSecretBody,
    status=201,
    errors=(403, 409),
)
async def add_webhook(request: web.Request, caller: Caller) -> web.Response:
    new = await body_of(request, NewWebhook)
    endpoint = await request.app[DESKS].webhooks.add(caller, new.url, new.events, new.description)
    return json_answer(_with_secret(endpoint).model_dump_json(), status=201)


@documented("Read a webhook", answer=WebhookBody, errors=(403, 404))
async def get_webhook(request: web.Request, caller: Caller) -> web.Response:
    endpoint = await request.app[DESKS].webhooks.endpoint(caller, request.match_info["webhook_id"])
    return json_answer(_body(endpoint).model_dump_json())


@documented(
    "Change a webhook, or enable it again", body=WebhookChanges, answer=WebhookBody, errors=(403, 404)
)
async def change_webhook(request: web.Request, caller: Caller) -> web.Response:
    body = await body_of(request, WebhookChanges)
    changes = EndpointChanges(
        url=body.url, events=body.events, description=body.description, enabled=body.enabled
    )
    endpoint = await request.app[DESKS].webhooks.change(caller, request.match_info["webhook_id"], changes)
    return json_answer(_body(endpoint).model_dump_json())


@documented("Remove a webhook and its deliveries", status=204, media_types=(), errors=(403, 404))
async def delete_webhook(request: web.Request, caller: Caller) -> web.Response:
    await request.app[DESKS].webhooks.remove(caller, request.match_info["webhook_id"])
    return web.Response(status=204)


@documented(
    "Give a webhook a new secret",
    description="The new secret is shown only this once. For 24 hours, the old one signs too.",
    answer=WebhookWithSecretBody,
    errors=(403, 404),
)
async def rotate_webhook(request: web.Request, caller: Caller) -> web.Response:
    endpoint = await request.app[DESKS].webhooks.rotate(caller, request.match_info["webhook_id"])
    return json_answer(_with_secret(endpoint).model_dump_json())


@documented(
    "Send something to try a webhook",
    description="It has the type `webhook.test`. The outcome is among the deliveries.",
    answer=WebhookDeliveryBody,
    status=202,
    errors=(403, 404, 409),
)
async def test_webhook(request: web.Request, caller: Caller) -> web.Response:
    delivery = await request.app[DESKS].webhooks.test(caller, request.match_info["webhook_id"])
    return json_answer(_delivery(delivery).model_dump_json(), status=202)


@documented(
    "Read the deliveries of a webhook, the newest first",
    description="Kept for 30 days.",
    query=DeliveriesQuery,
    answer=list[WebhookDeliveryBody],
    errors=(403, 404),
)
async def list_deliveries(request: web.Request, caller: Caller) -> web.Response:
    query = query_of(request, DeliveriesQuery)
    page = await request.app[DESKS].webhooks.deliveries(
        caller, request.match_info["webhook_id"], query.status, after=query.cursor, limit=query.size
    )
    shown = _DELIVERIES.dump_json([_delivery(it) for it in page.items])
    return json_answer(shown, headers=link_to_next(request, page, query.size))


@documented(
    "Repeat a delivery",
    description="It has the same `webhook-id`, and the present content.",
    answer=WebhookDeliveryBody,
    status=202,
    errors=(403, 404, 409),
)
async def redeliver(request: web.Request, caller: Caller) -> web.Response:
    delivery = await request.app[DESKS].webhooks.redeliver(
        caller, request.match_info["webhook_id"], request.match_info["delivery_id"]
    )
    return json_answer(_delivery(delivery).model_dump_json(), status=202)


def _seconds(at: int | None) -> int | None:
    return None if at is None else at // 1000


def _body(it: Endpoint) -> WebhookBody:
    return WebhookBody(
        id=it.id,
        url=it.url,
        events=it.events,
        description=it.description,
        enabled=it.is_enabled,
        disabled=it.disabled,
        disabled_at=_seconds(it.disabled_at),
        failing_since=_seconds(it.failing_since),
        fault=it.last_fault,
        both_secrets_until=_seconds(it.old_secret_until),
        created_at=it.created_at // 1000,
        updated_at=it.updated_at // 1000,
    )


def _with_secret(it: Endpoint) -> WebhookWithSecretBody:
    return WebhookWithSecretBody(**_body(it).__dict__, secret=it.secret)


def _delivery(it: Delivery) -> WebhookDeliveryBody:
    answer = it.answer and WebhookAnswerBody(
        at=it.answer.at // 1000, status=it.answer.status, body=it.answer.body, fault=it.answer.fault
    )
    is_of_ticket = it.type is not WebhookType.TEST and it.about is None
    return WebhookDeliveryBody(
        id=it.id,
        webhook_id=it.webhook_id,
        type=it.type,
        ticket_id=it.ticket_id if is_of_ticket else None,
        seq=it.seq,
        status=it.status,
        failed_tries=it.attempts,
        created_at=it.created_at // 1000,
        next_try_at=_seconds(it.due_at),
        answer=answer,
    )


WEBHOOKS: Final = f"{API}/webhooks"
ONE: Final = f"{WEBHOOKS}/{{webhook_id}}"

ROUTES: Final = (
    reads(WEBHOOKS, list_webhooks, Who.ADMINS),
    writes("POST", WEBHOOKS, add_webhook, Who.ADMINS),
    reads(ONE, get_webhook, Who.ADMINS),
    writes("PATCH", ONE, change_webhook, Who.ADMINS),
    writes("DELETE", ONE, delete_webhook, Who.ADMINS),
    writes("POST", f"{ONE}/rotate", rotate_webhook, Who.ADMINS),
    writes("POST", f"{ONE}/test", test_webhook, Who.ADMINS),
    reads(f"{ONE}/deliveries", list_deliveries, Who.ADMINS),
    writes("POST", f"{ONE}/deliveries/{{delivery_id}}/redeliver", redeliver, Who.ADMINS),
)
