"""The tables of accounts, and of what was mailed to them, in SQLite."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace

from storage.codec import ACCOUNT, PROOF
from storage.sqlite.reader import Reader
from storage.sqlite.writer import Writer
from tickets.model import Millis, UserKey
from tickets.ports.accounts import Account, Added, Proof, ProofKind, email_key
from tickets.ports.lists import Cursor, Page

LAST = "~"
"""Sorts behind every id."""
_ADD = "INSERT INTO accounts (key, email_key, discord, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_GET = "SELECT body FROM accounts WHERE key = ?"
WITH_EMAIL = "SELECT body FROM accounts WHERE email_key = ?"
WITH_DISCORD = "SELECT body FROM accounts WHERE discord = ?"
PAGE = "SELECT body FROM accounts WHERE key < ? ORDER BY key DESC LIMIT ?"
_LINK = "UPDATE OR IGNORE accounts SET discord = ?, body = ? WHERE key = ? AND discord IS NULL"
_END = "INSERT INTO token_ends (key, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at"
ENDS = "SELECT key, at FROM token_ends WHERE at >= ?"
_FORGET_PROOFS = "DELETE FROM proofs WHERE account_id = ? OR json_extract(body, '$.guest.key.id') = ?"
_PROVE = "INSERT INTO proofs (key, kind, account_id, expires_at, body) VALUES (?, ?, ?, ?, ?)"


class SqliteAccounts:
    """The port ``Accounts``."""

    def __init__(self, reader: Reader, writer: Writer) -> None:
        self._reader = reader
        self._writer = writer
        self.endings = 0

    async def add(self, account: Account) -> Added:
        row = (account.id, email_key(account.email), account.discord_id, ACCOUNT.text(account))
        return Added.DONE if await self._writer.execute(_ADD, row) else Added.TAKEN

    async def get(self, account_id: str) -> Account | None:
        return await self._one(_GET, account_id)

    async def with_email(self, email: str) -> Account | None:
        return await self._one(WITH_EMAIL, email_key(email))

    async def with_discord_id(self, discord_id: str) -> Account | None:
        return await self._one(WITH_DISCORD, discord_id)

    async def change(self, account_id: str, change: Callable[[Account], Account]) -> Account | None:
        def work(connection: sqlite3.Connection) -> Account | None:
            row = connection.execute(_GET, (account_id,)).fetchone()
            if row is None:
                return None
            account = change(ACCOUNT.from_text(row[0]))
            connection.execute(
                "UPDATE accounts SET body = ? WHERE key = ?", (ACCOUNT.text(account), account_id)
            )
            return account

        return await self._writer.write(work)

    async def link(self, account_id: str, discord_id: str) -> Added:
        def work(connection: sqlite3.Connection) -> Added:
            row = connection.execute(_GET, (account_id,)).fetchone()
            if row is None:
                return Added.TAKEN
            account = replace(ACCOUNT.from_text(row[0]), discord_id=discord_id)
            linked = connection.execute(_LINK, (discord_id, ACCOUNT.text(account), account_id)).rowcount
            return Added.DONE if linked else Added.TAKEN

        return await self._writer.write(work)

    async def remove(self, account_id: str) -> None:
        await self._writer.execute("DELETE FROM accounts WHERE key = ?", (account_id,))

    async def page(self, after: Cursor | None, limit: int) -> Page[Account]:
        rows = await self._reader.all(PAGE, (LAST if after is None else after.text, limit + 1))
        found = [ACCOUNT.from_text(body) for (body,) in rows]
        return Page.of(found, limit, lambda it: Cursor((), it.id))

    async def end_tokens(self, key: UserKey, at: Millis) -> None:
        await self._writer.execute(_END, (str(key), at))
        self.endings += 1

    async def ends(self, since: Millis) -> Mapping[UserKey, Millis]:
        return {UserKey.parse(key): at for key, at in await self._reader.few(ENDS, (since,))}

    async def sweep(self, before: Millis) -> None:
        await self._writer.execute("DELETE FROM token_ends WHERE at < ?", (before,))

    async def _one(self, statement: str, value: str) -> Account | None:
        return ACCOUNT.in_row(await self._reader.one(statement, (value,)))


class SqliteProofs:
    """The port ``Proofs``."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def add(self, proof: Proof) -> None:
        row = (proof.digest, proof.kind, proof.account.id, proof.expires_at, PROOF.text(proof))
        await self._writer.execute(_PROVE, row)

    async def take(self, digest: str, kind: ProofKind, now: Millis) -> Proof | None:
        def work(connection: sqlite3.Connection) -> Proof | None:
            row = connection.execute(
                "DELETE FROM proofs WHERE key = ? AND kind = ? AND expires_at > ? RETURNING body",
                (digest, kind, now),
            ).fetchone()
            return PROOF.in_row(row)

        return await self._writer.write(work)

    async def forget(self, account_id: str) -> None:
        await self._writer.execute(_FORGET_PROOFS, (account_id, account_id))

    async def sweep(self, now: Millis) -> None:
        await self._writer.execute("DELETE FROM proofs WHERE expires_at <= ?", (now,))
