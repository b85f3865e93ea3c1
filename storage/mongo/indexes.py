"""The indexes of the database."""

from pymongo import ASCENDING, DESCENDING

from storage.mongo.connection import Database
from storage.mongo.files import FILES
from tickets.ports.sinks import SinkName


async def make_indexes(database: Database) -> None:
    """Make all indexes that are missing. This may take long in a large database."""
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
