"""The tables of tickets in the embedded store, as the first steps made them and later ones changed them."""

from storage.migration import MAKE_WAY
from tickets.model import Status
from tickets.ports.channels import ChannelState

AT_WORK = "status IN (" + ", ".join(f"'{status}'" for status in Status if not status.is_closed) + ")"
"""Which tickets are not closed. Queries must use exactly these words, or SQLite does not use the index."""

TO_ANSWER = f"status = '{Status.OPEN}'"
"""Which tickets wait for staff. Queries must use exactly these words, too."""

MAY_BE_UNREAD = "is_note = 0 AND json_valid(body) AND NOT coalesce(json_extract(body, '$.deleted'), 0)"
"""Which messages may be unread, in exactly these words, too. A text that is damaged stops no writing."""

SIDE = "json_extract(body, '$.author.type')"
"""Whose a message is, in exactly these words, too."""

VERSION_1 = f"""
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

VERSION_2 = """
ALTER TABLE users ADD COLUMN blocked_until INTEGER;
ALTER TABLE users ADD COLUMN block_reason TEXT;
"""

VERSION_3 = """
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

VERSION_4 = f"""
INSERT INTO meta (key, value)
SELECT 'lease_' || key, value FROM meta WHERE key IN ('epoch', 'holder', 'beat');

UPDATE meta SET value = value + 1 WHERE key = 'epoch';
INSERT INTO meta (key, value) SELECT 'holder', '{MAKE_WAY}' || char(0) FROM meta WHERE key = 'deployment'
ON CONFLICT DO UPDATE SET value = excluded.value;

ALTER TABLE events RENAME COLUMN v TO version;
"""  # noqa: S608  only constants of ours are put into statements
"""The very first version of the program does not check the schema version while it runs.

Its leader logs the name of the new holder. Leader and followers end, because no file can have that name. A
process that only serves the API can append nothing any more, because a column that it names is missing."""

VERSION_5 = """
CREATE INDEX uploads_unused ON uploads (uploader) WHERE event_id IS NULL;
"""

VERSION_6 = """
ALTER TABLE events RENAME COLUMN requester TO requester_key;
ALTER TABLE tickets RENAME COLUMN requester TO requester_key;
ALTER TABLE tickets RENAME COLUMN assignee TO assignee_key;
ALTER TABLE claims RENAME TO idempotency_keys;
"""

VERSION_7 = f"""
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

VERSION_8 = """
CREATE TABLE canned (
    name TEXT PRIMARY KEY,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    used INTEGER NOT NULL
) WITHOUT ROWID;
"""

MARKS = """
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

RATING = "json_extract(body, '$.feedback.rating')"
"""Queries must use exactly these words, too."""
RATED = "\n".join(
    f"CREATE INDEX tickets_rated_{name} ON tickets ({columns}{RATING}, rated_at, number)"
    " WHERE rated_at IS NOT NULL;"
    for name, columns in (("so", ""), ("of", "requester_key, "), ("by", "assignee_key, "))
)

UNREAD_OF_A_SIDE = f"""
CREATE INDEX IF NOT EXISTS messages_unread ON messages (ticket_id, {SIDE}, seq) WHERE {MAY_BE_UNREAD}"""
"""Counting what is unread, which happens at every look at a ticket, reads up to 100 entries of this index,
however many messages the ticket has."""
