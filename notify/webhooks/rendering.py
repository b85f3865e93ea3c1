"""Renders what an endpoint is told, at the moment of sending. So nobody is told what was erased."""

import json
from datetime import UTC, datetime
from typing import Any, Final

from tickets.events import (
    CloseAsked,
    CloseDeclined,
    ClosingCalledOff,
    ClosingPlanned,
    Event,
    LabelsChanged,
    LinkChanged,
    PartChanged,
    SlaChanged,
    SnoozeEnded,
    TicketAbsorbed,
    TicketChanged,
    TicketSnoozed,
    metadata_name,
)
from tickets.file_urls import FileUrls
from tickets.model import Millis, Part, UserKey
from tickets.ports.store import Store
from tickets.ports.webhooks import Delivery
from tickets.webhooks import WebhookType
from wire.events import Payloads
from wire.objects import Objects

Json = dict[str, Any]

BACKENDS = UserKey("guildesk.webhooks", "")
"""Backends see the same as staff."""


class Rendering:
    """Makes bodies from the log and from what the store knows now."""

    def __init__(self, store: Store, file_urls: FileUrls) -> None:
        self._store = store
        self._objects = Objects(store, file_urls, viewer=BACKENDS)
        self._payloads = Payloads(store, self._objects, revisions=False)

    async def body(self, delivery: Delivery) -> str | None:
        """The body in JSON, as ``wire.webhooks`` defines it. None if what it is about no longer exists."""
        if delivery.type is WebhookType.TEST:
            return _body(delivery.type, delivery.created_at, {"endpoint_id": delivery.endpoint_id})
        if (about := delivery.about) is not None:
            before = {} if about.before is None else {"before": _user(about.before)}
            return _body(delivery.type, delivery.created_at, {"user": _user(about.user), **before})
        fed = await self._store.feed.entry(delivery.ticket_id, delivery.seq)
        if fed is None:
            return None
        try:
            _, payload = await self._payloads.of(fed)
        except LookupError:
            return None
        (actor,) = await self._objects.actors([fed.event.actor])
        data = {
            "event_id": payload.pop("event_id"),
            "seq": fed.event.seq,
            "ticket_id": fed.event.ticket_id,
            "requester": _user(fed.requester),
            "actor": actor.model_dump(mode="json"),
            "ticket" if fed.event.message_id is None else "message": payload,
            **_more(fed.event),
        }
        return _body(delivery.type, fed.event.at, data)


def _body(type_: WebhookType, at: Millis, data: Json) -> str:
    moment = datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")
    body = {"type": type_, "timestamp": moment.replace("+00:00", "Z"), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _user(key: UserKey) -> Json:
    return {"id": key.id, "issuer": key.issuer}


def _more(event: Event) -> Json:
    """The parts of a body that are not in the ticket itself."""
    match event.data:
        case TicketAbsorbed(other, number):
            return {"merged": {"id": other, "number": number}}
        case SlaChanged(target, state, due_at):
            return {"sla": {"target": target, "state": state, "due_at": due_at // 1000}}
    changed = changed_fields(event)
    return {"changed": changed} if changed else {}


_ON_THE_WIRE: Final = {"requester": "user_id", "requester_role": "user_role"}


def changed_fields(event: Event) -> list[str]:
    """The fields of the ticket that the event has changed, by their names on the wire."""
    match event.data:
        case TicketChanged(changes):
            names = ["metadata" if metadata_name(it.field) else it.field for it in changes]
            return list(dict.fromkeys(_ON_THE_WIRE.get(it, it) for it in names))
        case LabelsChanged():
            return ["labels"]
        case LinkChanged():
            return ["links"]
        case PartChanged(part=Part.SUBSCRIBER):
            return ["subscribers"]
        case TicketSnoozed() | SnoozeEnded():
            return ["snoozed_until"]
        case CloseAsked() | CloseDeclined():
            return ["close_asked_at"]
        case ClosingPlanned() | ClosingCalledOff():
            return ["closes_at"]
    return []
