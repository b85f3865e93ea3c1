"""What only a server shows: versions, indexes that take long, processes that are killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
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
from tests.contract.acts import append, open_ticket, post
from tickets.events import MessagePosted
from tickets.model import Attachment, EventId, FileId, Ticket
from tickets.ports.store import Store, StoreUnavailable

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


@pytest.mark.parametrize("code", [13, 18])
async def test_whoever_may_not_use_the_database_is_told_of_name_password_and_role(
    mongo_uri: str, name: str, client: Any, clock: Hands, code: int
) -> None:
    """That the server runs, and is the right one, is no news then."""
    await fail(client, 1, failCommands=["buildInfo", "find"], errorCode=code)

    with pytest.raises(StoreUnavailable) as refused:
        async with open_mongo(mongo_uri, name, clock):
            pass

    assert "with the role readWrite on DB_NAME" in str(refused.value)
    assert "{" not in str(refused.value)
    assert "Is it running" not in str(refused.value)


STEPPED_DOWN = {"not primary": 10107, "shutting down": 91}


@pytest.mark.parametrize("code", STEPPED_DOWN.values(), ids=STEPPED_DOWN)
async def test_a_new_primary_loses_and_doubles_nothing(
    mongo_uri: str, name: str, client: Any, clock: Hands, code: int
) -> None:
    """The primary steps down before a write of each kind, while ten people write at once."""
    uri = f"{mongo_uri.rstrip('/')}/?heartbeatFrequencyMS=500"  # of a step-down this server tells no sooner
    async with open_mongo(uri, name, clock) as store:
        tickets = [await open_ticket(store) for _ in range(10)]
        for command in ("insert", "update", "find"):
            await fail(client, 1, failCommands=[command], errorCode=code, errorLabels=["RetryableWriteError"])
            await asyncio.gather(*(_posted(store, ticket) for ticket in tickets))

        said = [[it.content for it in await store.views.messages(ticket.id)] for ticket in tickets]
        logs = [[it.seq for it in await store.log.events(ticket.id)] for ticket in tickets]

    assert said == [["Hello"] * 3] * 10
    assert logs == [[1, 2, 3, 4]] * 10


async def _posted(store: Store, ticket: Ticket) -> None:
    """As a client does that is told to try again, with the same key."""
    event_id = EventId(uuid4().hex)
    while True:
        with suppress(StoreUnavailable):
            await append(store, ticket.id, MessagePosted("Hello"), event_id=event_id)
            return
        await asyncio.sleep(0.05)
