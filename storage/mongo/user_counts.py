"""The number of tickets of each user, and the words by which users are found, in MongoDB.

The tickets of a user who got or lost one are counted again. A count is written on the condition that nobody
has written another since it was begun, so that the last count has seen everything."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from typing import Final

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError, PyMongoError

from storage.codec import PERSON, Record, event_from_record
from storage.migration import Reached
from storage.mongo.connection import Database, upsert
from storage.user_pages import is_counted, words_of_person
from tickets.events import TicketChanged, TicketOpened
from tickets.model import Person, UserKey
from tickets.ports.store import StoreUnavailable

log = logging.getLogger(__name__)

PIECE: Final = 500
"""One piece of a step covers so many people."""
MOST_STALE: Final = 500
"""At most so many users are counted before a page is read. More than that wait only while there is no
leader."""
PAUSE: Final = 1.0
"""Seconds between two rounds of the leader."""
_SEPARATOR: Final = "\n"


def word_id(word: str, key: str) -> str:
    """The id of a word's record: the records are in the order of words, then of keys."""
    return f"{word}{_SEPARATOR}{key}"


async def put_words(database: Database, person: Person, before: Person | None) -> None:
    """Make the person findable by these words. Former words are removed last, so that some words are always
    there."""
    key = str(person.key)
    now = words_of_person(person)
    was = words_of_person(before) if before else frozenset()
    for word in sorted(now - was):
        await upsert(database.user_words, {"_id": word_id(word, key)}, {"$set": {"key": key}})


async def drop_words(database: Database, person: Person, before: Person | None) -> None:
    """Remove the former words that are not among the present ones."""
    gone = (words_of_person(before) if before else frozenset()) - words_of_person(person)
    ids = [word_id(word, str(person.key)) for word in gone]
    if ids:
        await database.user_words.delete_many({"_id": {"$in": ids}})


async def begin_count(database: Database, key: str) -> None:
    """List the user, with no tickets yet."""
    if is_counted(key):
        nothing = {"tickets": 0, "version": 0}
        await upsert(database.user_counts, {"_id": key}, {"$setOnInsert": nothing})


async def make_stale(database: Database, keys: Iterable[str]) -> None:
    for key in keys:
        await upsert(database.stale_users, {"_id": key}, {"$set": {"mark": ObjectId()}})


def whose_count_changes(events: Sequence[Record]) -> set[str]:
    """The users whose number of tickets these events change."""
    keys: set[str] = set()
    for record in events:
        if record["type"] == TicketOpened.__name__:
            keys.add(record["requester_key"])
        elif record["type"] == TicketChanged.__name__:
            data = event_from_record(record).data
            if isinstance(data, TicketChanged) and data.hands_over:
                keys.update(it for change in data.changes for it in (change.old, change.new) if it)
                keys.add(record["requester_key"])
    return keys


async def count_stale(database: Database, limit: int = MOST_STALE) -> int:
    """Count users again whose count is stale. Returns how many were counted."""
    stale = await database.stale_users.find({}, limit=limit).to_list(None)
    for it in stale:
        await count_anew(database, it["_id"])
        await database.stale_users.delete_one({"_id": it["_id"], "mark": it["mark"]})
    return len(stale)


async def count_anew(database: Database, key: str) -> None:
    """Whoever is not listed and has no tickets is nobody any more."""
    counts = database.user_counts
    while True:
        kept = await counts.find_one({"_id": key})
        tickets = await database.tickets.count_documents({"requester_key": key})
        if kept is None:
            if not tickets:
                return
            try:
                await counts.insert_one({"_id": key, "tickets": tickets, "version": 1})
            except DuplicateKeyError:
                continue
            return
        same = {"_id": key, "version": kept["version"]}
        now = {"tickets": tickets, "version": kept["version"] + 1}
        if (await counts.update_one(same, {"$set": now})).matched_count:
            return


async def count_forever(database: Database) -> None:
    """Count whoever is stale, until cancelled."""
    while True:
        try:
            while await count_stale(database) == MOST_STALE:
                pass
        except (PyMongoError, StoreUnavailable) as error:
            log.debug("users are counted later: %s", error)
        await asyncio.sleep(PAUSE)


async def users_of_older_stores(database: Database, reached: Reached) -> Reached | None:
    """Until this step, users were counted when they were listed, and could not be found by name."""
    place = await next_users(database, str(reached.place or ""))
    if place is None:
        return None
    done = reached.done + PIECE
    return Reached(place, done, max(done, await database.people.estimated_document_count()))


async def next_users(database: Database, after: str) -> str | None:
    """Index and count the next people. Returns where the next piece begins, or None after the last."""
    which = {"_id": {"$gt": after}}
    records = await database.people.find(which, sort=[("_id", ASCENDING)], limit=PIECE).to_list(None)
    for record in records:
        person = PERSON.from_record(record)
        if person.key.issuer != UserKey.DISCORD:
            await put_words(database, person, None)
            await begin_count(database, record["_id"])
        if "created_at" not in record:
            await _first_ticket_tells(database, record["_id"])
    keys = [record["_id"] for record in records]
    among: Record = {"$match": {"requester_key": {"$in": keys}}}
    group: Record = {"$group": {"_id": "$requester_key"}}
    have = await database.tickets.aggregate([among, group]).to_list(None)
    await make_stale(database, [it["_id"] for it in have])
    while await count_stale(database):
        pass
    return records[-1]["_id"] if len(records) == PIECE else None


async def _first_ticket_tells(database: Database, key: str) -> None:
    """The time of the first ticket, for people of an older program, which did not store when they were first
    seen."""
    first = await database.tickets.find_one({"requester_key": key}, sort=[("created_at", ASCENDING)])
    if first is not None:
        update = {"$set": {"created_at": first["created_at"]}}
        await database.people.update_one({"_id": key, "created_at": {"$exists": False}}, update)
