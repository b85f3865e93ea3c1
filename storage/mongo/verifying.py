"""Compares the collections of a database with its log, also while the database is used."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Final

from pymongo import ASCENDING, DESCENDING

from storage.codec import Record
from storage.keeping.differences import Difference
from storage.keeping.progress import Tell
from storage.mongo.connection import Database
from storage.mongo.derived import Made, ids_after, made_of, message_differs, records_of, ticket_differs
from storage.mongo.for_commands import opened
from tickets.ports.sinks import SinkName

LOOKS: Final = 4
"""A ticket is compared so many times before a difference is reported, because somebody may be appending."""
PAUSE: Final = 0.25
"""Seconds between two comparisons."""


async def verify(uri: str, name: str, tell: Tell) -> AsyncIterator[Difference]:
    """Every difference between the log and the derived collections. Raises CannotBeDone and
    StoreUnavailable."""
    async with opened(uri, name) as database:
        async for it in differences(database, tell):
            yield it


async def differences(database: Database, tell: Tell) -> AsyncIterator[Difference]:
    total = await database.tickets.estimated_document_count()
    after, done = "", 0
    while ids := await ids_after(database, after):
        for ticket_id in ids:
            for it in await _of_ticket_for_sure(database, ticket_id):
                yield it
        after, done = ids[-1], done + len(ids)
        tell("comparing tickets", done, total)
    for it in await _number(database):
        yield it


async def _of_ticket_for_sure(database: Database, ticket_id: str) -> list[Difference]:
    found: list[Difference] = []
    for look in range(LOOKS):
        if look:
            await asyncio.sleep(PAUSE)
        found = [it async for it in _of_ticket(database, ticket_id)]
        if not found:
            break
    return found


async def _of_ticket(database: Database, ticket_id: str) -> AsyncIterator[Difference]:
    records = await records_of(database, ticket_id)
    messages = await database.messages.find({"ticket_id": ticket_id}).to_list(None)
    ticket = await database.tickets.find_one({"_id": ticket_id})
    if not records:
        for name, there in (("tickets", ticket), ("messages", messages)):
            if there:
                yield Difference(f"ticket {ticket_id}", f"{name} has it, and the log does not")
        return
    try:
        made = made_of(records)
    except (ValueError, KeyError) as error:
        yield Difference(f"ticket {ticket_id}", f"its log makes no ticket: {type(error).__name__}")
        return
    feed = await database.feed.find({"ticket_id": ticket_id}, sort=[("seq", ASCENDING)]).to_list(None)
    has_channel = await database.channels.find_one({"_id": ticket_id}, {"_id": 1}) is not None
    for what in (
        *_log(records, made),
        *_ticket(ticket, made, has_channel=has_channel),
        *_messages(messages, made),
        *_feed(feed, records, made),
        *[it async for it in _words_and_labels(database, made)],
    ):
        yield Difference(made.it.where, what)


def _ticket(found: Record | None, made: Made, *, has_channel: bool) -> Iterator[str]:
    if found is None:
        yield "tickets lacks its record"
        return
    if fields := ticket_differs(found, made):
        yield f"tickets: its record differs in {', '.join(fields)}"
    if has_channel and not found.get("placed"):
        yield "tickets: it waits for a channel, and has one"


def _log(records: Sequence[Record], made: Made) -> Iterator[str]:
    if any(record["requester_key"] != made.ticket["requester_key"] for record in records):
        yield "events do not have the key of its requester"
    sinks = {str(it) for it in SinkName}
    pending = [record for record in records if sinks & record.get("due", {}).keys()]
    if any(record.get("urgency") != made.ticket["urgency"] for record in pending):
        yield "events that are due have another urgency than the ticket"


def _messages(found: Sequence[Record], made: Made) -> Iterator[str]:
    there = {record.get("id"): record for record in found}
    for message_id, wanted in made.messages.items():
        place = f"{'note' if wanted['is_note'] else 'text'} {wanted['seq']}"
        if message_id not in there:
            yield f"messages lacks {place}"
        elif fields := message_differs(there[message_id], made):
            yield f"messages: {place} differs in {', '.join(fields)}"
    for surplus in there.keys() - made.messages.keys():
        yield f"messages has text {there[surplus].get('seq')}, and the log does not"


def _feed(found: Sequence[Record], records: Sequence[Record], made: Made) -> Iterator[str]:
    there = {entry["seq"]: entry for entry in found}
    for record in records:
        entry = there.pop(record["seq"], None)
        if entry is None and "feed" not in record.get("due", {}):
            yield f"feed lacks event {record['seq']}"
        elif entry is not None and entry["event"] != record["_id"]:
            yield f"feed: event {record['seq']} is another"
        elif entry is not None and entry["requester_key"] != made.ticket["requester_key"]:
            yield f"feed: event {record['seq']} has the key of another requester"
    for seq in there:
        yield f"feed has event {seq}, and the log does not"


async def _words_and_labels(database: Database, made: Made) -> AsyncIterator[str]:
    """Compare words and labels. Words that are not indexed yet are left out."""
    for label in made.labels:
        if await database.labels.find_one({"_id": label}) is None:
            yield "labels lacks one of its labels"
    parts = await database.words.find({"number": made.it.ticket.number}).to_list(None)
    shown = {word for part in parts for word in part.get("shown", ())}
    every = {word for part in parts for word in part.get("every", ())}
    if not made.has_words_due and (shown != made.words.shown or every != made.words.shown | made.words.noted):
        yield "words: its words are others"


async def _number(database: Database) -> list[Difference]:
    newest = await database.tickets.find_one({}, {"number": 1}, sort=[("number", DESCENDING)])
    counter = await database.counters.find_one({"_id": "number"}) or {}
    if newest is None or counter.get("value", 0) >= newest["number"]:
        return []
    return [Difference("the next number", f"is not above that of ticket {newest['number']}")]
