"""The leader's lease in MongoDB, and the guard that keeps former leaders from writing."""

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.mongo.connection import Collection, Database, may_be_away, upsert
from storage.mongo.migration import VersionLooks
from tickets.ports.lease import NotLeader, Term

_KEY = {"_id": "leader"}


class MongoLease:
    """The port ``Lease``: one record, changed by guarded updates."""

    def __init__(self, database: Database) -> None:
        self._meta = database.meta

    @may_be_away
    async def observe(self) -> Term:
        return await _observed(self._meta)

    @may_be_away
    async def acquire(self, holder: str, after: Term) -> Term | None:
        if after.epoch == 0:
            await upsert(self._meta, _KEY, {"$setOnInsert": {"epoch": 0, "holder": None, "beat": 0}})
        found = await self._meta.find_one_and_update(
            {**_KEY, "epoch": after.epoch, "beat": after.beat},
            {"$inc": {"epoch": 1}, "$set": {"holder": holder, "beat": 0}},
            return_document=ReturnDocument.AFTER,
        )
        return None if found is None else _term(found)

    @may_be_away
    async def renew(self, term: Term) -> None:
        renewed = await self._meta.update_one({**_KEY, "epoch": term.epoch}, {"$inc": {"beat": 1}})
        if not renewed.matched_count:
            raise _over(term.epoch, await _observed(self._meta))

    @may_be_away
    async def release(self, term: Term) -> None:
        await self._meta.update_one({**_KEY, "epoch": term.epoch}, {"$set": {"holder": None}})


class Guard:
    """Lets the writes of one term through until another term begins. Without an epoch it lets all writes
    through.

    MongoDB cannot write one record on the condition that another has not changed. So a write first checks
    the lease, and each record stores the epoch of the term that wrote it last. If a new leader comes in
    between, its writes are not overwritten."""

    def __init__(self, database: Database, looks: VersionLooks, epoch: int | None = None) -> None:
        self._meta = database.meta
        self._looks = looks
        self._epoch = epoch

    async def check(self) -> None:
        """Raises NotLeader once another term has begun, and StoreIsNewer."""
        await self._looks.must_be_known()
        if self._epoch is not None:
            newest = await _observed(self._meta)
            if newest.epoch != self._epoch:
                raise _over(self._epoch, newest)

    def own(self, key: Record) -> Record:
        """The key, limited to records that no later term has written."""
        return key if self._epoch is None else {**key, "epoch": {"$not": {"$gt": self._epoch}}}

    def signed(self, update: Record) -> Record:
        """The update, with the epoch."""
        if self._epoch is None:
            return update
        return {**update, "$set": {**update.get("$set", {}), "epoch": self._epoch}}

    async def upsert(self, collection: Collection, key: Record, update: Record) -> None:
        """Update or insert by a unique key; raises NotLeader if the record was written in a later term."""
        try:
            await upsert(collection, self.own(key), self.signed(update))
        except DuplicateKeyError as error:
            raise NotLeader(f"this was written after term {self._epoch}") from error


async def _observed(meta: Collection) -> Term:
    found = await meta.find_one(_KEY)
    return Term() if found is None else _term(found)


def _term(record: Record) -> Term:
    return Term(int(record["epoch"]), record["holder"], int(record["beat"]))


def _over(epoch: int, newest: Term) -> NotLeader:
    return NotLeader(f"term {epoch} is over: {newest.holder or 'nobody'} leads in term {newest.epoch}")
