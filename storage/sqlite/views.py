"""The read models and the feed in SQLite; every page is a walk along an index."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Collection, Mapping, Sequence

from storage.codec import MESSAGE, TICKET, event_from
from storage.sqlite.pages import Walk
from storage.sqlite.reader import EVENT, Reader, Row
from storage.sqlite.tables import MAY_BE_UNREAD, SIDE
from storage.sqlite.walks import Walks
from storage.sqlite.words import SqliteWords
from tickets.marks import LABEL
from tickets.model import AuthorType, EventId, Message, MessageId, Ticket, TicketId, UserKey, number_in
from tickets.ports.feed import Fed
from tickets.ports.lists import LOOKS, Cursor, Page, TicketFilter, TicketOrder
from tickets.ports.readings import MOST_UNREAD, Reading, Unread


class SqliteViews:
    """The port ``Views``."""

    def __init__(self, reader: Reader, words: SqliteWords) -> None:
        self._reader = reader
        self._walks = Walks(reader)
        self._words = words

    async def ticket(self, ticket_id: TicketId) -> Ticket | None:
        return TICKET.in_row(
            await self._reader.one("SELECT body FROM tickets WHERE ticket_id = ?", (ticket_id,))
        )

    async def ticket_at(self, address: str) -> Ticket | None:
        number = number_in(address)
        if number is None:
            return await self.ticket(TicketId(address))
        return TICKET.in_row(await self._reader.one("SELECT body FROM tickets WHERE number = ?", (number,)))

    async def tickets(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
    ) -> list[Ticket]:
        return (await self.page(which, order=order, after=after, limit=limit, looks=None)).items

    async def page(
        self,
        which: TicketFilter,
        *,
        order: TicketOrder = TicketOrder.NEWEST,
        after: Cursor | None = None,
        limit: int | None = None,
        looks: int | None = LOOKS,
    ) -> Page[Ticket]:
        if which.words is not None:
            await self._words.catch_up()
        walk = await self._walks.choose(which, order, after)
        if walk is None:
            return Page([])
        rows = await self._reader.all(*walk.page(None if limit is None else limit + 1, looks))
        tickets = [TICKET.from_text(body) for body, _, _ in rows[:limit]]
        return Page(tickets, await self._next(walk, rows, limit, looks))

    async def _next(self, walk: Walk, rows: list[Row], limit: int | None, looks: int | None) -> Cursor | None:
        """The cursor of the next page: after the last ticket of this page if there are more, or else after
        the last one examined."""
        if limit is not None and len(rows) > limit:
            return Cursor(tuple(rows[limit - 1][1:]))
        if looks is None or not walk.rest:
            return None
        row = await self._reader.one(*walk.place(looks))
        return None if row is None else Cursor(tuple(row))

    async def last_messages(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Message]:
        rows = await self._reader.matching(LAST_MESSAGES, [(it,) for it in ticket_ids])
        messages = [MESSAGE.from_text(body) for (body,) in rows]
        return {it.ticket_id: it for it in messages}

    async def unread(self, seen: Mapping[TicketId, Reading]) -> Mapping[TicketId, Unread]:
        asked = [(ticket_id, it.requester_seq, it.staff_seq) for ticket_id, it in seen.items()]
        rows = await self._reader.matching(UNREAD, asked)
        return {ticket_id: Unread(requester, staff) for ticket_id, requester, staff in rows}

    async def labels(self, begins: str, limit: int) -> list[str]:
        first, last = LABEL + begins, f"{LABEL}{begins}\U0010ffff"
        rows = await self._reader.all(LABELS, (first, last, last, limit))
        return [row[0].removeprefix(LABEL) for row in rows]

    async def message(self, message_id: MessageId, ticket_id: TicketId) -> Message | None:
        return MESSAGE.in_row(await self._reader.one(ONE_MESSAGE, (ticket_id, message_id)))

    async def messages(
        self,
        ticket_id: TicketId,
        *,
        after_seq: int = 0,
        limit: int | None = None,
        notes: bool = False,
    ) -> list[Message]:
        read = self._reader.all if limit is None else self._reader.few
        ((bodies,),) = await read(PAGE_OF_MESSAGES, (ticket_id, notes, after_seq, limit))
        return MESSAGE.from_texts(bodies or "")


class SqliteFeed:
    """The port ``Feed``: the positions are the log's own, in the order of the commits."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def after(
        self,
        pos: int,
        *,
        requester: UserKey | None = None,
        tickets: Collection[TicketId] = (),
        limit: int = 100,
    ) -> list[Fed]:
        if requester is None:
            rows = await self._reader.few(FEED_OF_ALL, (pos, limit))
        elif tickets:
            values = (str(requester), pos, *tickets, pos, limit)
            rows = await self._reader.few(feed_of_some(len(tickets)), values)
        else:
            rows = await self._reader.few(FEED_OF_REQUESTER, (str(requester), pos, limit))
        return [_fed(row) for row in rows]

    async def of_ticket(self, ticket_id: TicketId, pos: int, *, limit: int = 100) -> list[Fed]:
        return [_fed(row) for row in await self._reader.few(FEED_OF_TICKET, (ticket_id, pos, limit))]

    async def last(self) -> int:
        row = await self._reader.one("SELECT max(pos) FROM events")
        return 0 if row is None or row[0] is None else int(row[0])

    async def entry(self, ticket_id: TicketId, seq: int) -> Fed | None:
        row = await self._reader.one(FEED_ENTRY, (ticket_id, seq))
        return None if row is None else Fed(row[0], UserKey.parse(row[1]), event_from(*row[2:]))

    async def event_at(self, pos: int) -> EventId | None:
        row = await self._reader.one("SELECT event_id FROM events WHERE pos = ?", (pos,))
        return None if row is None else EventId(row[0])


LABELS = """
WITH RECURSIVE used (mark) AS (
    SELECT min(mark) FROM marks WHERE mark >= ? AND mark < ?
    UNION ALL SELECT (SELECT min(mark) FROM marks WHERE mark > used.mark AND mark < ?) FROM used
    WHERE used.mark IS NOT NULL
) SELECT mark FROM used WHERE mark IS NOT NULL LIMIT ?"""
"""The positions are looked up one after the other."""
SHOWN_MESSAGE = (
    """substr(messages.body, 1, length(messages.body) - 1) || ',"delivery":"' || delivery || '"}'"""
)
"""The message, with its delivery as the sinks have reported it: the last one of two such fields counts."""
ONE_MESSAGE = f"""
SELECT {SHOWN_MESSAGE} FROM events CROSS JOIN messages
ON messages.ticket_id = events.ticket_id AND is_note IN (0, 1) AND messages.seq = events.seq
WHERE events.ticket_id = ? AND event_id = ?"""
LAST_MESSAGES = f"""
SELECT {SHOWN_MESSAGE} FROM asked CROSS JOIN messages
ON ticket_id = column1 AND is_note = 0
AND seq = (SELECT max(seq) FROM messages WHERE ticket_id = column1 AND is_note = 0)"""
_BEHIND = f"""
(SELECT count(*) FROM (
    SELECT 1 FROM messages INDEXED BY messages_unread
    WHERE ticket_id = column1 AND {MAY_BE_UNREAD} AND {SIDE} IN ({{sides}}) AND seq > {{seen}}
    LIMIT {MOST_UNREAD}))"""
_OF_REQUESTER = f"'{AuthorType.REQUESTER}'"
_OF_STAFF = ", ".join(f"'{it}'" for it in AuthorType if it is not AuthorType.REQUESTER)
UNREAD = (
    f"SELECT column1, {_BEHIND.format(sides=_OF_STAFF, seen='column2')},"
    f" {_BEHIND.format(sides=_OF_REQUESTER, seen='column3')} FROM asked"
)
PAGE_OF_MESSAGES = f"""
SELECT group_concat(body) FROM (
    SELECT {SHOWN_MESSAGE} AS body FROM messages
    WHERE ticket_id = ? AND is_note = ? AND seq > ? ORDER BY seq LIMIT ?
)"""
"""One row: at each row, sqlite3 releases the interpreter's lock, for which other threads may wait."""
FEED_OF_ALL = f"SELECT pos, requester_key, {EVENT} FROM events WHERE pos > ? ORDER BY pos LIMIT ?"
FEED_ENTRY = f"SELECT pos, requester_key, {EVENT} FROM events WHERE ticket_id = ? AND seq = ?"
FEED_OF_REQUESTER = f"""
SELECT pos, requester_key, {EVENT} FROM events WHERE requester_key = ? AND pos > ? ORDER BY pos LIMIT ?"""

FEED_OF_TICKET = f"""
SELECT pos, requester_key, {EVENT} FROM events WHERE ticket_id = ? AND pos > ? ORDER BY seq LIMIT ?"""


def _fed(row: Row) -> Fed:
    return Fed(row[0], UserKey.parse(row[1]), event_from(*row[2:]))


def feed_of_some(tickets: int) -> str:
    """The statement for the feed of a requester and of this number of tickets. The part of each ticket is a
    walk along its own events."""
    several = ", ".join("?" * tickets)
    return f"""
SELECT pos, requester_key, {EVENT} FROM events WHERE pos IN (
    SELECT pos FROM events WHERE requester_key = ? AND pos > ?
    UNION SELECT pos FROM events WHERE ticket_id IN ({several}) AND pos > ?
    ORDER BY pos LIMIT ?
) ORDER BY pos"""
