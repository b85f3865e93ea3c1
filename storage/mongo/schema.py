"""The steps that bring an older database up to date, and what the first start gives a store."""

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
from storage.mongo.indexes import make_indexes
from storage.mongo.migration import OTHERS_END_WITHIN, Step, migrate
from storage.mongo.projector import ticket_from
from storage.mongo.reports import sums_in_rows
from storage.mongo.server import patiently
from storage.mongo.stale_days import all_stale
from storage.mongo.user_counts import users_of_older_stores
from storage.mongo.words import pairs_of_older_texts
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
    Step("scripts without spaces are found by pairs of characters", pairs_of_older_texts),
)
"""The step at index n makes version n + 2 of version n + 1; steps are added, never changed."""


async def bring_up_to_date(
    database: Database, steps: Sequence[Step] = STEPS, others_end_within: float = OTHERS_END_WITHIN
) -> None:
    """Migrate, and make the indexes, which may take long in a large database. Raises StoreIsNewer."""
    await patiently(database, migrate(database, steps, others_end_within))
    await patiently(database, make_indexes(database))


async def deployment(database: Database) -> Deployment:
    """The store's id, which its first start gave it. Of several processes, the first one decides."""
    given = {"deployment": secrets.token_hex(4), "secret": secrets.token_bytes(32)}
    await upsert(database.meta, {"_id": "deployment"}, {"$setOnInsert": given})
    kept = await database.meta.find_one({"_id": "deployment"}) or {}
    return Deployment(id=kept["deployment"], secret=bytes(kept["secret"]))
