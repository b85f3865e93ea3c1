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
"""Kinds of events that change no figure. All other kinds are assumed to change some."""


async def make_stale(database: Database, events: Sequence[Record]) -> None:
    """Mark the days of these events' tickets, which the read models include already. The events stay due in
    the feed until this is done, so after a kill it is done once more."""
    await days_are_stale(database, await days_of(database, events))


async def days_of(database: Database, events: Sequence[Record]) -> set[str]:
    """The days of opening of the tickets whose figures these events change."""
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
    """Have all days counted once more."""
    day: dict[str, Any] = {"$subtract": ["$created_at", {"$mod": ["$created_at", DAY]}]}
    found = await database.tickets.aggregate([{"$group": {"_id": day}}]).to_list(None)
    await days_are_stale(database, (day_of(int(it["_id"])) for it in found))


async def days_are_stale(database: Database, days: Iterable[str]) -> None:
    """Have the tickets of these days counted again."""
    for day in days:
        await upsert(database.stale_days, {"_id": day}, {"$set": {"mark": ObjectId()}})
