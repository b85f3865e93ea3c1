"""The indexes of the database."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from storage.mongo.connection import Database
from storage.mongo.files import FILES
from tickets.ports.sinks import SinkName

_RATED: Final = "feedback.given_at number"
_NEWEST: Final = "-created_at -_id"
_PLACES: Final = ("channel_id", "state channel_id")
_NEWEST_LINK: Final = "ticket_id channel_id discord_id"

PLAIN: Final[Mapping[str, Sequence[str]]] = {
    "feed": ("requester_key pos", "ticket_id pos"),
    "timers": ("kind due_at",),
    "tickets": (
        "created_at number",
        "kind created_at number",
        "kind updated_at number",
        "requester_key created_at number",
        "requester_key kind created_at number",
        "requester_key kind updated_at number",
        "assignee_key kind created_at number",
        "assignee_key kind updated_at number",
        "unattended created_at number",
        "unattended updated_at number",
        "marks created_at number",
        "status placed -urgency number",
        "status -urgency waiting_since number",
        "assignee_key number",
        _RATED,
        f"feedback.rating {_RATED}",
        f"requester_key feedback.rating {_RATED}",
        f"assignee_key feedback.rating {_RATED}",
        "status closed_at number",
    ),
    "messages": ("ticket_id is_note seq",),
    "words": ("every created_at number", "number"),
    "user_counts": ("-tickets _id",),
    "user_words": ("key",),
    "channels": _PLACES,
    "threads": _PLACES,
    "links": (_NEWEST_LINK,),
    "thread_links": (_NEWEST_LINK,),
    "token_ends": ("at",),
    "sessions": ("user -turned_at _id", "expires_at"),
    "proofs": ("account_id", "guest.key.id", "expires_at"),
    "tries": ("expires_at",),
    "uploads": ("settled at", "use", "uploader use"),
    "notifications": (
        f"user_key {_NEWEST}",
        f"user_key channel read_at {_NEWEST}",
        f"status {_NEWEST}",
        "channel due_at",
        "channel lane due_at",
        "ticket_id",
    ),
    "reply_addresses": ("ticket_id user_key expires_at", "user_key"),
    "notifications_shown": ("ticket_id",),
    "webhook_deliveries": (
        "endpoint_id due_at",
        "endpoint_id created_at _id",
        "endpoint_id status created_at _id",
        "user_key",
    ),
    "looks": (
        "at _id",
        "by_key at _id",
        "user_key at _id",
        "ticket_number at _id",
        "kind at _id",
        "by_key kind at _id",
        "ticket_id",
    ),
    "erasures": ("asked_at", "done asked_at", "done user_key"),
}
"""The fields of the indexes of each collection. A ``-`` stands before a field that descends."""

UNIQUE: Final[Mapping[str, Sequence[str]]] = {
    "events": ("ticket_id seq", "ticket_id event_id"),
    "feed": ("pos", "ticket_id seq"),
    "tickets": ("number",),
    "messages": ("ticket_id id",),
    "links": ("ticket_id message_id part",),
    "thread_links": ("ticket_id message_id part",),
    "accounts": ("email_key",),
    "canned": ("name",),
    "notifications_shown": ("user_key ticket_id",),
    f"{FILES}.files": ("filename",),
    f"{FILES}.chunks": ("files_id n",),
}


async def make_indexes(database: Database) -> None:
    """Make all indexes that are missing. This may take long in a large database."""
    for collection, indexes in UNIQUE.items():
        for fields in indexes:
            await _make(database, collection, fields, unique=True)
    for collection, indexes in PLAIN.items():
        for fields in indexes:
            await _make(database, collection, fields)
    await _make(database, "accounts", "discord", unique=True, sparse=True)
    await _make(database, "events", "due.words", sparse=True)
    for collection in ("idempotency_keys", "whispers"):
        await _make(database, collection, "forget_at", expireAfterSeconds=0)
    is_rated = {"feedback.given_at": {"$exists": True}}
    counted = "feedback.given_at assignee_key feedback.rating"
    await _make(database, "tickets", counted, partialFilterExpression=is_rated)
    waits = {"due_at": {"$gte": 0}}
    in_order = "endpoint_id ticket_id seq"
    await _make(database, "webhook_deliveries", in_order, partialFilterExpression=waits)
    to_feed = {"due.feed": {"$exists": True}}
    await _make(database, "events", "due.feed _id", partialFilterExpression=to_feed)
    for sink in SinkName:
        pending = {f"due.{sink}": {"$exists": True}}
        for fields in (f"-urgency due.{sink} _id", f"ticket_id seq due.{sink}"):
            await _make(database, "events", fields, partialFilterExpression=pending)


async def _make(database: Database, collection: str, fields: str, **options: Any) -> None:
    keys = [(it.lstrip("-"), DESCENDING if it.startswith("-") else ASCENDING) for it in fields.split()]
    await database[collection].create_index(keys, **options)
