"""Replaces people who are named in other people's tickets by pseudonyms, in MongoDB."""

import json
from collections.abc import Sequence
from typing import Final

from bson import ObjectId
from pymongo import ASCENDING

from storage.codec import ANSWER, ERASURE, Record, event_from_record, event_record
from storage.erasing import discord_ids, needles, renamed_erasure, renamed_sums, renamed_text, silenced
from storage.mongo.connection import Database
from storage.mongo.derived import records_of
from storage.mongo.projector import Projector
from storage.mongo.rebuilding import ticket_anew
from storage.mongo.stale_days import days_are_stale
from tickets.erasing import under_pseudonym
from tickets.figures import By, day_of
from tickets.model import TicketId
from tickets.ports.erasing import LookedThrough, Pseudonym

PIECE: Final = 500
"""One step looks through so many events."""
_NAMING: Final = {
    "ticket_id": 1,
    "actor": 1,
    "data.requester": 1,
    "data.assignee": 1,
    "data.changes": 1,
    "data.who": 1,
    "data.content": 1,
}
"""The fields of events that may name somebody."""
_LINK: Final = {"discord_id": 1, "message_id": 1}


async def look_through(
    database: Database, projector: Projector, pseudonym: Pseudonym, after: str, done: set[TicketId]
) -> LookedThrough:
    """See the port ``Erasures``. ``done`` are tickets that this process has looked through already. They are
    skipped, unless they name these people again."""
    which = {"_id": {"$gt": ObjectId(after)}} if after else {}
    records = await database.events.find(which, _NAMING, sort=[("_id", ASCENDING)], limit=PIECE).to_list(None)
    if not records:
        return LookedThrough(after, 0)
    wanted = needles(pseudonym)
    again = {TicketId(it["ticket_id"]) for it in records if _names(it, wanted)}
    named = again | {TicketId(it["ticket_id"]) for it in records if _names(it, [pseudonym.key.id])}
    for ticket_id in sorted(again | (named - done)) if pseudonym.people else ():
        await _in_ticket(database, projector, ticket_id, pseudonym)
        done.add(ticket_id)
    return LookedThrough(str(records[-1]["_id"]), len(records), frozenset(named))


def _names(record: Record, wanted: Sequence[str]) -> bool:
    text = json.dumps(record, ensure_ascii=False, default=str, separators=(",", ":"))
    return any(it in text for it in wanted)


async def _in_ticket(
    database: Database, projector: Projector, ticket_id: TicketId, pseudonym: Pseudonym
) -> None:
    wanted = needles(pseudonym)
    is_changed = is_mentioned = False
    for record in await records_of(database, ticket_id):
        data = record["data"]
        if _names({"actor": record["actor"], "data": data}, wanted):
            event = event_record(under_pseudonym(event_from_record(record), pseudonym.people, pseudonym.key))
            fields = {name: event[name] for name in ("actor", "data")}
            await database.events.update_one({"_id": record["_id"]}, {"$set": fields})
            is_changed, data = True, event["data"]
        is_mentioned |= f"@{pseudonym.key.id}" in str(data.get("content"))
    found = await database.tickets.find_one({"_id": ticket_id})
    messages = await database.messages.find({"ticket_id": ticket_id}).to_list(None)
    if (
        is_changed
        or is_mentioned
        or any(_names(it, wanted) for it in (*messages, *([found] if found else [])))
    ):
        projector.forget(ticket_id)
        await ticket_anew(database, ticket_id, with_words=is_mentioned)
        if found is not None:
            await days_are_stale(database, [day_of(found["created_at"])])
    told = database.notifications.find({"ticket_id": ticket_id}, {"text": 1})
    for it in await told.to_list(None):
        if (text := renamed_text(it["text"], pseudonym)) != it["text"]:
            await database.notifications.update_one({"_id": it["_id"]}, {"$set": {"text": text}})


async def put_pseudonym(database: Database, pseudonym: Pseudonym) -> None:
    """Put the pseudonym into the other collections."""
    await _in_links(database, discord_ids(pseudonym))
    await _in_deliveries(database, pseudonym)
    for person in pseudonym.people:
        theirs = {"uploader": str(person), "use": {"$ne": None}}
        await database.uploads.update_many(theirs, {"$set": {"uploader": str(pseudonym.key)}})
    for it in await database.erasures.find({}).to_list(None):
        if (renamed := renamed_erasure(ERASURE.from_text(it["body"]), pseudonym)) is not None:
            await database.erasures.update_one({"_id": it["_id"]}, {"$set": {"body": ERASURE.text(renamed)}})
    by_agent = {"_id": {"$gte": f"{By.AGENT} ", "$lt": f"{By.AGENT}!"}}
    for it in await database.sums.find(by_agent).to_list(None):
        if any(needle in it["body"] for needle in needles(pseudonym)):
            same = {"_id": it["_id"], "body": it["body"]}
            text = renamed_sums(it["body"], pseudonym)
            await database.sums.update_one(same, {"$set": {"body": text}})


async def _in_deliveries(database: Database, pseudonym: Pseudonym) -> None:
    """What endpoints answered to deliveries about tickets of others."""
    said, last = {"answer.body": {"$gt": ""}}, ""
    while True:
        which = {**said, "_id": {"$gt": last}}
        found = await database.webhook_deliveries.find(
            which, {"answer": 1}, sort=[("_id", ASCENDING)], limit=PIECE
        ).to_list(None)
        for it in found:
            if (answer := silenced(ANSWER.from_record(it["answer"]), pseudonym)) is not None:
                silent = {"$set": {"answer": ANSWER.record(answer)}}
                await database.webhook_deliveries.update_one({"_id": it["_id"]}, silent)
        if len(found) < PIECE:
            return
        last = found[-1]["_id"]


async def _in_links(database: Database, ids: Sequence[int]) -> None:
    """The links that name who has removed a channel by hand."""
    which: Record = {}
    while ids:
        found = await database.links.find(which, _LINK, sort=[("_id", ASCENDING)], limit=PIECE).to_list(None)
        for it in found:
            if it["discord_id"] in ids and it["message_id"].endswith(":who"):
                await database.links.update_one({"_id": it["_id"]}, {"$set": {"discord_id": 0}})
        if len(found) < PIECE:
            return
        which = {"_id": {"$gt": found[-1]["_id"]}}
