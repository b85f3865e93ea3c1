"""Which collections follow from the log, and their content as the log makes it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pymongo import ASCENDING

from storage.codec import MESSAGE, TICKET, Record, event_from_record
from storage.keeping.differences import AT_ONCE, Folded, fields_that_differ, folded, next_ids
from storage.mongo.connection import Collection, Database
from storage.mongo.files import FILES
from storage.mongo.projector import ticket_from, ticket_record
from storage.mongo.row_forms import FORMS
from storage.mongo.words import TicketWords, words_of_ticket
from tickets.model import MessageId

DERIVED: Final = frozenset({"tickets", "messages", "labels", "words", "feed"})
LOG: Final = frozenset({"events", "meta", "counters"})
COUNTED: Final = frozenset({"sums", "stale_days", "user_counts", "stale_users", "user_words"})
"""Collections that are made from tickets and people, a little later: statistics, days to count again, and
the words that find users."""
OF_ITS_OWN: Final = frozenset(
    {
        *(form.collection for form in FORMS.values()),
        *(f"{FILES}.files", f"{FILES}.chunks", "openings", "uploads_under_way", "whispers"),
    }
)
"""Collections whose content does not follow from events."""


@dataclass(frozen=True, slots=True)
class Made:
    """The derived records of a ticket, as its log makes them."""

    it: Folded
    ticket: Record
    messages: dict[MessageId, Record]
    words: TicketWords
    labels: frozenset[str]
    has_words_due: bool


async def records_of(database: Database, ticket_id: str) -> list[Record]:
    """The records of the ticket's log."""
    cursor = database.events.find({"ticket_id": ticket_id}, sort=[("seq", ASCENDING)])
    return list(await cursor.to_list(None))


def made_of(records: Sequence[Record]) -> Made:
    """The derived records. Raises ValueError or KeyError for a log that Guildesk cannot have written."""
    it = folded([event_from_record(record) for record in records])
    touched = {event.message_id: event.seq for event in it.events if event.message_id is not None}
    messages = {
        message_id: {**MESSAGE.record(message), "touched": touched[message_id]}
        for message_id, message in it.messages.items()
    }
    return Made(
        it=it,
        ticket=ticket_record(it.ticket),
        messages=messages,
        words=words_of_ticket(it.ticket, it.messages.values()),
        labels=frozenset(it.ticket.labels),
        has_words_due=any("words" in record.get("due", {}) for record in records),
    )


async def ids_after(database: Database, ticket_id: str) -> list[str]:
    """The next ids of tickets that are in the log or in a derived collection."""
    sources = ((database.events, "ticket_id"), (database.tickets, "_id"), (database.messages, "ticket_id"))
    pages = await asyncio.gather(*(_page(*source, ticket_id) for source in sources))
    return next_ids(pages, AT_ONCE)


async def _page(collection: Collection, field: str, after: str) -> list[str]:
    cursor = collection.find({field: {"$gt": after}}, {field: 1}, sort=[(field, ASCENDING)], limit=AT_ONCE)
    return [record[field] for record in await cursor.to_list(None)]


def ticket_differs(found: Record, made: Made) -> list[str]:
    """The names of the fields that differ. Records of older programs may lack a field that has its
    default."""
    beside = made.ticket.keys() - TICKET.record(made.it.ticket).keys()
    differ = [name for name in sorted(beside) if name not in found or found[name] != made.ticket[name]]
    try:
        return fields_that_differ(ticket_from(found), made.it.ticket) + differ
    except (ValueError, KeyError):
        return ["its form", *differ]


def message_differs(found: Record, made: Made) -> list[str]:
    """The same for a message, without its delivery, which sinks set and not the log."""
    message_id = MessageId(found["id"])
    differ = [] if found.get("touched") == made.messages[message_id]["touched"] else ["touched"]
    try:
        message = MESSAGE.from_record(found)
    except (ValueError, KeyError):
        return ["its form", *differ]
    return fields_that_differ(message, made.it.messages[message_id], ("delivery",)) + differ
