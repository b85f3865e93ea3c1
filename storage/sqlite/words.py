"""The words of tickets in SQLite. They are indexed a little after the append, so that posting need not wait.

A row of ``words`` says how many texts of a ticket contain the word. ``at`` is when the ticket was opened and
``ticket`` its number, so that the tickets of a word are in order. ``texts`` has the indexed words of each
text, so that they can be removed again. Each step is one transaction, which also stores the position that it
reaches in the feed. Several processes may take turns."""

import asyncio
import json
import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from storage.codec import MESSAGE, TICKET, event_from
from storage.migration import Reached
from storage.search_events import TELLING, opening_text, tells
from storage.sqlite import sql
from storage.sqlite.reader import EVENT, Reader
from storage.sqlite.writer import Writer
from tickets.model import Ticket, TicketId
from tickets.ports.store import SearchIsBehind, StoreUnavailable
from tickets.words import is_unspaced, words_of

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 64
"""Events in a step."""
ENOUGH = 16_000
"""A step ends after so many characters of events. It takes milliseconds, in which nothing else runs."""
PATIENCE = 5.0
"""Seconds that a search waits until everything written before it is indexed."""
PAUSE = 1.0
"""Seconds between two rounds of indexing if nobody searches."""
STEPS = 8
"""Steps in each round, so that posting has the store to itself most of the time."""
PIECE = 500
"""One piece of the migration reads so many texts."""

_POSITION = "SELECT value FROM meta WHERE key = 'words'"
_MOVE = "INSERT INTO meta (key, value) VALUES ('words', ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_NEWEST = "SELECT max(pos) FROM events"
_NEXT = f"SELECT pos, length(body), {EVENT} FROM events WHERE pos > ? ORDER BY pos LIMIT ?"  # noqa: S608
_TICKETS = """
SELECT ticket_id, number, created_at, body FROM asked CROSS JOIN tickets ON ticket_id = column1"""
_MESSAGES = """
SELECT messages.ticket_id, messages.seq, messages.body FROM asked
CROSS JOIN events ON events.ticket_id = column1 AND event_id = column2
CROSS JOIN messages
ON messages.ticket_id = events.ticket_id AND is_note IN (0, 1) AND messages.seq = events.seq"""
_TEXTS = "SELECT number, seq, words FROM asked CROSS JOIN texts ON number = column1 AND seq = column2"
_OLDER = "SELECT number, seq, words FROM texts WHERE (number, seq) > (?, ?) ORDER BY number, seq LIMIT ?"
_TICKET = "SELECT ticket_id, created_at, body FROM tickets WHERE number = ?"
_MESSAGE = "SELECT body FROM messages WHERE ticket_id = ? AND is_note IN (0, 1) AND seq = ?"
_COUNT = """ON CONFLICT (word, at, ticket)
DO UPDATE SET shown = shown + excluded.shown, noted = noted + excluded.noted"""
_FORGET = "DELETE FROM words WHERE word = ? AND at = ? AND ticket = ? AND shown <= 0 AND noted <= 0"


class SqliteWords:
    """Brings the table of words up to date."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer
        self._turn = asyncio.Lock()
        self._is_wanted = asyncio.Event()

    async def catch_up(self) -> None:
        """Index everything appended so far. Raises SearchIsBehind if that takes too long; then
        ``go_on`` does the rest."""
        until = time.monotonic() + PATIENCE
        newest = await self._at(_NEWEST)
        async with self._turn:
            while await self._at(_POSITION) < newest:
                if time.monotonic() > until:
                    self._is_wanted.set()
                    raise SearchIsBehind
                await self._writer.write(take_in)

    async def run(self) -> None:
        """Keep up with the log until cancelled, a little at a time."""
        while True:
            await asyncio.sleep(PAUSE)
            await self._steps(STEPS)

    async def go_on(self) -> None:
        """Catch up whenever a search could not wait for it, until cancelled. Every process does that, because
        perhaps none leads."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            while await self._steps(STEPS):
                pass

    async def _steps(self, most: int) -> bool:
        """Do so many steps, and return whether there are more. If one fails, ``run`` or the next search tries
        it again."""
        try:
            for _ in range(most):
                if await self._at(_POSITION) >= await self._at(_NEWEST):
                    return False
                async with self._turn:
                    await self._writer.write(take_in)
        except (sqlite3.OperationalError, StoreUnavailable) as error:
            log.debug("the words of what was written are not indexed: %s", error)
            return False
        except Exception:
            log.exception("the words of what was written are not indexed")
            return False
        return True

    async def _at(self, statement: str) -> int:
        row = await self._reader.one(statement)
        return int(row[0] or 0) if row else 0


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a message or note, or, with seq 0, of topic and description."""

    at: int
    number: int
    seq: int
    words: tuple[str, ...]
    is_note: bool = False


def take_in(connection: sqlite3.Connection) -> None:
    """Do the next step. Texts are indexed as they are now, with the changes of later events."""
    row = connection.execute(_POSITION).fetchone()
    pos = row[0] if row else 0
    asked: dict[tuple[str, str], None] = {}
    size = 0
    reached = pos
    for reached, length, *columns in connection.execute(_NEXT, (pos, AT_ONCE)).fetchall():  # noqa: B007
        if columns[3] not in TELLING or (event := _read(columns[0], lambda: event_from(*columns))) is None:  # noqa: B023
            continue
        if tells(event):
            asked[event.ticket_id, event.message_id or ""] = None
            size += length
            if size > ENOUGH:
                break
    if asked:
        _replace(connection, list(_texts(connection, list(asked))))
    connection.execute(_MOVE, (reached,))


def _texts(connection: sqlite3.Connection, asked: Sequence[tuple[str, str]]) -> Iterator[_Text]:
    themselves = {ticket_id for ticket_id, message_id in asked if not message_id}
    tickets: dict[TicketId, tuple[int, int]] = {}
    for ticket_id, number, at, body in _rows(connection, _TICKETS, list({(it,) for it, _ in asked})):
        tickets[ticket_id] = (at, number)
        ticket = _read(ticket_id, lambda: TICKET.from_text(body)) if ticket_id in themselves else None  # noqa: B023
        if ticket is not None:
            yield _Text(at, number, 0, words_of(opening_text(ticket)))
    for ticket_id, seq, body in _rows(connection, _MESSAGES, [it for it in asked if it[1]]):
        if (message := _read(ticket_id, lambda: MESSAGE.from_text(body))) is not None:  # noqa: B023
            yield _Text(*tickets[ticket_id], seq, words_of(message.content), message.is_note)


def _read(ticket_id: str, read: Callable[[], T]) -> T | None:
    """Read a text. One that cannot be read is logged and skipped, so that all other words are indexed."""
    try:
        return read()
    except ValueError:
        log.exception("ticket %s: a text of it cannot be searched for", ticket_id)
        return None


def _replace(connection: sqlite3.Connection, texts: Sequence[_Text]) -> None:
    keys = [(text.number, text.seq) for text in texts]
    before = {(number, seq): json.loads(words) for number, seq, words in _rows(connection, _TEXTS, keys)}
    counts: dict[tuple[str, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for text in texts:
        old, new = before.get((text.number, text.seq), ()), text.words
        for words, sign in ((set(new).difference(old), 1), (set(old).difference(new), -1)):
            for word in words:
                counts[word, text.at, text.number][text.is_note] += sign
    changed = [(*key, shown, noted) for key, (shown, noted) in sorted(counts.items()) if shown or noted]
    sql.insert(connection, "words (word, at, ticket, shown, noted)", changed, _COUNT)
    fewer = [(word, at, ticket) for word, at, ticket, shown, noted in changed if shown < 0 or noted < 0]
    connection.executemany(_FORGET, fewer)
    sql.insert(
        connection,
        "texts (number, seq, words)",
        [(text.number, text.seq, json.dumps(text.words, ensure_ascii=False)) for text in texts],
        "ON CONFLICT (number, seq) DO UPDATE SET words = excluded.words",
    )


def pairs_of_older_texts(connection: sqlite3.Connection, reached: Reached) -> Reached | None:
    """Until this step, scripts without spaces had one word from one punctuation mark to the next."""
    number, _, seq = str(reached.place or "0 -1").partition(" ")
    rows = connection.execute(_OLDER, (int(number), int(seq), PIECE)).fetchall()
    unspaced = [(number, seq) for number, seq, words in rows if is_unspaced(words)]
    _replace(connection, [it for key in unspaced for it in _text_at(connection, *key)])
    if len(rows) < PIECE:
        return None
    (total,) = connection.execute("SELECT count(*) FROM texts").fetchone()
    return Reached(f"{rows[-1][0]} {rows[-1][1]}", reached.done + len(rows), total)


def _text_at(connection: sqlite3.Connection, number: int, seq: int) -> Iterator[_Text]:
    """The words of an indexed text as it is now, if it can be read."""
    for ticket_id, at, body in connection.execute(_TICKET, (number,)).fetchall():
        if not seq:
            if (ticket := _read(ticket_id, lambda: TICKET.from_text(body))) is not None:  # noqa: B023
                yield _Text(at, number, 0, words_of(opening_text(ticket)))
            continue
        for (said,) in connection.execute(_MESSAGE, (ticket_id, seq)).fetchall():
            if (message := _read(ticket_id, lambda: MESSAGE.from_text(said))) is not None:  # noqa: B023
                yield _Text(at, number, seq, words_of(message.content), message.is_note)


def opening_anew(connection: sqlite3.Connection, ticket: Ticket) -> None:
    """Index the opening text again, as it is now."""
    text = _Text(ticket.created_at, ticket.number, 0, words_of(opening_text(ticket)))
    _replace(connection, [text])


def texts_anew(connection: sqlite3.Connection, asked: Sequence[tuple[str, str]]) -> None:
    """Index texts again, as they are now: those of these messages, by the ids of their tickets and theirs."""
    _replace(connection, list(_texts(connection, asked)))


def _rows(connection: sqlite3.Connection, select: str, keys: Sequence[sql.Row]) -> Iterator[sql.Row]:
    for statement, values in sql.matching(select, keys):
        yield from connection.execute(statement, values).fetchall()
