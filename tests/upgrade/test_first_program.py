"""Processes of a5a5475 that still run on a migrated store end, and append nothing."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.migration import MAKE_WAY
from tests.clocks import Hands
from tests.contract.places import MockPlace, Place, SqlitePlace
from tests.upgrade.stores import unpack_folder

LEASE = "SELECT key, value FROM meta WHERE key IN ('epoch', 'holder', 'beat')"
"""How that program reads its lease; and below, how it appends."""
APPEND = """
INSERT INTO events (ticket_id, seq, event_id, requester, v, type, at, body)
VALUES ('t', 1, 'e', 'default ann', 1, 'TicketReopened', 1, '{}')"""


async def test_they_end_on_the_lease(place: Place, clock: Hands, tmp_path: Path) -> None:
    """What it does with the lease goes wrong: it opens a file of the holder's name, or takes the epoch for
    a number."""
    async with place.open(clock) as store:
        assert (await store.lease.observe()).epoch == 3

    if isinstance(place, SqlitePlace):
        with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
            lease = dict(connection.execute(LEASE))
        assert lease["epoch"] == 4, "the leader finds its term over, and logs the holder of the next"
        assert lease["holder"].startswith(MAKE_WAY)
        with pytest.raises(ValueError, match="null byte"):
            os.open(tmp_path / "leaders" / lease["holder"], os.O_RDWR)
    else:
        assert isinstance(place, MockPlace)
        record = await place.database.meta.find_one({"_id": "lease"})
        with pytest.raises(ValueError, match="a newer Guildesk"):
            int(record["epoch"])


async def test_what_they_append_to_the_embedded_store_is_refused(clock: Hands, tmp_path: Path) -> None:
    unpack_folder(tmp_path)
    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as running:
        running.execute(LEASE)
        async with SqlitePlace(tmp_path).open(clock):
            pass

        with pytest.raises(sqlite3.OperationalError, match="no column named"):
            running.execute(APPEND)


async def test_a_new_store_has_nothing_of_that(clock: Hands, tmp_path: Path) -> None:
    async with SqlitePlace(tmp_path).open(clock):
        pass

    with closing(sqlite3.connect(tmp_path / "guildesk.sqlite3")) as connection:
        assert connection.execute(LEASE).fetchall() == []
