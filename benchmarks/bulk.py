"""Fills a store fast: through the store's own code, but without waiting for the disk."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from storage.sqlite.appending import Appending, Wish
from storage.sqlite.connection import connect
from storage.sqlite.schema import bring_up_to_date
from storage.sqlite.store import open_sqlite
from tickets.events import EventData, MessagePosted, Origin, Place, Stamp, TicketClosed, TicketOpened
from tickets.ids import new_id
from tickets.model import (
    Actor,
    AuthorType,
    EventId,
    IssueLevel,
    Millis,
    Status,
    SupportRole,
    TicketId,
    UserKey,
    UserRole,
)
from tickets.ports import Channel

TOGETHER = 200
"""Tickets in one transaction."""
AGENT = Actor(AuthorType.STAFF, UserKey(UserKey.DISCORD, "77"))
DAY = 24 * 60 * 60 * 1000

WORDS = (
    "It **still** does not start, and the lamp on the left goes on and off every second or so.",
    "Please press the button for five seconds; then see https://example.test/manual#reset, page `12`.",
    "I did, and it says:\n```\nerror 17: no power\n```\nWhat now?",
    "Ah. Then the battery is empty :) _Charge_ it for an hour, and tell me whether that helps.",
    "That was it. Thank you so much, it works again!",
)


def fill(
    folder: Path, tickets: int, messages: int, still_open: int, *, channel_wanted: bool = False
) -> list[TicketId]:
    """Make a store of so many tickets, each with so many messages; all but the newest are closed.

    User ``user<n>`` has five tickets: numbers 5n + 1 to 5n + 5. Nothing is left to show in Discord, but
    with ``channel_wanted`` that the tickets were opened; nothing is searched for, so no words are kept.
    Gives the tickets that are open."""
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    last: dict[int, TicketId] = {}
    appending = Appending()
    with closing(connect(folder / "guildesk.sqlite3")) as connection:
        bring_up_to_date(connection)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA wal_autocheckpoint = 50000")
        connection.execute("PRAGMA cache_size = -2000000")
        for first in range(1, tickets + 1, TOGETHER):
            wishes: list[Wish] = []
            for number in range(first, min(first + TOGETHER, tickets + 1)):
                wishes += history(number, messages, closed=number <= tickets - still_open)
            connection.execute("BEGIN IMMEDIATE")
            for answer in appending.together(connection, wishes):
                if isinstance(answer, Exception):
                    raise answer
                last[answer.ticket.number] = answer.ticket.id
            connection.execute("DELETE FROM todo WHERE seq > ?", (int(channel_wanted),))
            connection.execute("COMMIT")
            if first % 50_000 == 1 and tickets > 50_000:
                print(f"  {first - 1:,} tickets after {time.monotonic() - began:.0f} s", flush=True)
        connection.execute(
            "INSERT INTO meta (key, value) VALUES ('number', ?)"
            " ON CONFLICT DO UPDATE SET value = excluded.value",
            (tickets,),
        )
        connection.execute("INSERT INTO meta (key, value) SELECT 'words', max(pos) FROM events")
    return [last[number] for number in range(tickets - still_open + 1, tickets + 1)]


async def give_channels(folder: Path, tickets: Sequence[TicketId]) -> None:
    """Let the store believe that each of the tickets has its channel."""
    async with open_sqlite(folder, lambda: time.time_ns() // 1_000_000) as store:
        for number, ticket_id in enumerate(tickets, start=1):
            await store.channels.save(Channel(ticket_id=ticket_id, channel_id=number))


def opened_at(number: int) -> Millis:
    """When the ticket with this number was opened."""
    return 1_700_000_000_000 + number * 1000


def history(number: int, messages: int, *, closed: bool) -> Iterator[Wish]:
    """A ticket's life: opened, talked about in turns, and closed by staff."""
    requester = UserKey("default", f"user{(number - 1) // 5}")
    asks = Actor(AuthorType.REQUESTER, requester)
    ticket_id = TicketId(new_id())
    at = opened_at(number)

    def wish(actor: Actor, what: EventData, now: Millis) -> Wish:
        stamp = Stamp(event_id=EventId(new_id()), actor=actor, origin=Origin(Place.API))
        return Wish(ticket_id, stamp, _decided(what), None, now)

    opened = TicketOpened(
        number=number,
        requester=requester,
        requester_role=UserRole.CUSTOMER,
        topic=f"It does not start, part {number}",
        description="Nothing happens when I press the button.",
        issue_level=tuple(IssueLevel)[number % 3],
        support_role=tuple(SupportRole)[number % 4],
    )
    yield wish(asks, opened, at)
    for turn in range(messages):
        by = (asks, AGENT)[turn % 2]
        yield wish(by, MessagePosted(random.choice(WORDS)), at + turn * 60_000)  # noqa: S311
    if closed:
        yield wish(AGENT, TicketClosed(Status.RESOLVED), at + DAY)


def _decided(what: EventData) -> Callable[[object], EventData]:
    return lambda _: what
