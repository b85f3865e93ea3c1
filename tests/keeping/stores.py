"""Stores with something in them, and what is in them."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from storage.sqlite.derived import COUNTED
from tests.contract.acts import note, open_ticket, post
from tests.new_stores import open_new_sqlite
from tickets.model import Attachment, FileId

FILE = Attachment(FileId("f-1"), "page.png", "image/png", 300_000)
CONTENT = bytes(range(256)) * 1200


def now() -> int:
    return time.time_ns() // 1_000_000


async def fill(folder: Path, tickets: int = 3) -> None:
    """A store with tickets, messages, notes and a file."""
    async with open_new_sqlite(folder, now) as store:
        for _ in range(tickets):
            ticket = await open_ticket(store)
            await post(store, ticket, "Hello")
            await note(store, ticket)
        await store.files.put(FILE, CONTENT)


def tables(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for who leads, and what is counted a little later."""
    with closing(sqlite3.connect(folder / "guildesk.sqlite3")) as it:
        names = [row[0] for row in it.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(it.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608
    found["meta"] = [row for row in found["meta"] if row[0] != "lease_holder"]
    return {name: rows for name, rows in found.items() if name not in COUNTED}


async def file_in(folder: Path) -> bytes | None:
    async with open_new_sqlite(folder, now) as store:
        found = await store.files.get(FILE.id)
    return None if found is None else found[1]
