"""The tickets with feedback, in SQLite."""

from storage.codec import TICKET
from storage.sqlite.reader import Reader
from tickets.model import Ticket, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.queue import Rating, place_by_rating

PAGE = """
SELECT body FROM tickets INDEXED BY tickets_rated
WHERE rated_at IS NOT NULL AND (rated_at, number) < (?, ?) ORDER BY rated_at DESC, number DESC LIMIT ?"""
RATINGS = """
SELECT assignee_key, json_extract(body, '$.feedback.rating'), count(*) FROM tickets INDEXED BY tickets_rated
WHERE rated_at IS NOT NULL GROUP BY 1, 2"""


class SqliteRated:
    """The port ``Rated``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(self, after: Cursor | None, limit: int) -> Page[Ticket]:
        place = (None, None) if after is None else after.numbers
        rows = await self._reader.all(PAGE, (*place, limit + 1))
        return Page.of([TICKET.from_text(body) for (body,) in rows], limit, place_by_rating)

    async def ratings(self) -> list[Rating]:
        rows = await self._reader.all(RATINGS)
        return [Rating(UserKey.parse(key) if key else None, stars, count) for key, stars, count in rows]
