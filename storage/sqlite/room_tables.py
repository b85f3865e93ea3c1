"""The tables of the embedded store for accounts, notifications, webhooks, erasures and statistics."""

from storage.sqlite.stale_days import ALL_STALE

ACCOUNTS = """
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

NOTIFICATIONS = """
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

WEBHOOKS = """
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

PROCESSES = """
CREATE TABLE processes (name TEXT PRIMARY KEY, seen_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
"""


ERASURES = """
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

SUMS = f"""
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

REPLY_ADDRESSES = """
CREATE TABLE reply_addresses (
    token TEXT PRIMARY KEY,
    ticket_id TEXT NOT NULL,
    user_key TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reply_addresses_about ON reply_addresses (ticket_id, user_key, expires_at);
CREATE INDEX reply_addresses_of ON reply_addresses (user_key);
"""

LOOKS = """
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

LOOKS_OF_A_KIND = """
CREATE INDEX IF NOT EXISTS looks_of_kind ON looks (kind, at, id);
CREATE INDEX IF NOT EXISTS looks_by_kind ON looks (by_key, kind, at, id)
"""
