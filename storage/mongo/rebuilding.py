"""Rebuilds the collections that follow from the log, also while the database is used.

Each ticket is written on the condition that nobody has changed it since it was read. The last ticket is
stored, so that the rebuild goes on there after a kill."""

from dataclasses import asdict
from typing import Final

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.migration import Reached
from storage.mongo.connection import Attempts, Database, upsert
from storage.mongo.derived import Made, ids_after, made_of, records_of
from storage.mongo.for_commands import opened
from storage.mongo.inserting import insert_missing
from storage.mongo.stale_days import all_stale
from storage.mongo.user_counts import make_stale, next_users
from tickets.model import Delivery
from tickets.ports.sinks import SinkName

_KEY: Final = {"_id": "rebuild"}


async def rebuild(uri: str, name: str, tell: Tell) -> int:
    """Rebuild the collections. Returns the number of tickets rebuilt. Tickets whose log is faulty stay as
    they are, and CannotBeDone is raised. Raises StoreUnavailable."""
    async with opened(uri, name) as database:
        return await rebuilt(database, tell)


async def rebuild_stats(uri: str, name: str) -> int:
    """Have the statistics counted again. Returns the number of days. Raises CannotBeDone and
    StoreUnavailable."""
    async with opened(uri, name) as database:
        return await forget_sums(database)


async def forget_sums(database: Database) -> int:
    """Mark all days as not counted. Returns their number."""
    await database.sums.delete_many({})
    await all_stale(database)
    return await database.stale_days.count_documents({})


async def rebuilt(database: Database, tell: Tell) -> int:
    kept = await database.meta.find_one(_KEY)
    total = await database.tickets.estimated_document_count()
    reached = Reached(**kept["reached"]) if kept else Reached("", 0, total)
    left = 0
    while ids := await ids_after(database, str(reached.place)):
        for ticket_id in ids:
            try:
                await ticket_anew(database, ticket_id)
            except (ValueError, KeyError):
                left += 1
        reached = Reached(ids[-1], reached.done + len(ids), reached.total)
        await upsert(database.meta, _KEY, {"$set": {"reached": asdict(reached)}})
        tell("making tickets anew", reached.done, reached.total)
    await _number(database)
    await forget_sums(database)
    place: str | None = ""
    while place is not None:
        place = await next_users(database, place)
    await database.meta.delete_one(_KEY)
    if left:
        raise CannotBeDone(
            f"the logs of {left} tickets make no ticket, and they stay as they were; all others are made "
            "anew. guildesk verify names them: restore a back-up, or report it"
        )
    return reached.done


async def ticket_anew(database: Database, ticket_id: str, *, with_words: bool = True) -> None:
    """Rebuild a ticket. ``with_words`` tells whether its words are rebuilt as well. Raises ValueError or
    KeyError for a log that makes no ticket."""
    attempts = Attempts(f"making ticket {ticket_id} anew")
    while True:
        await attempts.one_more()
        before = await database.tickets.find_one({"_id": ticket_id})
        records = await records_of(database, ticket_id)
        if not records:
            await database.tickets.delete_one({"_id": ticket_id})
            await database.messages.delete_many({"ticket_id": ticket_id})
            return
        made = made_of(records)
        await _messages_anew(database, made, records)
        await _log_and_feed(database, made, records)
        if await _ticket_written(database, before, made):
            whose = {made.ticket["requester_key"], (before or made.ticket).get("requester_key")}
            if before is None or len(whose) > 1:
                await make_stale(database, whose - {None})
            if with_words:
                await _words_and_labels(database, made)
            return


async def _ticket_written(database: Database, before: Record | None, made: Made) -> bool:
    """Write the ticket, and return whether nobody else was faster. A ticket that waits for a channel keeps
    waiting, unless it has one."""
    ticket_id = made.it.ticket.id
    placed = await database.channels.find_one({"_id": ticket_id}, {"_id": 1}) is not None
    if before is None:
        try:
            await database.tickets.insert_one({**made.ticket, "_id": ticket_id, "placed": placed})
        except DuplicateKeyError:
            return False
        return True
    record = {**made.ticket, "placed": placed or bool(before.get("placed"))}
    same = {"_id": ticket_id, "seq": before.get("seq")}
    return bool((await database.tickets.replace_one(same, record)).matched_count)


async def _messages_anew(database: Database, made: Made, records: list[Record]) -> None:
    """Rebuild the messages. Their deliveries stay. A lost delivery follows from due and failed events."""
    by_seq = {record["seq"]: record for record in records}
    there = {
        it.get("id"): it
        for it in await database.messages.find({"ticket_id": made.it.ticket.id}).to_list(None)
    }
    missing = []
    for message_id, wanted in made.messages.items():
        found = there.pop(message_id, None)
        if found is None:
            missing.append({**wanted, "delivery": _delivery(by_seq[wanted["seq"]], wanted)})
            continue
        record = {name: value for name, value in wanted.items() if name != "delivery"}
        if any(name not in found or found[name] != value for name, value in record.items()):
            same = {"_id": found["_id"], "touched": found.get("touched")}
            await database.messages.update_one(same, {"$set": record})
    await insert_missing(database.messages, missing)  # an append may have written one meanwhile
    for surplus in there.values():
        posted = {"ticket_id": made.it.ticket.id, "event_id": surplus.get("id")}
        if await database.events.find_one(posted, {"_id": 1}) is None:
            await database.messages.delete_one({"_id": surplus["_id"]})


def _delivery(record: Record, message: Record) -> str:
    if SinkName.DISCORD in record.get("failed", {}):
        return Delivery.FAILED
    is_queued = SinkName.DISCORD in record.get("due", {}) and message["delivery"] == Delivery.QUEUED
    return Delivery.QUEUED if is_queued else Delivery.DELIVERED  # messages from Discord are there already


async def _log_and_feed(database: Database, made: Made, records: list[Record]) -> None:
    """Set requester and urgency of the events. Events that are missing at the end of the feed become due
    there."""
    ticket_id, requester = made.it.ticket.id, made.ticket["requester_key"]
    other = {"ticket_id": ticket_id, "requester_key": {"$ne": requester}, "seq": {"$lte": made.it.ticket.seq}}
    for collection in (database.events, database.feed):
        await collection.update_many(other, {"$set": {"requester_key": requester}})
    if any(record.get("urgency") != made.ticket["urgency"] for record in records if record.get("due")):
        of_ticket = {"ticket_id": ticket_id, "seq": {"$lte": made.it.ticket.seq}}
        await database.events.update_many(of_ticket, {"$set": {"urgency": made.ticket["urgency"]}})
    newest = await database.feed.find_one({"ticket_id": ticket_id}, sort=[("seq", DESCENDING)])
    fed = newest["seq"] if newest else 0
    for record in records:
        if record["seq"] > fed and "feed" not in record.get("due", {}):
            await database.events.update_one({"_id": record["_id"]}, {"$set": {"due.feed": record["at"]}})


async def _words_and_labels(database: Database, made: Made) -> None:
    """Rebuild the labels, and mark the words as not indexed. The leader indexes them, or the next search."""
    for event in made.it.events:
        for label in getattr(event.data, "added", ()):
            await upsert(database.labels, {"_id": label}, {"$setOnInsert": {"since": event.at}})
    await database.words.delete_many({"number": made.it.ticket.number})
    last = made.it.events[-1]
    key = {"ticket_id": last.ticket_id, "seq": last.seq}
    await database.events.update_one(key, {"$set": {"due.words": last.at}})


async def _number(database: Database) -> None:
    newest = await database.tickets.find_one({}, {"number": 1}, sort=[("number", DESCENDING)])
    if newest is not None:
        await upsert(database.counters, {"_id": "number"}, {"$max": {"value": newest["number"]}})
