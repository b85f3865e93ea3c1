"""Fills a store fast: with the store's own code, but without waiting for the disk."""

import gc
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.histories import SECOND, history
from storage.search_events import opening_text
from storage.sqlite.appending import Appending
from storage.sqlite.connection import connect
from storage.sqlite.schema import bring_up_to_date
from storage.sqlite.store import open_sqlite
from storage.sqlite.writer import Wish
from tickets.events import MessagePosted, NoteAdded, TicketOpened
from tickets.model import Millis, TicketId
from tickets.ports.channels import Channel
from tickets.ports.sinks import EVERYTHING
from tickets.ports.store import Appended
from tickets.words import words_of

TOGETHER = 2_000
"""Tickets in one transaction."""
TOLD_EVERY = 50_000
"""Tickets."""


def fill(
    folder: Path,
    tickets: int,
    messages: int,
    still_open: int,
    *,
    channel_wanted: bool = False,
    apart: Millis = SECOND,
) -> list[TicketId]:
    """Make a store of so many tickets, each with so many messages; all but the newest are closed.

    Nothing is left to show in Discord, but with ``channel_wanted`` that the tickets were opened. All
    words can be searched for. Gives the tickets that are open."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    last: dict[int, TicketId] = {}
    appending = Appending(EVERYTHING)
    with _filling(folder / "guildesk.sqlite3") as connection:
        for first in range(1, tickets + 1, TOGETHER):
            wishes: list[Wish] = []
            for number in range(first, min(first + TOGETHER, tickets + 1)):
                wishes += history(number, messages, closed=number <= tickets - still_open, apart=apart)
            connection.execute("BEGIN")
            appended = _appended(appending.together(connection, wishes))
            _take_in_words(connection, appended)
            connection.execute("DELETE FROM todo WHERE seq > ?", (int(channel_wanted),))
            connection.execute("COMMIT")
            for it in appended:
                if it.ticket.number > tickets - still_open:
                    last[it.ticket.number] = it.ticket.id
            if first > 1 and first % TOLD_EVERY == 1:
                print(f"  {first - 1:,} of {tickets:,} tickets: {time.monotonic() - began:.0f} s", flush=True)
        connection.execute("INSERT INTO meta (key, value) VALUES ('number', ?)", (tickets,))
        connection.execute("INSERT INTO meta (key, value) SELECT 'words', max(pos) FROM events")
    return [last[number] for number in range(tickets - still_open + 1, tickets + 1)]


@contextmanager
def _filling(file: Path) -> Iterator[sqlite3.Connection]:
    """The new store; a crash meanwhile leaves nothing that is of use."""
    gc.disable()
    with closing(connect(file)) as connection:
        bring_up_to_date(connection)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection
        connection.execute("PRAGMA journal_mode = WAL")
    gc.enable()


def _appended(answers: Sequence[Appended | Exception]) -> list[Appended]:
    done = []
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        done.append(answer)
    return done


def _take_in_words(connection: sqlite3.Connection, appended: Sequence[Appended]) -> None:
    """What ``storage.sqlite.words`` would take in, at once for many tickets."""
    texts: list[tuple[int, int, str]] = []
    shown: Counter[tuple[str, int, int]] = Counter()
    noted: Counter[tuple[str, int, int]] = Counter()
    for it in appended:
        counts, seq = shown, it.event.seq
        match it.event.data:
            case TicketOpened():
                seq, words = 0, words_of(opening_text(it.ticket))
            case MessagePosted(content):
                words = words_of(content)
            case NoteAdded(content):
                counts, words = noted, words_of(content)
            case _:
                continue
        texts.append((it.ticket.number, seq, json.dumps(words, ensure_ascii=False)))
        counts.update((word, it.ticket.created_at, it.ticket.number) for word in words)
    connection.executemany("INSERT INTO texts (number, seq, words) VALUES (?, ?, ?)", sorted(texts))
    connection.executemany(
        "INSERT INTO words (word, at, ticket, shown, noted) VALUES (?, ?, ?, ?, ?)",
        ((*key, shown[key], noted[key]) for key in sorted(shown.keys() | noted.keys())),
    )


async def give_channels(folder: Path, tickets: Sequence[TicketId]) -> None:
    """Let the store believe that each of the tickets has its channel."""
    async with open_sqlite(folder, lambda: time.time_ns() // 1_000_000) as store:
        for number, ticket_id in enumerate(tickets, start=1):
            await store.channels.save(Channel(ticket_id=ticket_id, channel_id=number))
