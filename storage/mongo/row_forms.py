"""Translates records of MongoDB into rows of the embedded store and back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from storage.codec import ACCOUNT, AGENT, ATTACHMENT, ENDPOINT, PERSON, PROCESS, PROOF, SESSION, Codec, Record
from storage.keeping.rows import Row
from storage.looks import COLUMNS as LOOK
from storage.mongo.processes import process_record
from storage.mongo.webhooks import delivery_of, delivery_record, endpoint_record
from storage.notifications import COLUMNS as NOTIFICATION
from storage.sqlite.webhooks import COLUMNS, row_of
from storage.sqlite.webhooks import delivery_of as delivery_of_row
from tickets.ports.idempotency import KEPT


@dataclass(frozen=True, slots=True)
class Form:
    """A table's collection, and the translation between its rows and records."""

    collection: str
    row: Callable[[Record], Row]
    record: Callable[[Row], Record]


def _same(collection: str, *columns: str, key: str | None = None, may_lack: str = "") -> Form:
    """A form whose columns and fields have the same names, except ``key``, which is the record's id."""

    def row(record: Record) -> Row:
        return {name: record["_id"] if name == key else record.get(name) for name in columns}

    def made(row: Row) -> Record:
        fields = {name: row[name] for name in columns if name != may_lack or row[name] is not None}
        return fields if key is None else {"_id": fields.pop(key), **fields}

    return Form(collection, row, made)


def _of_body(collection: str, codec: Codec[Any], *columns: str) -> Form:
    """A form whose table has as one text what the record has as its fields."""

    def row(record: Record) -> Row:
        body = codec.text(codec.from_record(record))
        return {"key": record["_id"], **{name: record.get(name) for name in columns}, "body": body}

    def made(row: Row) -> Record:
        fields = {name: row[name] for name in columns if row[name] is not None}
        return {"_id": row["key"], **fields, **codec.record(codec.from_text(row["body"]))}

    return Form(collection, row, made)


def _user_row(record: Record) -> Row:
    named = {name: record.get(name) for name in ("note", "blocked_until", "block_reason")}
    return {"key": record["_id"], "blocked": int(bool(record.get("blocked"))), **named}


def _user_record(row: Row) -> Record:
    named = {name: row[name] for name in ("note", "blocked_until", "block_reason")}
    return {"_id": row["key"], "blocked": bool(row["blocked"]), **named}


def _upload_row(record: Record) -> Row:
    ticket_id, event_id = record["use"] or (None, None)
    used = {"ticket_id": ticket_id, "event_id": event_id, "settled": int(record["settled"])}
    named = {"file_id": record["_id"], "uploader": record["uploader"], "at": record["at"]}
    return {**named, **used, "body": ATTACHMENT.text(ATTACHMENT.from_record(record["file"]))}


def _upload_record(row: Row) -> Record:
    return {
        "_id": row["file_id"],
        "file": ATTACHMENT.record(ATTACHMENT.from_text(row["body"])),
        "uploader": row["uploader"],
        "at": row["at"],
        "use": None if row["event_id"] is None else [row["ticket_id"], row["event_id"]],
        "settled": bool(row["settled"]),
    }


def _key_row(record: Record) -> Row:
    status, body = record["answer"] or (None, None)
    named = {name: record[name] for name in ("digest", "seed", "at", "until")}
    return {"key": record["_id"], **named, "status": status, "body": body}


def _key_record(row: Row) -> Record:
    return {
        "_id": row["key"],
        **{name: row[name] for name in ("digest", "seed", "at", "until")},
        "answer": None if row["status"] is None else [row["status"], row["body"]],
        "forget_at": datetime.fromtimestamp((row["at"] + KEPT) / 1000, UTC),
    }


_PLACE: Final = (
    *("ticket_id", "channel_id", "state", "category_id", "card_id", "card_digest"),
    *("webhook_id", "webhook_token", "seen_through", "parent_id"),
)
_LINK: Final = ("ticket_id", "message_id", "part", "parts", "channel_id", "discord_id")

FORMS: Final = {
    "timers": Form(
        "timers",
        _same("timers", "ticket_id", "kind", "set_at_seq", "due_at", "attempts").row,
        lambda row: {"_id": f"{row['ticket_id']} {row['kind']}", **row},
    ),
    "channels": _same("channels", *_PLACE, key="ticket_id", may_lack="seen_through"),
    "threads": _same("threads", *_PLACE, key="ticket_id", may_lack="seen_through"),
    "links": _same("links", *_LINK),
    "thread_links": _same("thread_links", *_LINK),
    "agents": _of_body("agents", AGENT, "turn"),
    "people": _of_body("people", PERSON, "created_at"),
    "users": Form("users", _user_row, _user_record),
    "readings": _same("readings", "ticket_id", "requester_seq", "staff_seq", key="ticket_id"),
    "uploads": Form("uploads", _upload_row, _upload_record),
    "idempotency_keys": Form("idempotency_keys", _key_row, _key_record),
    "notifications": _same("notifications", *NOTIFICATION, key="id"),
    "notification_wishes": _same("notification_wishes", "user_key", "wishes", key="user_key"),
    "reply_addresses": _same("reply_addresses", "token", "ticket_id", "user_key", "expires_at", key="token"),
    "notifications_shown": _same("notifications_shown", "user_key", "ticket_id", "seq"),
    "erasures": _same("erasures", "id", "asked_at", "user_key", "done", "body", key="id"),
    "canned": _same("canned", "name", "content", "created_at", "updated_at", "used"),
    "accounts": _of_body("accounts", ACCOUNT, "email_key", "discord"),
    "token_ends": _same("token_ends", "key", "at", key="key"),
    "sessions": _of_body("sessions", SESSION, "user", "turn", "turned_at", "expires_at"),
    "signing_keys": _same("signing_keys", "key", "private", "created_at", key="key"),
    "proofs": _of_body("proofs", PROOF, "kind", "account_id", "expires_at"),
    "tries": _same("tries", "key", "count", "since", "last_at", "expires_at", key="key"),
    "webhooks": Form(
        "webhooks",
        lambda it: {"endpoint_id": it["_id"], "body": ENDPOINT.text(ENDPOINT.from_record(it))},
        lambda row: endpoint_record(ENDPOINT.from_text(row["body"])),
    ),
    "webhook_deliveries": Form(
        "webhook_deliveries",
        lambda it: dict(zip(("delivery_id", *COLUMNS), row_of(delivery_of(it)), strict=True)),
        lambda row: delivery_record(delivery_of_row([row[name] for name in COLUMNS])),
    ),
    "looks": _same("looks", *LOOK, key="id"),
    "processes": Form(
        "processes",
        lambda it: {
            "name": it["_id"],
            "seen_at": it["seen_at"],
            "body": PROCESS.text(PROCESS.from_record(it)),
        },
        lambda row: process_record(PROCESS.from_text(row["body"])),
    ),
}
"""The form of each table. ``rows`` translates events, due rows and failures."""
