"""Accounts, and the proofs that were mailed to them, in MongoDB."""

from collections.abc import Callable, Mapping

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import ACCOUNT, PROOF, Record
from storage.mongo.connection import Attempts, Database, may_be_away, upsert
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Account, Added, Proof, ProofKind, email_key
from tickets.ports.lists import Cursor, Page


class MongoAccounts:
    """The port ``Accounts``. Unique indexes decide who gets an address."""

    def __init__(self, database: Database) -> None:
        self._accounts = database.accounts
        self._ends = database.token_ends
        self.endings = 0

    @may_be_away
    async def add(self, account: Account) -> Added:
        record = {"_id": account.id, "email_key": email_key(account.email), **ACCOUNT.record(account)}
        if account.discord_id is not None:
            record["discord"] = account.discord_id
        try:
            await self._accounts.insert_one(record)
        except DuplicateKeyError:
            return Added.TAKEN
        return Added.DONE

    async def get(self, account_id: str) -> Account | None:
        return await self._one({"_id": account_id})

    async def with_email(self, email: str) -> Account | None:
        return await self._one({"email_key": email_key(email)})

    async def with_discord_id(self, discord_id: str) -> Account | None:
        return await self._one({"discord": discord_id})

    @may_be_away
    async def change(self, account_id: str, change: Callable[[Account], Account]) -> Account | None:
        attempts = Attempts("changing an account")
        while True:
            await attempts.one_more()
            found = await self._accounts.find_one({"_id": account_id})
            if found is None:
                return None
            before = ACCOUNT.from_record(found)
            after = change(before)
            was, now = ACCOUNT.record(before), ACCOUNT.record(after)
            names = [name for name in now if now[name] != was[name]]
            if not names:
                return after
            as_found = {"_id": account_id, **{name: was[name] for name in names}}
            changed = await self._accounts.update_one(as_found, {"$set": {name: now[name] for name in names}})
            if changed.matched_count:
                return after

    @may_be_away
    async def link(self, account_id: str, discord_id: str) -> Added:
        unlinked = {"_id": account_id, "discord_id": None}
        names = {"discord": discord_id, "discord_id": discord_id}
        try:
            linked = await self._accounts.update_one(unlinked, {"$set": names})
        except DuplicateKeyError:
            return Added.TAKEN
        return Added.DONE if linked.matched_count else Added.TAKEN

    @may_be_away
    async def remove(self, account_id: str) -> None:
        await self._accounts.delete_one({"_id": account_id})

    @may_be_away
    async def page(self, after: Cursor | None, limit: int) -> Page[Account]:
        query: Record = {} if after is None else {"_id": {"$lt": after.text}}
        records = self._accounts.find(query, sort=[("_id", DESCENDING)], limit=limit + 1)
        found = [ACCOUNT.from_record(record) for record in await records.to_list(None)]
        return Page.of(found, limit, lambda it: Cursor((), it.id))

    @may_be_away
    async def end_tokens(self, key: UserKey, at: Millis) -> None:
        await upsert(self._ends, {"_id": str(key)}, {"$set": {"at": at}})
        self.endings += 1

    @may_be_away
    async def ends(self, since: Millis) -> Mapping[UserKey, Millis]:
        records = await self._ends.find({"at": {"$gte": since}}).to_list(None)
        return {UserKey.parse(record["_id"]): record["at"] for record in records}

    @may_be_away
    async def sweep(self, before: Millis) -> None:
        await self._ends.delete_many({"at": {"$lt": before}})

    @may_be_away
    async def _one(self, query: Record) -> Account | None:
        return ACCOUNT.in_record(await self._accounts.find_one(query))


class MongoProofs:
    """The port ``Proofs``."""

    def __init__(self, database: Database) -> None:
        self._proofs = database.proofs

    @may_be_away
    async def add(self, proof: Proof) -> None:
        named = {"_id": proof.digest, "account_id": proof.account.id}
        await self._proofs.insert_one({**named, **PROOF.record(proof)})

    @may_be_away
    async def take(self, digest: str, kind: ProofKind, now: Millis) -> Proof | None:
        query = {"_id": digest, "kind": kind, "expires_at": {"$gt": now}}
        return PROOF.in_record(await self._proofs.find_one_and_delete(query))

    @may_be_away
    async def forget(self, account_id: str) -> None:
        which = [{"account_id": account_id}, {"guest.key.id": account_id}]
        await self._proofs.delete_many({"$or": which})

    @may_be_away
    async def sweep(self, now: Millis) -> None:
        await self._proofs.delete_many({"expires_at": {"$lte": now}})
