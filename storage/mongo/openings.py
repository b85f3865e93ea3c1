"""Counts openings in progress, so that no requester exceeds their limit of open tickets, and no agent their
capacity, by several at once."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from typing import get_args

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, PyMongoError

from storage.codec import Record
from storage.index_keys import OPEN_KINDS, Side
from storage.mongo.connection import Database, away, may_be_away
from tickets.model import Millis, TicketId, UserKey

UNDER_WAY_FOR: Millis = 60_000
"""Far longer than any opening takes. An older one belongs to a process that died, and does not count."""


class Openings:
    """For each user of one side, the list of tickets that are being opened. Each opening counts those before
    it in the list as open. So of two at the same time, one sees the other. An opening may be refused
    needlessly, but never is one too many accepted."""

    def __init__(self, database: Database, side: Side) -> None:
        self._side = side
        self._openings = database.openings
        self._tickets = database.tickets

    @asynccontextmanager
    async def begun(self, user: UserKey, ticket_id: TicketId, now: Millis) -> AsyncIterator[list[TicketId]]:
        """Keep the ticket in the list while the block runs. Gives the tickets before it in the list."""
        before = await self._put(user, ticket_id, now)
        try:
            yield before
        finally:
            with suppress(PyMongoError):  # after a minute it does not count anyway
                one = {"_id": _list_of(self._side, user)}
                await self._openings.update_one(one, {"$pull": {"tickets": {"id": ticket_id}}})
                await self._openings.delete_one({**one, "tickets": []})

    @may_be_away
    async def open_tickets(
        self, keys: Collection[UserKey], ticket_id: TicketId, before: Sequence[TicketId]
    ) -> int:
        """How many open tickets the user with these keys has, without this one, and including those whose
        opening began before."""
        of_user = {f"{self._side}_key": {"$in": [str(key) for key in keys]}, "kind": {"$in": OPEN_KINDS}}
        others = {"_id": {"$nin": [ticket_id, *before]}}
        return len(before) + await self._tickets.count_documents({**of_user, **others})

    async def _put(self, user: UserKey, ticket_id: TicketId, now: Millis) -> list[TicketId]:
        with away():
            try:
                record = await self._push(user, ticket_id, now)
            except DuplicateKeyError:  # two made the list at the same time
                record = await self._push(user, ticket_id, now)
        before = []
        for it in record["tickets"]:
            if it["id"] == ticket_id:
                break
            if it["at"] > now - UNDER_WAY_FOR:
                before.append(TicketId(it["id"]))
        return before

    async def _push(self, user: UserKey, ticket_id: TicketId, now: Millis) -> Record:
        return await self._openings.find_one_and_update(
            {"_id": _list_of(self._side, user)},
            {"$push": {"tickets": {"id": ticket_id, "at": now}}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )


def lists_of(user: UserKey) -> list[str]:
    """The ids of the user's lists, on all sides."""
    return [_list_of(side, user) for side in get_args(Side)]


def _list_of(side: Side, user: UserKey) -> str:
    return str(user) if side == "requester" else f"{side} {user}"
