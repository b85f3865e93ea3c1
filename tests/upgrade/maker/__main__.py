# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
# ruff: noqa: E402, T201
"""Make the stores and record what the program of that revision says of them."""

import secrets
import subprocess
import sys
from hashlib import blake2b
from itertools import count

REVISION = "a5a5475"
sys.path.insert(0, "")
head = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout  # noqa: S607
if not head.startswith(REVISION):
    sys.exit(f"This runs in a checkout of {REVISION} only: the stores are to be made by that program.")

import tickets.ids

chance = count()


def chosen(size: int) -> bytes:
    """Both stores are to have the same ids, so that they give the same answers."""
    return blake2b(f"{next(chance)}".encode(), digest_size=size).digest()


tickets.ids.new_id = lambda: chosen(16).hex()
secrets.token_hex = lambda size: chosen(size).hex()
secrets.token_bytes = chosen

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

from mongomock_motor import AsyncMongoMockClient, enabled_gridfs_integration

from storage.mongo.store import open_database
from storage.sqlite.store import open_sqlite
from tests.api.stage import Stage
from tests.contract.places import leading
from tests.upgrade.maker.asking import Asking
from tests.upgrade.maker.chapters import IN_FLIGHT_BODY, Chapters
from tests.upgrade.maker.people import ANN, CLEO, Trusting, token
from tests.upgrade.maker.said import said_by_ports
from tests.upgrade.maker.story import Hands, Story
from tests.upgrade.stores import DOCUMENTS, FOLDER, NOW, RECORDED, dump_of, lines, pack, pack_folder, restore
from tickets.desk import Said
from tickets.events import EventData
from tickets.model import Caller

GONE = "gone-4242-abcdef"


@asynccontextmanager
async def led(store, clock, holder=GONE):
    """The store of a leader, with its API."""
    async with leading(store, holder) as leader:
        stage = Stage(leader, clock)
        async with stage.open(rate_limits=False, verifier=Trusting()):
            yield leader, stage


async def act(store, clock) -> Story:
    """The whole story. At the end nobody leads any more, and something is said."""
    for _ in range(2):
        async with leading(store, "an earlier one"):
            pass
    async with led(store, clock) as (leader, stage):
        story = Chapters(leader, stage, clock)
        await story.all()
        await leader.lease.renew(await leader.lease.observe())
    return story


async def say_the_last(story) -> None:
    said = Said("What was said afterwards, and nobody fed")
    await story.desk.post(Caller(CLEO), story.ids["trouble"], said)


async def make_sqlite(folder: Path) -> Story:
    clock = Hands()
    async with open_sqlite(folder / "made", clock) as store:
        story = await act(store, clock)
        await say_the_last(story)
        shutil.copytree(folder / "made", folder / "killed")
    (folder / "killed" / "guildesk.sqlite3-shm").unlink()
    (folder / "killed" / "whispers.sqlite3-shm").unlink()
    pack_folder(folder / "killed")
    return story


async def make_mongo():
    clock = Hands()
    database = AsyncMongoMockClient()["guildesk"]
    async with open_database(database, clock, 0.02) as store:
        story = await act(store, clock)
        trouble = {"_id": story.ids["trouble"]}
        before = await database.tickets.find_one(trouble)
        await say_the_last(story)
        # It was killed between the insert and what follows from it.
        newest = (await story.store.log.events(story.ids["trouble"]))[-1]
        await database.messages.delete_one({"id": newest.id})
        await database.tickets.replace_one(trouble, before)
        dump = await dump_of(database)
    pack(dump, DOCUMENTS)
    return story, dump


async def record(store, story, clock) -> dict:
    """What the program says of a store that it has just opened."""
    async with led(store, clock, "recorder") as (leader, stage):
        story.store, story.stage, story.clock = leader, stage, clock
        await story.all_fed()
        answers = await Asking(stage).all(story)
        said = await said_by_ports(leader, NOW)
        clock.now = NOW + 6_000
        posts = [
            await post(stage, "settled", b'{"topic": "With a key", "description": "once"}'),
            await post(stage, "in-flight", IN_FLIGHT_BODY),
        ]
    return {"answers": answers, "ports": said, "posts": posts}


async def post(stage, key, body):
    """By Ann, under a key of hers."""
    headers = {
        "Authorization": f"Bearer {token(ANN)}",
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    async with stage.http.post("/api/v1/tickets", data=body, headers=headers) as answer:
        return {"key": key, "sent": body.decode(), "status": answer.status, "body": await answer.json()}


async def main() -> None:
    global chance
    with tempfile.TemporaryDirectory() as name, enabled_gridfs_integration():
        folder = Path(name)
        chance = count()
        story = await make_sqlite(folder)
        chance = count()
        story_too, dump = await make_mongo()
        assert story.ids == story_too.ids, (story.ids, story_too.ids)
        clock = Hands()
        clock.now = NOW
        async with open_sqlite(folder / "killed", clock) as store:
            lease = {"sqlite": vars_of(await store.lease.observe())}
            by_sqlite = await record(store, story, clock)
        clock.now = NOW
        database = AsyncMongoMockClient()["guildesk"]
        await restore(dump, database)
        async with open_database(database, clock, 0.02) as store:
            lease["mongo"] = vars_of(await store.lease.observe())
            by_mongo = await record(store, story_too, clock)
    if by_sqlite != by_mongo:
        for line in difference(by_sqlite, by_mongo):
            print(line)
        sys.exit("The two stores do not give the same answers.")
    kinds = {entry["kind"] for entry in by_sqlite["ports"]["log"]}
    assert kinds == {kind.__name__ for kind in get_args(EventData)}, kinds
    pack(by_sqlite | {"lease": lease, "tickets": story.ids}, RECORDED)
    for path in (FOLDER, DOCUMENTS, RECORDED):
        print(path.name, path.stat().st_size, "bytes")
    print(len(by_sqlite["answers"]), "answers")


def vars_of(term):
    return {"epoch": term.epoch, "holder": term.holder, "beat": term.beat}


def difference(one, other):
    import difflib

    return list(difflib.unified_diff(lines(one), lines(other), "sqlite", "mongo", n=4, lineterm=""))[:400]


asyncio.run(main())
