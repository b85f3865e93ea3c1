"""What may go wrong with the address of a MongoDB, and with the server behind it."""

import asyncio
import time

import pytest
from pymongo import ReadPreference

from storage.mongo.connection import connect
from storage.mongo.store import open_mongo
from tests.clocks import Hands
from tickets.ports.store import StoreUnavailable


def test_the_address_cannot_make_writes_less_safe() -> None:
    client = connect("mongodb://127.0.0.1:9/?w=1&journal=false&readConcernLevel=local&readPreference=nearest")

    assert client.write_concern.document == {"w": "majority", "j": True}
    assert client.read_concern.level == "majority"
    assert client.read_preference == ReadPreference.PRIMARY
    client.close()


@pytest.mark.parametrize(("said", "retries"), [("", True), ("?retryWrites=false", False)])
def test_the_address_says_whether_the_driver_writes_again(said: str, retries: bool) -> None:
    """Some servers cannot take it."""
    client = connect(f"mongodb://127.0.0.1:9/{said}")

    assert client.delegate.options.retry_writes is retries
    client.close()


async def test_a_server_that_is_not_there_is_named(clock: Hands) -> None:
    started = time.monotonic()

    with pytest.raises(StoreUnavailable, match="do MONGO_URI and DB_NAME name it"):
        async with open_mongo("mongodb://ann:secret@127.0.0.1:9/", "desk", clock, patience=0.3):
            pass

    assert time.monotonic() - started < 15


async def test_a_server_that_never_answers_is_given_up(clock: Hands) -> None:
    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(stay_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    started = time.monotonic()
    async with server:
        with pytest.raises(StoreUnavailable) as refused:
            async with open_mongo(f"mongodb://ann:secret@127.0.0.1:{port}/", "desk", clock, patience=0.3):
                pass

    assert time.monotonic() - started < 15
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "uri", ["http://ann:secret@h/", "mongodb://ann:se/cret@h/", "mongodb://ann:secret@h:port/"]
)
async def test_an_address_that_is_wrong_is_not_repeated(clock: Hands, uri: str) -> None:
    with pytest.raises(StoreUnavailable, match="MONGO_URI") as refused:
        async with open_mongo(uri, "desk", clock):
            pass

    assert "cret" not in str(refused.value)


@pytest.mark.parametrize("option", ["tlsCAFile=/not/there.pem", "tlsCertificateKeyFile=/not/there.pem"])
async def test_a_file_that_the_address_names_and_is_not_there_is_named(clock: Hands, option: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"MONGO_URI cannot be used: .*/not/there\.pem"):
        async with open_mongo(f"mongodb://127.0.0.1:9/?tls=true&{option}", "desk", clock):
            pass
