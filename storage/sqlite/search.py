"""Searching for words in SQLite: a page is a walk along the tickets of the rarest word."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Iterable
from typing import Any

from storage.kinds import kinds_of
from storage.sqlite.pages import Condition, bounds, of_kinds, page_of_tickets
from storage.sqlite.reader import Reader, Row
from storage.sqlite.words import Words
from tickets.ports import TicketFilter, TicketOrder, TicketPlace

RARE = 1000
"""Of words in more tickets than this, none counts as rarer than another."""

HOW_RARE = "SELECT count(*) FROM (SELECT 1 FROM words WHERE word = ? LIMIT ?)"


class SqliteSearch:
    """Pages of those tickets that hold all of some words."""

    def __init__(self, reader: Reader, words: Words) -> None:
        self._reader = reader
        self._words = words

    async def rows(
        self,
        which: TicketFilter,
        words: frozenset[str],
        order: TicketOrder,
        after: TicketPlace | None,
        limit: int | None,
    ) -> list[Row]:
        """A requester's own tickets are walked themselves: how long that takes depends on them alone."""
        if not words:
            return []
        await self._words.catch_up()
        if which.requester is not None and not which.in_notes:
            page = page_of_tickets(which, order, after, limit)
        elif rarest := await self._rarest(words):
            page = page_of_word(rarest, which, order, after, limit)
        else:
            page = None
        return [] if page is None else await self._reader.all(*page)

    async def _rarest(self, words: Iterable[str]) -> str | None:
        """None where there is a word that no ticket holds."""
        found: list[tuple[int, str]] = []
        for word in words:
            row = await self._reader.one(HOW_RARE, (word, RARE))
            found.append((row[0] if row else 0, word))
        tickets, word = min(found, default=(0, ""))
        return word if tickets else None


def page_of_word(
    word: str, which: TicketFilter, order: TicketOrder, after: TicketPlace | None, limit: int | None
) -> tuple[str, tuple[Any, ...]] | None:
    """A statement and its values: the tickets of the word in the order of their opening, each looked up.

    For the other orders they are sorted."""
    kinds = kinds_of(which)
    if kinds == []:
        return None
    conditions: list[Condition] = [("word = ?", (word,))]
    conditions += [*_in_walk(which, order, after), *of_kinds(kinds), *bounds(which, order, after)]
    if not which.in_notes:
        conditions.append(("shown > 0", ()))
    if which.requester is not None:
        conditions.append(("requester = ?", (str(which.requester),)))
    if which.assignees is not None:
        several = ", ".join("?" * len(which.assignees))
        conditions.append((f"assignee IN ({several})", tuple(map(str, which.assignees))))
    where = " AND ".join(condition for condition, _ in conditions)
    values = [value for _, of_condition in conditions for value in of_condition]
    direction = "DESC" if order.descends else "ASC"
    by = "at {0}, ticket {0}" if order.field == "created_at" else "updated_at {0}, number {0}"
    statement = f"SELECT body FROM words CROSS JOIN tickets ON number = ticket WHERE {where}"
    return f"{statement} ORDER BY {by.format(direction)} LIMIT ?", (*values, limit)


def _in_walk(which: TicketFilter, order: TicketOrder, after: TicketPlace | None) -> Iterable[Condition]:
    """Where the walk begins and ends."""
    if which.created_from is not None:
        yield "at >= ?", (which.created_from,)
    if which.created_until is not None:
        yield "at < ?", (which.created_until,)
    if after is not None and order.field == "created_at":
        sign = "<" if order.descends else ">"
        yield f"(at, ticket) {sign} (?, ?)", (after.at, after.number)
