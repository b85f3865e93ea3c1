"""The indexes, the steps that bring an older database up to date, and what the first start gives a store."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError, OperationFailure

from storage.codec import event_from_record
from storage.migration import MAKE_WAY, Reached
from storage.mongo.connection import Database, upsert
from storage.mongo.files import FILES, UNDER_WAY_FOR
from storage.mongo.migration import OTHERS_END_WITHIN, Step, migrate
from storage.mongo.projector import ticket_from
from storage.mongo.reports import sums_in_rows
from storage.mongo.server import patiently
from storage.mongo.stale_days import all_stale
from storage.mongo.user_counts import users_of_older_stores
from tickets.fold import ticket_of
from tickets.marks import marks_of
from tickets.ports.sinks import SinkName
from tickets.ports.store import Deployment

PIECE: Final = 500
"""One piece of a step changes so many records."""


async def _timers_of_their_own(database: Database, reached: Reached) -> Reached | None:
    """Until this step, the removal of a channel was due at the event that closed the ticket."""
    scheduled = {"scheduled.removal": {"$exists": True}}
    events = await database.events.find(scheduled, sort=[("seq", DESCENDING)], limit=PIECE).to_list(None)
    for event in events:
        timer = {
            "ticket_id": event["ticket_id"],
            "kind": "removal",
            "set_at_seq": event["seq"],
            "due_at": event.get("due", {}).get("removal"),
            "attempts": event.get("attempts", {}).get("removal", 0),
        }
        key = {"_id": f"{event['ticket_id']} removal"}
        with suppress(DuplicateKeyError):  # there is a later one
            await upsert(database.timers, {**key, "set_at_seq": {"$lt": event["seq"]}}, {"$set": timer})
        gone = {"scheduled.removal": "", "due.removal": "", "attempts.removal": ""}
        await database.events.update_one({"_id": event["_id"]}, {"$unset": gone})
    if len(events) < PIECE:
        return None
    done = reached.done + len(events)
    return Reached(done=done, total=done + await database.events.count_documents(scheduled))


async def _end_processes_of_the_first_program(database: Database) -> None:
    """The very first program does not read the version while it runs. Its leader and followers end on an
    epoch that is not a number, which their traceback quotes. The lease continues in another record."""
    meta = database.meta
    while lease := await meta.find_one({"_id": "lease", "epoch": {"$ne": MAKE_WAY}}):
        begun = {"$setOnInsert": {"holder": lease["holder"], "beat": lease["beat"]}}
        await upsert(meta, {"_id": "leader"}, {**begun, "$max": {"epoch": lease["epoch"]}})
        await meta.update_one(lease, {"$set": {"epoch": MAKE_WAY}})


_NEW_NAMES: Final = {"user": "requester_key", "assigned": "assignee_key"}
"""The names that both stores use for people's keys."""


async def _names_of_both_stores(database: Database, reached: Reached) -> Reached | None:
    old = {"$or": [{name: {"$exists": True}} for name in _NEW_NAMES]}
    left = 0
    for collection in (database.events, database.feed, database.tickets):
        records = await collection.find(old, {"_id": 1}, limit=PIECE).to_list(None)
        ids = [record["_id"] for record in records]
        await collection.update_many({"_id": {"$in": ids}}, {"$rename": _NEW_NAMES})
        left += await collection.count_documents(old)
    if left:
        done = reached.done + PIECE
        return Reached(done=done, total=done + left)
    for collection in (database.feed, database.tickets):
        for name in await collection.index_information():
            if name.startswith(("user_", "assigned_")):
                with suppress(OperationFailure):  # a process that did the same was quicker
                    await collection.drop_index(name)
    with suppress(OperationFailure):  # there is none, or a process that did the same was quicker
        await database.claims.rename("idempotency_keys")
    return None


async def _indexes_in_the_order_that_is_asked_for(database: Database, _: Reached) -> Reached | None:
    """Until this step, no index had the order in which due events are read. The new indexes are made with
    the others."""
    of_events = ("due.feed_1", *(f"urgency_-1_due.{sink}_1" for sink in SinkName))
    old = {"events": of_events, "tickets": ("assignee_key_1_status_1_number_1",)}
    for collection, names in old.items():
        there = await database[collection].index_information()
        for name in there.keys() & set(names):
            with suppress(OperationFailure):  # a process that did the same was quicker
                await database[collection].drop_index(name)
    return None


async def _no_pieces_of_killed_uploads(database: Database, reached: Reached) -> Reached | None:
    """Until this step, uploads in progress were not recorded. Walks along the uploads that have chunks."""
    long_ago = ObjectId.from_datetime(datetime.now(UTC) - UNDER_WAY_FOR)
    files, chunks = database[f"{FILES}.files"], database[f"{FILES}.chunks"]
    place = ObjectId(str(reached.place)) if reached.place else ObjectId("0" * 24)
    for _ in range(PIECE):
        among = {"files_id": {"$gt": place, "$lt": long_ago}}
        found = await chunks.find_one(among, {"files_id": 1}, sort=[("files_id", ASCENDING)])
        if found is None:
            return None
        place = found["files_id"]
        if await files.find_one({"_id": place}, {"_id": 1}) is None:
            await chunks.delete_many({"files_id": place})
    done = reached.done + PIECE
    return Reached(str(place), done, max(done, await files.estimated_document_count()))


async def _version_of(database: Database, ticket_id: str) -> int:
    """The ticket's version by its log. A log that cannot be read is reported elsewhere."""
    cursor = database.events.find({"ticket_id": ticket_id}, sort=[("seq", ASCENDING)])
    try:
        return ticket_of(event_from_record(it) for it in await cursor.to_list(None)).version
    except ValueError:
        return 1


async def _marks_of_older_tickets(database: Database, reached: Reached) -> Reached | None:
    """Until this step, tickets had no marks and no version. One that changes meanwhile is read again."""
    without = {"marks": {"$exists": False}}
    records = await database.tickets.find(without, limit=PIECE).to_list(None)
    for record in records:
        marks = sorted(marks_of(ticket_from(record)))
        version = await _version_of(database, record["_id"])
        key = {"_id": record["_id"], "seq": record["seq"]}
        await database.tickets.update_one(key, {"$set": {"marks": marks, "version": version}})
    left = await database.tickets.count_documents(without)
    if not left:
        return None
    done = reached.done + len(records)
    return Reached(done=done, total=done + left)


async def _count_older_tickets(database: Database, reached: Reached) -> Reached | None:
    await all_stale(database)
    return None


STEPS: tuple[Step, ...] = (
    Step("timers have records of their own", _timers_of_their_own, first=_end_processes_of_the_first_program),
    Step("fields have the names that both stores use", _names_of_both_stores),
    Step("indexes are in the order that is asked for", _indexes_in_the_order_that_is_asked_for),
    Step("pieces of killed uploads are removed", _no_pieces_of_killed_uploads),
    Step("tickets are found by labels, metadata and issuer", _marks_of_older_tickets),
    Step("tickets are counted by day", _count_older_tickets),
    Step("users are counted, and found by their words", users_of_older_stores),
    Step("tickets are counted by hour and by the day of their end", _count_older_tickets),
    Step("seconds of statistics are kept in rows", sums_in_rows),
)
"""The step at index n makes version n + 2 of version n + 1; steps are added, never changed."""


async def bring_up_to_date(
    database: Database, steps: Sequence[Step] = STEPS, others_end_within: float = OTHERS_END_WITHIN
) -> None:
    """Migrate, and make the indexes, which may take long in a large database. Raises StoreIsNewer."""
    await patiently(database, migrate(database, steps, others_end_within))
    await patiently(database, _make_indexes(database))


async def deployment(database: Database) -> Deployment:
    """The store's id, which its first start gave it. Of several processes, the first one decides."""
    given = {"deployment": secrets.token_hex(4), "secret": secrets.token_bytes(32)}
    await upsert(database.meta, {"_id": "deployment"}, {"$setOnInsert": given})
    kept = await database.meta.find_one({"_id": "deployment"}) or {}
    return Deployment(id=kept["deployment"], secret=bytes(kept["secret"]))


async def _make_indexes(database: Database) -> None:
    await _index_log(database)
    await _index_views(database)
    await _index_channels(database)
    await _index_accounts(database)
    await database.uploads.create_index([("settled", ASCENDING), ("at", ASCENDING)])
    await database.uploads.create_index([("use", ASCENDING)])
    await database.uploads.create_index([("uploader", ASCENDING), ("use", ASCENDING)])
    await database.canned.create_index([("name", ASCENDING)], unique=True)
    await _index_notifications(database)
    await _index_webhooks(database)
    await _index_looks(database)
    await database.erasures.create_index([("asked_at", ASCENDING)])
    await database.erasures.create_index([("done", ASCENDING), ("asked_at", ASCENDING)])
    await database.erasures.create_index([("done", ASCENDING), ("user_key", ASCENDING)])
    await database.idempotency_keys.create_index([("forget_at", ASCENDING)], expireAfterSeconds=0)
    await database.whispers.create_index([("forget_at", ASCENDING)], expireAfterSeconds=0)
    await database[f"{FILES}.files"].create_index([("filename", ASCENDING)], unique=True)
    await database[f"{FILES}.chunks"].create_index([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)


async def _index_looks(database: Database) -> None:
    newest = [("at", ASCENDING), ("_id", ASCENDING)]
    await database.looks.create_index(newest)
    for fields in ("by_key", "user_key", "ticket_number", "kind", "by_key kind"):
        await database.looks.create_index([*((field, ASCENDING) for field in fields.split()), *newest])
    await database.looks.create_index([("ticket_id", ASCENDING)])


async def _index_notifications(database: Database) -> None:
    kept = database.notifications
    newest = [("created_at", DESCENDING), ("_id", DESCENDING)]
    await kept.create_index([("user_key", ASCENDING), *newest])
    await kept.create_index(
        [("user_key", ASCENDING), ("channel", ASCENDING), ("read_at", ASCENDING), *newest]
    )
    await kept.create_index([("status", ASCENDING), *newest])
    await kept.create_index([("channel", ASCENDING), ("due_at", ASCENDING)])
    await kept.create_index([("channel", ASCENDING), ("lane", ASCENDING), ("due_at", ASCENDING)])
    await kept.create_index([("ticket_id", ASCENDING)])
    replies = database.reply_addresses
    await replies.create_index([("ticket_id", ASCENDING), ("user_key", ASCENDING), ("expires_at", ASCENDING)])
    await replies.create_index([("user_key", ASCENDING)])
    shown = database.notifications_shown
    await shown.create_index([("user_key", ASCENDING), ("ticket_id", ASCENDING)], unique=True)
    await shown.create_index([("ticket_id", ASCENDING)])


async def _index_log(database: Database) -> None:
    """The log, what is pending at each sink, and the feed."""
    await database.events.create_index([("ticket_id", ASCENDING), ("seq", ASCENDING)], unique=True)
    await database.events.create_index([("ticket_id", ASCENDING), ("event_id", ASCENDING)], unique=True)
    await database.timers.create_index([("kind", ASCENDING), ("due_at", ASCENDING)])
    for sink in SinkName:
        pending = {f"due.{sink}": {"$exists": True}}
        by_urgency = [("urgency", DESCENDING), (f"due.{sink}", ASCENDING), ("_id", ASCENDING)]
        in_front = [("ticket_id", ASCENDING), ("seq", ASCENDING), (f"due.{sink}", ASCENDING)]
        await database.events.create_index(by_urgency, partialFilterExpression=pending)
        await database.events.create_index(in_front, partialFilterExpression=pending)
    to_feed = {"due.feed": {"$exists": True}}
    in_order = [("due.feed", ASCENDING), ("_id", ASCENDING)]
    await database.events.create_index(in_order, partialFilterExpression=to_feed)
    await database.events.create_index([("due.words", ASCENDING)], sparse=True)
    await database.feed.create_index([("pos", ASCENDING)], unique=True)
    await database.feed.create_index([("ticket_id", ASCENDING), ("seq", ASCENDING)], unique=True)
    await database.feed.create_index([("requester_key", ASCENDING), ("pos", ASCENDING)])
    await database.feed.create_index([("ticket_id", ASCENDING), ("pos", ASCENDING)])


_PAGES = (
    "created_at",
    "kind created_at",
    "kind updated_at",
    "requester_key created_at",
    "requester_key kind created_at",
    "requester_key kind updated_at",
    "assignee_key kind created_at",
    "assignee_key kind updated_at",
    "unattended created_at",
    "unattended updated_at",
    "marks created_at",
)
"""The indexes for lists of tickets. Each ends with the number."""
_RATED = (
    "",
    "feedback.rating",
    "requester_key feedback.rating",
    "assignee_key feedback.rating",
)
"""The indexes for lists of feedback. Each ends with the newest first."""


async def _index_views(database: Database) -> None:
    number = ("number", ASCENDING)
    await database.tickets.create_index([number], unique=True)
    for fields in _PAGES:
        await database.tickets.create_index([*((field, ASCENDING) for field in fields.split()), number])
    queue = [("status", ASCENDING), ("placed", ASCENDING), ("urgency", DESCENDING), number]
    await database.tickets.create_index(queue)
    to_answer = [("status", ASCENDING), ("urgency", DESCENDING), ("waiting_since", ASCENDING), number]
    await database.tickets.create_index(to_answer)
    await database.tickets.create_index([("assignee_key", ASCENDING), number])
    rated = [("feedback.given_at", ASCENDING), number]
    for fields in _RATED:
        await database.tickets.create_index([*((field, ASCENDING) for field in fields.split()), *rated])
    counted = [("feedback.given_at", ASCENDING), ("assignee_key", ASCENDING), ("feedback.rating", ASCENDING)]
    is_rated = {"feedback.given_at": {"$exists": True}}
    await database.tickets.create_index(counted, partialFilterExpression=is_rated)
    most = [("tickets", DESCENDING), ("_id", ASCENDING)]
    await database.user_counts.create_index(most)
    await database.user_words.create_index([("key", ASCENDING)])
    await database.tickets.create_index([("status", ASCENDING), ("closed_at", ASCENDING), number])
    await database.messages.create_index([("ticket_id", ASCENDING), ("id", ASCENDING)], unique=True)
    await database.words.create_index([("every", ASCENDING), ("created_at", ASCENDING), number])
    await database.words.create_index([number])
    page = ("ticket_id", "is_note", "seq")
    await database.messages.create_index([(field, ASCENDING) for field in page])


async def _index_webhooks(database: Database) -> None:
    deliveries, waits = database.webhook_deliveries, {"due_at": {"$gte": 0}}
    endpoint = ("endpoint_id", ASCENDING)
    await deliveries.create_index([endpoint, ("due_at", ASCENDING)])
    in_order = [endpoint, ("ticket_id", ASCENDING), ("seq", ASCENDING)]
    await deliveries.create_index(in_order, partialFilterExpression=waits)
    newest = [("created_at", ASCENDING), ("_id", ASCENDING)]
    await deliveries.create_index([endpoint, *newest])
    await deliveries.create_index([endpoint, ("status", ASCENDING), *newest])
    await deliveries.create_index([("user_key", ASCENDING)])


async def _index_channels(database: Database) -> None:
    """The channels of tickets, the threads of requesters, and what links name in them."""
    for places in (database.channels, database.threads):
        await places.create_index([("channel_id", ASCENDING)])
        await places.create_index([("state", ASCENDING), ("channel_id", ASCENDING)])
    link = ("ticket_id", "message_id", "part")
    newest = ("ticket_id", "channel_id", "discord_id")
    for links in (database.links, database.thread_links):
        await links.create_index([(field, ASCENDING) for field in link], unique=True)
        await links.create_index([(field, ASCENDING) for field in newest])


async def _index_accounts(database: Database) -> None:
    await database.accounts.create_index([("email_key", ASCENDING)], unique=True)
    await database.accounts.create_index([("discord", ASCENDING)], unique=True, sparse=True)
    await database.token_ends.create_index([("at", ASCENDING)])
    await database.sessions.create_index([("user", ASCENDING), ("turned_at", DESCENDING), ("_id", ASCENDING)])
    await database.proofs.create_index([("account_id", ASCENDING)])
    for collection in (database.sessions, database.proofs, database.tries):
        await collection.create_index([("expires_at", ASCENDING)])
