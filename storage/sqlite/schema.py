"""The tables of the embedded store, and the steps that bring an older file up to date."""

import sqlite3

from storage.codec import TICKET, event_from
from storage.marks import marks_of
from storage.migration import MAKE_WAY, Reached
from storage.sqlite import sql
from storage.sqlite.migration import Migration, Step, statements
from storage.sqlite.reader import EVENT
from storage.sqlite.stale_days import ALL_STALE
from storage.sqlite.user_words import users_of_older_stores
from tickets.fold import ticket_of
from tickets.model import Status, TicketId
from tickets.ports.channels import ChannelState

AT_WORK = "status IN (" + ", ".join(f"'{status}'" for status in Status if not status.is_closed) + ")"
"""Which tickets are not closed. Queries must use exactly these words, or SQLite does not use the index."""

TO_ANSWER = f"status = '{Status.OPEN}'"
"""Which tickets wait for staff. The same holds."""

PIECE = 500
"""Tickets that one piece of a step reads."""

_VERSION_1 = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- pos is the position in the feed: writers take turns, so it has the order of the commits.
CREATE TABLE events (
    pos INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    requester TEXT NOT NULL,
    v INTEGER NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX events_seq ON events (ticket_id, seq);
CREATE UNIQUE INDEX events_id ON events (ticket_id, event_id);
CREATE INDEX events_feed ON events (requester, pos);

CREATE TABLE tickets (
    ticket_id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    requester TEXT NOT NULL,
    status TEXT NOT NULL,
    urgency INTEGER NOT NULL,
    waiting_since INTEGER,
    kind INTEGER NOT NULL,
    assignee TEXT,
    unattended INTEGER NOT NULL,
    rated_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX tickets_created ON tickets (created_at, number);
CREATE INDEX tickets_kind_created ON tickets (kind, created_at, number);
CREATE INDEX tickets_kind_updated ON tickets (kind, updated_at, number);
CREATE INDEX tickets_of_created ON tickets (requester, created_at, number);
CREATE INDEX tickets_of_kind_created ON tickets (requester, kind, created_at, number);
CREATE INDEX tickets_of_kind_updated ON tickets (requester, kind, updated_at, number);
CREATE INDEX tickets_by_created ON tickets (assignee, kind, created_at, number) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_by_updated ON tickets (assignee, kind, updated_at, number) WHERE assignee IS NOT NULL;
CREATE INDEX tickets_unattended_created ON tickets (created_at, number) WHERE unattended;
CREATE INDEX tickets_unattended_updated ON tickets (updated_at, number) WHERE unattended;
CREATE INDEX tickets_at_work ON tickets (urgency DESC, number) WHERE {AT_WORK};
CREATE INDEX tickets_to_answer ON tickets (urgency DESC, waiting_since, number) WHERE {TO_ANSWER};
CREATE INDEX tickets_rated ON tickets (rated_at, number) WHERE rated_at IS NOT NULL;
CREATE INDEX tickets_resolved ON tickets (json_extract(body, '$.closed_at'), number)
    WHERE status = '{Status.RESOLVED}';
CREATE INDEX tickets_assignee ON tickets (assignee, status, number) WHERE assignee IS NOT NULL;

-- A message is found by the id of the event that posted it, so that there is one index less to write.
-- delivery is a column of its own: the sinks set it, the log does not.
CREATE TABLE messages (
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_note INTEGER NOT NULL,
    delivery TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX messages_page ON messages (ticket_id, is_note, seq);

-- How many texts of a ticket hold a word, among messages and among notes.
CREATE TABLE words (
    word TEXT NOT NULL,
    at INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    noted INTEGER NOT NULL,
    PRIMARY KEY (word, at, ticket)
) WITHOUT ROWID;
CREATE TABLE texts (
    number INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (number, seq)
) WITHOUT ROWID;

CREATE TABLE todo (
    sink TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    urgency INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (sink, ticket_id, seq)
) WITHOUT ROWID;
CREATE INDEX todo_due ON todo (sink, urgency, due_at);

-- A timer is set once for each event, also after it has gone off.
CREATE TABLE timers (
    sink TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (sink, ticket_id, seq)
) WITHOUT ROWID;

CREATE TABLE failures (
    sink TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sink, ticket_id, seq)
) WITHOUT ROWID;

CREATE TABLE channels (
    ticket_id TEXT PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    category_id INTEGER,
    card_id INTEGER,
    card_digest TEXT,
    webhook_id INTEGER,
    webhook_token TEXT,
    seen_through INTEGER
) WITHOUT ROWID;
CREATE INDEX channels_at ON channels (channel_id);
CREATE INDEX channels_open ON channels (channel_id) WHERE state = '{ChannelState.OPEN}';

CREATE TABLE links (
    ticket_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    discord_id INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, message_id, part)
) WITHOUT ROWID;
CREATE INDEX links_newest ON links (ticket_id, channel_id, discord_id);

-- turn grows with each ticket that an agent was chosen for.
CREATE TABLE agents (key TEXT PRIMARY KEY, turn INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE users (key TEXT PRIMARY KEY, blocked INTEGER NOT NULL, note TEXT) WITHOUT ROWID;
CREATE INDEX users_blocked ON users (key) WHERE blocked;

CREATE TABLE readings (
    ticket_id TEXT PRIMARY KEY,
    requester_seq INTEGER NOT NULL DEFAULT 0,
    staff_seq INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE uploads (
    file_id TEXT PRIMARY KEY,
    uploader TEXT NOT NULL,
    at INTEGER NOT NULL,
    ticket_id TEXT,
    event_id TEXT,
    settled INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_unsettled ON uploads (at) WHERE NOT settled;
CREATE INDEX uploads_used ON uploads (ticket_id, event_id) WHERE event_id IS NOT NULL;

CREATE TABLE claims (
    key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    seed TEXT NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    status INTEGER,
    body TEXT
) WITHOUT ROWID;
CREATE INDEX claims_at ON claims (at);

CREATE TABLE people (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
"""

_VERSION_2 = """
ALTER TABLE users ADD COLUMN blocked_until INTEGER;
ALTER TABLE users ADD COLUMN block_reason TEXT;
"""

_VERSION_3 = """
-- A ticket has one timer of a kind at most. Without a time it has gone off, and is not set again.
ALTER TABLE timers RENAME TO removals;
CREATE TABLE timers (
    ticket_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    set_at_seq INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ticket_id, kind)
) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (kind, due_at) WHERE due_at IS NOT NULL;
INSERT INTO timers (ticket_id, kind, set_at_seq, due_at, attempts)
SELECT removals.ticket_id, 'removal', removals.seq, todo.due_at, coalesce(todo.attempts, 0)
FROM removals LEFT JOIN todo
ON todo.sink = 'removal' AND todo.ticket_id = removals.ticket_id AND todo.seq = removals.seq
WHERE removals.seq = (SELECT max(seq) FROM removals AS r WHERE r.ticket_id = removals.ticket_id);
DELETE FROM todo WHERE sink = 'removal';
DROP TABLE removals
"""

_VERSION_4 = f"""
INSERT INTO meta (key, value)
SELECT 'lease_' || key, value FROM meta WHERE key IN ('epoch', 'holder', 'beat');

UPDATE meta SET value = value + 1 WHERE key = 'epoch';
INSERT INTO meta (key, value) SELECT 'holder', '{MAKE_WAY}' || char(0) FROM meta WHERE key = 'deployment'
ON CONFLICT DO UPDATE SET value = excluded.value;

ALTER TABLE events RENAME COLUMN v TO version;
"""  # noqa: S608  only constants of ours are put into statements
"""The first program does not look at the version while it runs. Its leader logs for whom it has to make way;
leader and followers end on a holder that no file can be called like. A process of it that only serves the API
can append nothing any more: the column that it names is missing."""

_VERSION_5 = """
CREATE INDEX uploads_unused ON uploads (uploader) WHERE event_id IS NULL;
"""

_VERSION_6 = """
ALTER TABLE events RENAME COLUMN requester TO requester_key;
ALTER TABLE tickets RENAME COLUMN requester TO requester_key;
ALTER TABLE tickets RENAME COLUMN assignee TO assignee_key;
ALTER TABLE claims RENAME TO idempotency_keys;
"""

_VERSION_7 = f"""
ALTER TABLE channels ADD COLUMN parent_id INTEGER;
CREATE TABLE threads (
    ticket_id TEXT PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    category_id INTEGER,
    card_id INTEGER,
    card_digest TEXT,
    webhook_id INTEGER,
    webhook_token TEXT,
    seen_through INTEGER,
    parent_id INTEGER
) WITHOUT ROWID;
CREATE INDEX threads_at ON threads (channel_id);
CREATE INDEX threads_open ON threads (channel_id) WHERE state = '{ChannelState.OPEN}';
CREATE TABLE thread_links (
    ticket_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    discord_id INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, message_id, part)
) WITHOUT ROWID;
CREATE INDEX thread_links_newest ON thread_links (ticket_id, channel_id, discord_id);
"""

_VERSION_8 = """
CREATE TABLE canned (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
"""

_ACCOUNTS = """
-- People who sign in here, what signs their tokens, and what is known of those who try.
CREATE TABLE accounts (
    key TEXT PRIMARY KEY,
    email_key TEXT NOT NULL UNIQUE,
    discord TEXT UNIQUE,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE token_ends (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX token_ends_at ON token_ends (at);
CREATE TABLE sessions (
    key TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    turn INTEGER NOT NULL,
    turned_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (user, turned_at);
CREATE INDEX sessions_expire ON sessions (expires_at);
CREATE TABLE signing_keys (
    key TEXT PRIMARY KEY, private TEXT NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE proofs (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    account_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX proofs_of ON proofs (account_id);
CREATE INDEX proofs_expire ON proofs (expires_at);
CREATE TABLE tries (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tries_expire ON tries (expires_at);
"""

_MARKS = """
-- What tickets are found by: at is when the ticket was opened and ticket its number, as in words.
CREATE TABLE marks (
    mark TEXT NOT NULL,
    at INTEGER NOT NULL,
    ticket INTEGER NOT NULL,
    PRIMARY KEY (mark, at, ticket)
) WITHOUT ROWID;
ALTER TABLE tickets ADD COLUMN closed_at INTEGER;
CREATE INDEX tickets_closed ON tickets (closed_at, number) WHERE closed_at IS NOT NULL;
"""

_NOTIFICATIONS = """
-- Whatever has a due_at is pending. Those of one lane go together.
CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    user_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    ticket_id TEXT,
    seq INTEGER,
    sent_at INTEGER,
    read_at INTEGER,
    due_at INTEGER,
    parcel TEXT,
    begun INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    error TEXT,
    lane TEXT NOT NULL,
    letter TEXT
) WITHOUT ROWID;
CREATE INDEX notifications_of ON notifications (user_key, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_key, created_at, id)
    WHERE channel = 'in_app' AND read_at IS NULL;
CREATE INDEX notifications_left ON notifications (created_at, id) WHERE status IN ('pending', 'failed');
CREATE INDEX notifications_due ON notifications (channel, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX notifications_lane ON notifications (channel, lane, created_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX notifications_about ON notifications (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE TABLE notification_wishes (user_key TEXT PRIMARY KEY, wishes TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE notifications_shown (
    user_key TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (user_key, ticket_id)
) WITHOUT ROWID;
CREATE INDEX notifications_shown_about ON notifications_shown (ticket_id);
"""

_WEBHOOKS = """
CREATE TABLE webhooks (endpoint_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

-- What is not sent yet is tried at due_at, which is NULL once it is over.
CREATE TABLE webhook_deliveries (
    delivery_id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    ticket_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    user_key TEXT,
    created_at INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    due_at INTEGER,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    answer TEXT,
    about TEXT
) WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (endpoint_id, ticket_id, seq)
    WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_page ON webhook_deliveries (endpoint_id, created_at, delivery_id);
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (endpoint_id, status, created_at, delivery_id);
CREATE INDEX webhook_deliveries_user ON webhook_deliveries (user_key);
"""

_PROCESSES = """
CREATE TABLE processes (name TEXT PRIMARY KEY, seen_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
"""


_ERASURES = """
CREATE TABLE erasures (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    user_key TEXT,
    done INTEGER NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX erasures_newest ON erasures (asked_at);
CREATE INDEX erasures_unfinished ON erasures (asked_at) WHERE NOT done;

-- A new file never has anything in it that was not overwritten.
INSERT INTO meta (key, value) SELECT 'scrubbed', 1 WHERE NOT EXISTS (SELECT 1 FROM events)
"""

_SUMS = f"""
-- How many tickets there were, by the day on which they were opened, and by month: a list of cells for each
-- way to tell tickets apart. Days are stale once something of their tickets has changed.
CREATE TABLE sums (
    told_by TEXT NOT NULL,
    period TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (told_by, period)
) WITHOUT ROWID;
CREATE TABLE stale_days (day TEXT PRIMARY KEY, mark TEXT NOT NULL) WITHOUT ROWID;
{ALL_STALE};
"""

_REPLY_ADDRESSES = """
CREATE TABLE reply_addresses (
    token TEXT PRIMARY KEY,
    ticket_id TEXT NOT NULL,
    user_key TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reply_addresses_about ON reply_addresses (ticket_id, user_key, expires_at);
CREATE INDEX reply_addresses_of ON reply_addresses (user_key);
"""

_LOOKS = """
CREATE TABLE looks (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    by_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    user_key TEXT NOT NULL,
    ticket_id TEXT,
    ticket_number INTEGER
) WITHOUT ROWID;
CREATE INDEX looks_newest ON looks (at, id);
CREATE INDEX looks_by ON looks (by_key, at, id);
CREATE INDEX looks_of_user ON looks (user_key, at, id);
CREATE INDEX looks_at_ticket ON looks (ticket_id);
CREATE INDEX looks_by_number ON looks (ticket_number, at, id);
"""

RATING = "json_extract(body, '$.feedback.rating')"
"""Queries must use exactly these words, too."""
_RATED = "\n".join(
    f"CREATE INDEX tickets_rated_{name} ON tickets ({columns}{RATING}, rated_at, number)"
    " WHERE rated_at IS NOT NULL;"
    for name, columns in (("so", ""), ("of", "requester_key, "), ("by", "assignee_key, "))
)

_SET_VERSION = "UPDATE tickets SET closed_at = ?, body = json_set(body, '$.version', ?) WHERE rowid = ?"


def _version_of(connection: sqlite3.Connection, ticket_id: TicketId) -> int:
    """What the log says. A log that cannot be read is told elsewhere."""
    rows = connection.execute(f"SELECT {EVENT} FROM events WHERE ticket_id = ? ORDER BY seq", (ticket_id,))  # noqa: S608
    try:
        return ticket_of(event_from(*row) for row in rows.fetchall()).version
    except ValueError:
        return 1


def _marks_of_older_tickets(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, tickets had no marks and no version, and when they were closed was in their bodies
    alone."""
    if reached.place is None:
        statements(_MARKS)(connection, reached)
    rows = connection.execute(
        "SELECT rowid, body FROM tickets WHERE rowid > ? ORDER BY rowid LIMIT ?", (reached.place or 0, PIECE)
    ).fetchall()
    for rowid, body in rows:
        ticket = TICKET.from_text(body)
        marks = [(mark, ticket.created_at, ticket.number) for mark in marks_of(ticket)]
        sql.insert(connection, "marks (mark, at, ticket)", marks)
        version = _version_of(connection, ticket.id)
        connection.execute(_SET_VERSION, (ticket.closed_at, version, rowid))
    if len(rows) < PIECE:
        return None
    done = reached.done + len(rows)
    (total,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    return Reached(rows[-1][0], done, total)


STEPS = (
    Step("the first tables", statements(_VERSION_1)),
    Step("blocks that end, and have a reason", statements(_VERSION_2)),
    Step("timers have rows of their own", statements(_VERSION_3)),
    Step("processes of the first program end", statements(_VERSION_4)),
    Step("unused uploads by uploader", statements(_VERSION_5)),
    Step("columns have the names that both stores use", statements(_VERSION_6)),
    Step("threads of requesters", statements(_VERSION_7)),
    Step("canned answers", statements(_VERSION_8)),
    Step("tickets are found by labels, metadata and issuer", _marks_of_older_tickets),
    Step("accounts and their sessions", statements(_ACCOUNTS)),
    Step("notifications", statements(_NOTIFICATIONS)),
    Step("webhooks", statements(_WEBHOOKS)),
    Step("erasures", statements(_ERASURES)),
    Step("processes", statements(_PROCESSES)),
    Step("tickets are counted by day", statements(_SUMS)),
    Step("addresses to answer to by mail", statements(_REPLY_ADDRESSES)),
    Step("looks of staff", statements(_LOOKS)),
    Step("users are counted, and found by their words", users_of_older_stores),
    Step("feedback is found by stars, requester and assignee", statements(_RATED.removesuffix(";"))),
    Step("tickets are counted by hour and by the day of their end", statements(f"{ALL_STALE};")),
)
"""The step at index n makes version n + 1 of version n; steps are added, never changed."""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring them up to date, without a pause; raises StoreIsNewer."""
    migration = Migration(connection, STEPS)
    while migration.next_piece():
        pass
