"""The days whose tickets have changed since they were counted, in MongoDB."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bson import ObjectId

from storage.codec import Record
from storage.mongo.connection import Database, upsert
from tickets.events import (
    ChannelKept,
    LinkChanged,
    MessageDeleted,
    MessageEdited,
    NoteAdded,
    NoteDeleted,
    NoteEdited,
    PartChanged,
)
from tickets.figures import DAY, day_of
from tickets.model import AuthorType

_COUNT_FOR_NOTHING: Final = frozenset(
    it.__name__
    for it in (
        MessageEdited,
        MessageDeleted,
        NoteAdded,
        NoteEdited,
        NoteDeleted,
        PartChanged,
        LinkChanged,
        ChannelKept,
    )
)
"""Kinds of events after which every figure is as it was. All others are taken to change some."""


async def make_stale(database: Database, events: Sequence[Record]) -> None:
    """Something changed, in the read models too, of the tickets of these events. They are due in the feed
    until this is done: after a kill it is done once more."""
    await days_are_stale(database, await days_of(database, events))


async def days_of(database: Database, events: Sequence[Record]) -> set[str]:
    """The days on which tickets were opened that count otherwise after these events."""
    changed = {it["ticket_id"] for it in events if _may_count(it)}
    if not changed:
        return set()
    opened = database.tickets.find({"_id": {"$in": sorted(changed)}}, {"created_at": 1})
    return {day_of(it["created_at"]) for it in await opened.to_list(None)}


def _may_count(event: Record) -> bool:
    if event["type"] == "MessagePosted":
        return bool(event["actor"]["type"] == AuthorType.STAFF)  # it may be the first answer
    return event["type"] not in _COUNT_FOR_NOTHING


async def all_stale(database: Database) -> None:
    """Let everything be counted once more."""
    day: dict[str, Any] = {"$subtract": ["$created_at", {"$mod": ["$created_at", DAY]}]}
    found = await database.tickets.aggregate([{"$group": {"_id": day}}]).to_list(None)
    await days_are_stale(database, (day_of(int(it["_id"])) for it in found))


async def days_are_stale(database: Database, days: Iterable[str]) -> None:
    """Let the tickets of these days be counted anew."""
    for day in days:
        await upsert(database.stale_days, {"_id": day}, {"$set": {"mark": ObjectId()}})
