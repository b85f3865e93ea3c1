"""Pages of users: those with the most tickets first, or those found by a word. Each store brings the walks
along its indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import merge
from typing import Final, Protocol

from tickets.model import Person
from tickets.ports.lists import LOOKS, Cursor, Page
from tickets.ports.users import MOST_RISEN, User, UserFilter
from tickets.words import begins_of

MOST: Final = 2**53
"""More tickets than anybody has."""
AT_ONCE: Final = 200
"""So many words are read in one step, once the first ones have not filled a page."""
ADDRESS: Final = "e "
WORD: Final = "w "
_BEHIND: Final = "\U0010ffff"
"""Sorts behind every word with the same beginning."""

Counted = tuple[str, int]
"""A user's key, and how many tickets they have."""
WordPlace = tuple[str, str]
"""A word, and the key of a user whom it finds."""


def words_of_person(person: Person) -> frozenset[str]:
    """The words by which the person is found. Stores keep them, so their form never changes."""
    texts = (person.name, person.key.id, person.email or "")
    words = {WORD + word for text in texts for word in begins_of(text)}
    return frozenset(words | ({ADDRESS + person.email.casefold()} if person.email else set()))


def is_counted(key: str) -> bool:
    """Whether a person counts as a user, even without tickets. Staff known from Discord only do not."""
    return not key.startswith("discord ")


class UserWalks(Protocol):
    """The reads that a store does along its indexes."""

    async def newest(self) -> int:
        """The number of the newest ticket."""
        ...

    async def risen(self, newest: int) -> Mapping[str, int]:
        """For each user, how many of the tickets above that number they have."""
        ...

    async def with_tickets(self, count: int, after: str, limit: int) -> list[Counted]:
        """The next users in order: those with ``count`` tickets after that key, then those with fewer
        tickets."""
        ...

    async def words(self, after: WordPlace, until: str, limit: int) -> list[WordPlace]:
        """The next words in order, before ``until``."""
        ...

    async def known(self, keys: Sequence[str]) -> Mapping[str, User]:
        """The users with these keys who are known, as they are now."""
        ...


async def most_tickets_first(walks: UserWalks, after: Cursor | None, limit: int) -> Page[User]:
    """Users by number of tickets. Only tickets that existed when the first page was read are counted."""
    latest = await walks.newest()
    newest, count = (latest, MOST) if after is None else after.numbers
    key = "" if after is None else after.text
    since = max(newest, latest - MOST_RISEN)
    risen = await walks.risen(since) if since < latest else {}
    rose = await walks.known(list(risen))
    earlier = sorted(
        (-_before(user, risen), it)
        for it, user in rose.items()
        if (-_before(user, risen), it) > (-count, key)
    )
    found: list[User] = []
    place = (count, key)
    while len(found) <= limit:
        rows = await walks.with_tickets(*place, limit + 1)
        there = await walks.known([it for it, _ in rows if it not in risen])
        found += [_with(there[it], tickets) for it, tickets in rows if it in there]
        if len(rows) <= limit:
            break
        place = (rows[-1][1], rows[-1][0])
    others = ((-it.ticket_count, str(it.person.key)) for it in found)
    known = {str(it.person.key): it for it in found} | dict(rose)
    users = [_with(known[it], -less) for less, it in merge(earlier, others)]
    return Page.of(users, limit, lambda it: Cursor((newest, it.ticket_count), str(it.person.key)))


def _before(user: User, risen: Mapping[str, int]) -> int:
    return max(0, user.ticket_count - risen[str(user.person.key)])


def _with(user: User, tickets: int) -> User:
    return replace(user, ticket_count=tickets)


async def searched(walks: UserWalks, which: UserFilter, after: Cursor | None, limit: int) -> Page[User]:
    """Users found by words, along the words that begin with the longest one asked for. Each user comes at
    their first such word."""
    begins = which.begins or ()
    if which.begins == ():
        return Page([])
    begin = WORD + max(begins, key=len) if which.email is None else ADDRESS + which.email.casefold()
    until = begin + (_BEHIND if which.email is None else " ")
    place = (begin, "") if after is None else _place(after)
    found: list[tuple[User, WordPlace]] = []
    looks, at_once = 0, min(limit + 1, AT_ONCE)
    while len(found) <= limit and looks < LOOKS:
        rows = await walks.words(place, until, at_once)
        there = await walks.known(list({key for _, key in rows}))
        found += [
            (there[key], (word, key))
            for word, key in rows
            if key in there and _is_found(there[key].person, word, begin, begins)
        ]
        looks += len(rows)
        if len(rows) < at_once:
            return _page(found, limit)
        place, at_once = rows[-1], AT_ONCE
    return _page(found, limit, place)


def _is_found(person: Person, word: str, begin: str, begins: Sequence[str]) -> bool:
    words = words_of_person(person)
    first = min((it for it in words if it.startswith(begin)), default=None)
    return word == first and all(any(it.startswith(WORD + one) for it in words) for one in begins)


def _page(
    found: Sequence[tuple[User, WordPlace]], limit: int, looked_at: WordPlace | None = None
) -> Page[User]:
    users = [user for user, _ in found[:limit]]
    if len(found) > limit:
        return Page(users, _cursor(found[limit - 1][1]))
    return Page(users, None if looked_at is None else _cursor(looked_at))


def _cursor(place: WordPlace) -> Cursor:
    return Cursor((0, 0), "\n".join(place))


def _place(cursor: Cursor) -> WordPlace:
    word, _, key = cursor.text.partition("\n")
    return word, key
