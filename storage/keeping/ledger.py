"""The ledger of erasures: a file beside the store that restoring a back-up does not undo.

It has one or more lines for each erasure. It names people by a salted digest of their key, and tickets by
their random ids. So only those who know a person already can find out that this person was erased."""

import asyncio
import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from storage.folder import synced
from storage.keeping.problems import CannotBeDone
from storage.private import ours_alone
from tickets.model import Millis, TicketId, UserKey

NAME: Final = "erased.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One erasure in the ledger."""

    id: str
    at: Millis
    who: frozenset[str] = frozenset()
    """For each person, a salt and the digest of their key."""
    tickets: frozenset[TicketId] = frozenset()


class FileLedger:
    """The port ``Ledger``, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    async def record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        await asyncio.to_thread(self._record, erasure_id, at, users, tickets)

    async def ids(self) -> list[str]:
        return [it.id for it in await asyncio.to_thread(self.entries)]

    async def among(self, erasure_id: str, users: Collection[UserKey]) -> set[UserKey]:
        return await asyncio.to_thread(self._among, erasure_id, users)

    async def tickets(self, erasure_id: str) -> set[TicketId]:
        entries = await asyncio.to_thread(self.entries)
        return {ticket for it in entries if it.id == erasure_id for ticket in it.tickets}

    def entries(self) -> list[Entry]:
        """All erasures, the oldest first. Raises CannotBeDone if the file cannot be read."""
        found: dict[str, Entry] = {}
        for line in self._lines():
            known = found.get(line["id"], Entry(line["id"], line["at"]))
            found[line["id"]] = Entry(
                known.id, known.at, known.who.union(line["who"]), known.tickets.union(line["tickets"])
            )
        return list(found.values())

    def take_over(self, other: Path) -> None:
        """Add the entries of another ledger."""
        if other.is_file() and other.resolve() != self.path.resolve():
            self._append(other.read_text())

    def _record(
        self, erasure_id: str, at: Millis, users: Collection[UserKey], tickets: Collection[TicketId]
    ) -> None:
        salt = self._salt_of_file()
        who = sorted(_digest(salt, user) for user in users)
        entry = {"id": erasure_id, "at": at, "who": who, "tickets": sorted(tickets)}
        self._append(json.dumps(entry) + "\n")

    def _among(self, erasure_id: str, users: Collection[UserKey]) -> set[UserKey]:
        who = {digest for it in self.entries() if it.id == erasure_id for digest in it.who}
        salts = {digest.partition(":")[0] for digest in who}
        return {user for user in users if any(_digest(salt, user) in who for salt in salts)}

    def _salt_of_file(self) -> str:
        """One salt for the whole file, so that a person is digested once and not once for each erasure."""
        known = (digest for line in self._lines() for digest in line["who"])
        return next(known, secrets.token_hex(16)).partition(":")[0]

    def _append(self, text: str) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with open(self.path, "a+", opener=ours_alone) as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.seek(0, os.SEEK_END)
            if stream.tell() and not self._ends_with_line():
                stream.write("\n")  # a line that a crash has cut off
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if is_new:
            synced(self.path.parent)

    def _ends_with_line(self) -> bool:
        with self.path.open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"

    def _lines(self) -> Iterator[dict[str, Any]]:
        try:
            with self.path.open(errors="replace") as stream:
                for line in stream:
                    with suppress(ValueError):  # cut off by a crash: that erasure was not done, and goes on
                        yield json.loads(line)
        except FileNotFoundError:
            return
        except OSError as error:
            raise CannotBeDone(f"{self.path} cannot be read: {error.strerror or error}") from error


def _digest(salt: str, user: UserKey) -> str:
    return f"{salt}:{sha256(f'{salt} {user}'.encode(errors='surrogatepass')).hexdigest()}"
