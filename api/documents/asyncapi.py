"""The AsyncAPI document: the events of sockets and webhooks, made from the same models."""

import json
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

from api.documents.schemas import Schemas
from api.documents.texts import EVENT_ID, Json
from api.live.socket_events import SOCKET_EVENTS, Direction, SocketEvent
from tickets.webhooks import WebhookType
from wire.webhooks import DATA

ABOUT: Final = """\
What Guildesk sends by itself: over sockets to users and staff, and by webhooks to backends. Its routes are in
`/openapi.json`. Sockets are Socket.IO 4 in the default namespace: the name of a message is the event's, and
what a client asks is acknowledged. Webhooks follow Standard Webhooks. Ignore messages and fields that you do
not know; those in this document stay and keep their types.
"""
SOCKETS: Final = "sockets"
WEBHOOKS: Final = "webhooks"
_SIGNED: Final[Json] = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {
            "type": "string",
            "description": "The same at every try: `<ticket id>_<seq>_<type>`. Handle each one once.",
        },
        "webhook-timestamp": {"type": "string", "description": "When this try was made, in Unix seconds."},
        "webhook-signature": {
            "type": "string",
            "description": "One or two signatures with a space between. One that matches is enough.",
        },
    },
}


class EventDocument:
    """The document for clients at this URL, made when it is first asked for."""

    def __init__(self, public_url: str) -> None:
        self._url = urlsplit(public_url)

    @cached_property
    def raw(self) -> bytes:
        """The document as it is served."""
        return json.dumps(self.json, ensure_ascii=False, separators=(",", ":")).encode()

    @cached_property
    def json(self) -> Json:
        schemas = _schemas()
        messages = {**_of_sockets(schemas), **_of_webhooks(schemas)}
        return {
            "asyncapi": "3.0.0",
            "info": {
                "title": "Guildesk",
                "version": "1",
                "description": ABOUT,
                "license": {"name": "MIT"},
            },
            "defaultContentType": "application/json",
            "servers": self._servers(),
            "channels": {
                SOCKETS: _channel(
                    "The events on a user's socket.", [it for it in messages if not _is_webhook(it)]
                ),
                WEBHOOKS: _channel(
                    "What is posted to the URL of an endpoint.", [it for it in messages if _is_webhook(it)]
                ),
            },
            "operations": _operations(),
            "components": {
                "messages": messages,
                "schemas": schemas.named,
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "JWT",
                        "description": "In the handshake (`auth: {token}` or `?token=`), or by `authorize`.",
                    }
                },
            },
        }

    def _servers(self) -> Json:
        is_secure = self._url.scheme == "https"
        return {
            SOCKETS: {
                "host": self._url.netloc,
                "pathname": f"{self._url.path.rstrip('/')}/socket.io/",
                "protocol": "wss" if is_secure else "ws",
                "description": "Guildesk. Socket.IO begins with HTTP where WebSockets do not get through.",
                "security": [{"$ref": "#/components/securitySchemes/token"}],
            },
            WEBHOOKS: {
                "host": "shop.example.com",
                "protocol": "https",
                "description": "Your backend: the URL that you give to `POST /api/v1/webhooks`.",
            },
        }


def _is_webhook(message: str) -> bool:
    return message.startswith("webhook.")


def _schemas() -> Schemas:
    asked = [it.payload for it in SOCKET_EVENTS if it.direction is Direction.TO_SERVER]
    said = [it.payload for it in SOCKET_EVENTS if it.direction is not Direction.TO_SERVER]
    acknowledged = [it.acknowledged for it in SOCKET_EVENTS if it.acknowledged]
    return Schemas(requests=asked, answers=[*said, *acknowledged, *DATA.values()], queries=[])


def _of_sockets(schemas: Schemas) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for event in SOCKET_EVENTS:
        found[event.name] = _message(event.name, event.summary, _payload(event, schemas))
        if event.acknowledged:
            summary = f"What `{event.name}` is acknowledged with, if a client asks for it."
            found[_acknowledgement(event)] = _message(
                event.name, summary, schemas.of_answer(event.acknowledged)
            )
    return found


def _payload(event: SocketEvent, schemas: Schemas) -> Json:
    if event.direction is Direction.TO_SERVER:
        return schemas.of_request(event.payload)
    payload = schemas.of_answer(event.payload)
    return {"allOf": [payload, EVENT_ID]} if event.resumable else payload


def _acknowledgement(event: SocketEvent) -> str:
    return f"{event.name}.acknowledged"


def _of_webhooks(schemas: Schemas) -> dict[str, Json]:
    return {f"webhook.{it}": _webhook(it, schemas.of_answer(DATA[it.group])) for it in WebhookType}


def _webhook(type_: WebhookType, data: Json) -> Json:
    payload = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": str(type_)},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": data,
        },
    }
    return {**_message(type_, f"`{type_}`, as a signed request.", payload), "headers": _SIGNED}


def _message(name: str, summary: str, payload: Json) -> Json:
    return {"name": str(name), "summary": summary, "payload": payload}


def _channel(description: str, messages: list[str]) -> Json:
    server = WEBHOOKS if _is_webhook(messages[0]) else SOCKETS
    return {
        "address": None if server == WEBHOOKS else "/",
        "description": description,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {it: {"$ref": f"#/components/messages/{it}"} for it in messages},
    }


def _operations() -> Json:
    """The operations, seen from Guildesk: it sends and receives."""
    told = [it.name for it in SOCKET_EVENTS if it.direction is not Direction.TO_SERVER]
    operations: Json = {
        "tell": _operation(SOCKETS, "send", "Tell a user or staff what happened.", told),
        "notify": {
            **_operation(
                WEBHOOKS,
                "send",
                "Tell a backend what happened. Tries are repeated until the backend accepts it.",
                [f"webhook.{it}" for it in WebhookType],
            ),
            "bindings": {"http": {"method": "POST"}},
        },
    }
    for event in SOCKET_EVENTS:
        if event.direction is not Direction.TO_CLIENT:
            asked = _operation(SOCKETS, "receive", event.summary, [event.name])
            reply = {"channel": _of_channel(SOCKETS), "messages": _refs(SOCKETS, [_acknowledgement(event)])}
            operations[f"ask.{event.name}"] = {**asked, "reply": reply}
    return operations


def _operation(channel: str, action: str, summary: str, messages: list[str]) -> Json:
    return {
        "action": action,
        "summary": summary,
        "channel": _of_channel(channel),
        "messages": _refs(channel, messages),
    }


def _of_channel(name: str) -> Json:
    return {"$ref": f"#/channels/{name}"}


def _refs(channel: str, messages: list[str]) -> list[dict[str, Any]]:
    return [{"$ref": f"#/channels/{channel}/messages/{it}"} for it in messages]
