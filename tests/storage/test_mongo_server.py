"""What only a server shows: versions, indexes that take long, processes that are killed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from chaos.mongo_server import corrected, mongo_server
from storage.mongo.deadlines import Lines
from storage.mongo.files import GridFiles
from storage.mongo.store import open_mongo
from tests.clocks import Hands
from tests.contract.acts import open_ticket, post
from tickets.model import Attachment, FileId
from tickets.ports.store import StoreUnavailable

FILE = Attachment(FileId("f1"), "x.bin", "application/octet-stream", 3_000_000)


@pytest.fixture
def name() -> str:
    return f"guildesk_test_{uuid4().hex[:12]}"


@pytest.fixture
async def client(mongo_uri: str, name: str) -> AsyncIterator[Any]:
    client: Any = AsyncIOMotorClient(mongo_uri)
    yield client
    await client.admin.command({"configureFailPoint": "failCommand", "mode": "off"})
    await client.drop_database(name)
    client.close()


async def fail(client: Any, times: int, **data: object) -> None:
    """Ask the server for a fault."""
    await client.admin.command(
        {
            "configureFailPoint": "failCommand",
            "mode": {"times": times},
            "data": {"appName": "guildesk", **data},
        }
    )


def test_the_correction_of_the_server_fails_loudly_once_its_line_has_moved() -> None:
    from secantus import commands

    with pytest.raises(SystemExit, match="is not the release that"):
        corrected(commands, "0.7.0b4")


async def test_a_server_that_is_too_old_is_named(tmp_path: Path, clock: Hands) -> None:
    async with mongo_server(tmp_path, version="4.4.29") as server:
        with pytest.raises(StoreUnavailable, match=r"MongoDB 4\.4\.29, and Guildesk needs 5\.0 or newer"):
            async with open_mongo(server.uri, "desk", clock):
                pass


async def test_an_index_that_takes_long_is_waited_for(
    mongo_uri: str, client: Any, name: str, clock: Hands
) -> None:
    """As that of a large collection, or an upgrade would never come to its end."""
    await fail(client, 2, failCommands=["createIndexes"], blockConnection=True, blockTimeMS=1500)

    async with open_mongo(mongo_uri, name, clock, patience=1) as store:
        assert (await open_ticket(store)).number == 1


async def test_what_a_killed_upload_has_left_is_swept_away(mongo_uri: str, client: Any, name: str) -> None:
    database = client[name]
    files = GridFiles(database, Lines(database))
    await files.put(FILE, bytes(FILE.size))
    whole = await database["files.chunks"].count_documents({})
    later = datetime.now(UTC) + timedelta(hours=2)
    killed = GridFiles(database, Lines(database))
    with pytest.raises(KeyboardInterrupt):
        await killed.put(Attachment(FileId("f2"), "y", "text/plain", 2_000_000), Interrupted())  # type: ignore[arg-type]
    assert await database["files.chunks"].count_documents({}) > whole

    await files.sweep(datetime.now(UTC))
    assert await database["files.chunks"].count_documents({}) > whole, "it may still be under way"
    await files.sweep(later)

    assert await database["files.chunks"].count_documents({}) == whole
    assert await files.get(FILE.id) == (FILE, bytes(FILE.size))


class Interrupted:
    """A draft that a process reads a part of, and is killed."""

    size = 2_000_000

    def __init__(self) -> None:
        self._reads = 0

    def stream(self) -> "Interrupted":
        return self

    def read(self, count: int) -> bytes:
        self._reads += 1
        if self._reads > 1:
            raise KeyboardInterrupt
        return bytes(count)


async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, clock: Hands) -> None:
    async with mongo_server(tmp_path) as server:
        async with open_mongo(server.uri, "desk", clock) as store:
            ticket = await open_ticket(store)
            said = [str((await post(store, ticket, f"{number}")).id) for number in range(20)]
            await server.kill()
            with pytest.raises(StoreUnavailable):
                await post(store, ticket, "lost")
        await server.start()

        async with open_mongo(server.uri, "desk", clock) as store:
            assert [str(event.id) for event in await store.log.events(ticket.id, after=1)] == said
            assert [str(it.id) for it in await store.views.messages(ticket.id)] == said
