"""Examples for the OpenAPI document. They are made from the schemas, so none is forgotten or out of date."""

from collections.abc import Mapping
from typing import Any, Final

WORDS: Final[Mapping[str, Any]] = {
    "topic": "It does not start",
    "description": "Nothing happens when I click.",
    "content": "I use Windows, if that matters.",
    "username": "Casey Customer",
    "author_name": "Casey Customer",
    "name": "Casey Customer",
    "email": "casey@example.com",
    "user_id": "casey",
    "author_id": "casey",
    "issuer": "default",
    "error": "NOT_FOUND",
    "message": "There is no ticket 7.",
    "code": "ticket_not_found",
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6ImNhc2V5In0.c2lnbmF0dXJl",
    "reason": "Solved by a restart.",
    "comment": "Quick and friendly.",
    "note": "Prefers e-mail.",
    "discord_id": "80351110224678912",
    "attachments": [],
    "metadata": {"app_version": "4.2"},
    "number": 1,
    "queue_position": 1,
    "seq": 2,
    "webhook_id": "d63d17d3840c4d70a39e2929b5b8c1b4_2_message.posted",
    "fault": "no answer within 15 s",
    "question": "Which version do you use?",
    "answer": "4.2",
    "message_count": 3,
    "requester_seq": 2,
    "staff_seq": 3,
    "url": "https://support.example.com/files/d63d17d3840c4d70a39e2929b5b8c1b4?expires=1795313894",
    "type": "image/png",
    "size": 48_213,
    "text": "Please restart the app, and tell us what it says.",
    "events": "message.posted",
    "label": "Version",
    "options": "4.2",
    "max_length": 100,
    "field": "topic",
    "rating": 5,
    "count": 12,
    "from": "guest-5b8c1b4d",
    "device": "Firefox on Linux",
    "day": "2026-11-21",
    "host": "support-1",
    "pid": 4711,
    "version": "0.2.0",
    "user_role": "CUSTOMER",
    "refresh_token": "3f8e2c7a91d04b65a0c4",
    "guest_token": "eyJhbGciOiJFUzI1NiJ9.eyJpZCI6Imd1ZXN0In0.c2lnbmF0dXJl",
    "discord": "ok",
    "store": "ok",
    "body": '{"event": "message.posted"}',
    "event_id": "41",
    "last_event_id": "41",
}
"""Values for fields by name, if their schema has no ``examples``."""

_TIME: Final = 1_795_227_494
_ID: Final = "d63d17d3840c4d70a39e2929b5b8c1b4"


def example_of(schema: Mapping[str, Any], named: Mapping[str, Any], name: str = "") -> Any:
    """A value that the schema allows. ``named`` are the schemas that a ``$ref`` names."""
    if "$ref" in schema:
        return example_of(named[schema["$ref"].rpartition("/")[2]], named, name)
    if schema.get("examples"):
        return schema["examples"][0]
    if values := schema.get("enum"):
        return WORDS[name] if WORDS.get(name) in values else values[0]
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        if {"type": "null"} in alternatives and name not in WORDS:
            return None
        return example_of(alternatives[0], named, name)
    if name in WORDS and _is(WORDS[name], schema.get("type")):
        return WORDS[name]
    return _by_type(schema, named, name)


def _by_type(schema: Mapping[str, Any], named: Mapping[str, Any], name: str) -> Any:
    match schema.get("type"):
        case "object":
            properties: Mapping[str, Any] = schema.get("properties", {})
            whole = {it: example_of(inner, named, it) for it, inner in properties.items()}
            required = schema.get("required", ())
            return {it: value for it, value in whole.items() if value is not None or it in required}
        case "array":
            return [example_of(schema["items"], named, name)] if "items" in schema else []
        case "integer":
            return _TIME if name.endswith("_at") or name in ("at", "until") else schema.get("minimum", 0)
        case "number":
            return schema.get("minimum", 0.5)
        case "boolean":
            return False
        case "string":
            return _ID if name == "id" or name.endswith("_id") else "text"
    return None


def _is(value: object, kind: object) -> bool:
    kinds = {str: "string", int: "integer", list: "array", dict: "object"}
    return kinds[type(value)] == kind
