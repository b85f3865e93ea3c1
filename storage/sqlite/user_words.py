"""The number of tickets of each user, and the words by which users are found, in SQLite.

The database counts by triggers, so the counts stay right whoever writes tickets or people."""

import sqlite3
from typing import Final

from storage.codec import PERSON
from storage.migration import Reached
from storage.user_pages import words_of_person
from tickets.model import Person, UserKey

PIECE: Final = 500
"""One piece of a step reads so many people."""
_BEGUN: Final = """INSERT INTO user_counts (key, tickets)
    SELECT NEW.{0}, 0 WHERE NOT EXISTS (SELECT 1 FROM user_counts WHERE key = NEW.{0})"""
_MORE: Final = "UPDATE user_counts SET tickets = tickets + 1 WHERE key = NEW.requester_key"
_FEWER: Final = "UPDATE user_counts SET tickets = tickets - 1 WHERE key = OLD.requester_key"
_IS_COUNTED: Final = "{}.key NOT LIKE 'discord %'"
_TABLES: Final = (
    "ALTER TABLE people ADD COLUMN created_at INTEGER",
    """UPDATE people SET created_at =
    (SELECT min(created_at) FROM tickets INDEXED BY tickets_of_created WHERE requester_key = people.key)""",
    "CREATE TABLE user_counts (key TEXT PRIMARY KEY, tickets INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX user_counts_most ON user_counts (tickets DESC, key)",
    "CREATE TABLE user_words (word TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (word, key)) WITHOUT ROWID",
    "CREATE INDEX user_words_of ON user_words (key)",
    f"""CREATE TRIGGER user_counts_opened AFTER INSERT ON tickets BEGIN
    {_BEGUN.format("requester_key")}; {_MORE}; END""",
    f"""CREATE TRIGGER user_counts_handed_over AFTER UPDATE OF requester_key ON tickets
    WHEN OLD.requester_key != NEW.requester_key BEGIN
    {_BEGUN.format("requester_key")}; {_MORE}; {_FEWER}; END""",
    f"CREATE TRIGGER user_counts_gone AFTER DELETE ON tickets BEGIN {_FEWER}; END",
    f"""CREATE TRIGGER user_counts_known AFTER INSERT ON people WHEN {_IS_COUNTED.format("NEW")} BEGIN
    {_BEGUN.format("key")}; END""",
    """CREATE TRIGGER user_counts_forgotten AFTER DELETE ON people BEGIN
    DELETE FROM user_counts WHERE key = OLD.key AND tickets = 0;
    DELETE FROM user_words WHERE key = OLD.key; END""",
)
_COUNTED_ANEW: Final = (
    "DELETE FROM user_counts",
    """INSERT INTO user_counts (key, tickets)
    SELECT requester_key, count(*) FROM tickets GROUP BY requester_key""",
    f"""INSERT INTO user_counts (key, tickets) SELECT key, 0 FROM people
    WHERE {_IS_COUNTED.format("people")} AND key NOT IN (SELECT key FROM user_counts)""",  # noqa: S608
)
WRONG: Final = """
SELECT key FROM user_counts
WHERE tickets != (SELECT count(*) FROM tickets WHERE requester_key = user_counts.key)
UNION SELECT requester_key FROM tickets WHERE requester_key NOT IN (SELECT key FROM user_counts)"""


def users_of_older_stores(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, users were counted when they were listed, and could not be found by name."""
    if reached.place is None:
        for statement in (*_TABLES, *_COUNTED_ANEW):
            connection.execute(statement)
    place = _next_words(connection, str(reached.place or ""))
    if place is None:
        return None
    (total,) = connection.execute("SELECT count(*) FROM people").fetchone()
    return Reached(place, reached.done + PIECE, max(total, reached.done + PIECE))


def made_anew(connection: sqlite3.Connection) -> None:
    """Count the tickets of all users and store their words, in one transaction."""
    for statement in (*_COUNTED_ANEW, "DELETE FROM user_words"):
        connection.execute(statement)
    place: str | None = ""
    while place is not None:
        place = _next_words(connection, place)


def _next_words(connection: sqlite3.Connection, after: str) -> str | None:
    """Returns where the next piece begins, or None after the last."""
    rows = connection.execute(
        "SELECT key, body FROM people WHERE key > ? ORDER BY key LIMIT ?", (after, PIECE)
    ).fetchall()
    for _, body in rows:
        put_words(connection, PERSON.from_text(body))
    return rows[-1][0] if len(rows) == PIECE else None


def put_words(connection: sqlite3.Connection, person: Person) -> None:
    """Make the person findable by these words only, and remove former ones."""
    key = str(person.key)
    now = words_of_person(person)
    was = {word for (word,) in connection.execute("SELECT word FROM user_words WHERE key = ?", (key,))}
    if person.key.issuer == UserKey.DISCORD:
        return
    connection.executemany(
        "INSERT INTO user_words (word, key) VALUES (?, ?)", [(it, key) for it in sorted(now - was)]
    )
    connection.executemany(
        "DELETE FROM user_words WHERE word = ? AND key = ?", [(it, key) for it in sorted(was - now)]
    )
