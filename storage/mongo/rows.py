"""A database as rows of the embedded store's tables, for moves from it and into it."""

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from bson import ObjectId
from pymongo import ASCENDING, DESCENDING

from storage.codec import ATTACHMENT, MESSAGE, TICKET, Record, body_of_record, record_of_body
from storage.keeping.problems import CannotBeDone
from storage.keeping.progress import Tell
from storage.keeping.rows import AT_ONCE, Row
from storage.mongo.connection import Collection, Database, upsert
from storage.mongo.deadlines import Lines
from storage.mongo.derived import COUNTED, DERIVED, OF_ITS_OWN
from storage.mongo.files import FILES, GridFiles
from storage.mongo.for_commands import MARK, PATIENCE, opened, reached
from storage.mongo.inserting import insert_missing
from storage.mongo.projector import ticket_from
from storage.mongo.rebuilding import rebuilt
from storage.mongo.row_forms import FORMS
from storage.mongo.schema import bring_up_to_date
from tickets.ports.sinks import SinkName

WATCH: Final = 5.0
"""Seconds in which a leader would give a sign of life; it gives one every two seconds."""


class MongoEnd:
    """The ports ``End`` and ``Target``."""

    def __init__(self, database: Database, lines: Lines, deployment: str) -> None:
        self.name = f"the database {database.name}"
        self.deployment = deployment
        self.files = GridFiles(database, lines)
        self._database = database

    async def rows(self, kind: str, after: int = 0) -> AsyncIterator[Row]:
        special = {
            "events": lambda: self._events(after),
            "meta": self._meta,
            "todo": self._todo,
            "failures": self._failures,
        }
        if kind in special:
            async for row in special[kind]():
                yield row
            return
        if kind == "tickets":
            async for record in _all(self._database.tickets):
                yield {"body": TICKET.text(ticket_from(record))}
        elif kind == "messages":
            async for record in _all(self._database.messages):
                yield {"body": MESSAGE.text(MESSAGE.from_record(record))}
        elif kind == "deliveries":
            async for record in _all(self._database.messages):
                yield {name: record[name] for name in ("ticket_id", "seq", "delivery")}
        else:
            form = FORMS[kind]
            async for record in _all(self._database[form.collection]):
                yield form.row(record)

    async def file_ids(self) -> AsyncIterator[str]:
        async for record in _all(self._database[f"{FILES}.files"]):
            yield ATTACHMENT.from_record(dict(record["metadata"])).id

    async def empty(self, tell: Tell) -> None:
        """The log is deleted last. So as long as this is not finished, the database is recognized as the
        beginning of a store."""
        collections = (*sorted(OF_ITS_OWN), *sorted(DERIVED | COUNTED), "counters", "events")
        for number, collection in enumerate(collections):
            tell(f"deleting {collection}", number, len(collections))
            await self._database[collection].delete_many({})

    async def newest_event(self) -> int:
        newest = await self._database.feed.find_one({}, sort=[("pos", DESCENDING)])
        return 0 if newest is None else int(newest["pos"])

    async def clear(self, kind: str) -> None:
        if kind == "todo":
            for sink in SinkName:
                gone = {"$unset": {f"due.{sink}": "", f"attempts.{sink}": ""}}
                await self._database.events.update_many({f"due.{sink}": {"$exists": True}}, gone)
        elif kind == "failures":
            for sink in SinkName:
                failed = f"failed.{sink}"
                await self._database.events.update_many({failed: {"$exists": True}}, {"$unset": {failed: ""}})
        elif kind != "meta":
            await self._database[FORMS[kind].collection].delete_many({})

    async def put(self, kind: str, rows: Sequence[Row]) -> None:
        match kind:
            case "events":
                await self._put_events(rows)
            case "meta":
                await self._put_meta(rows)
            case "deliveries":
                await self._put_deliveries(rows)
            case "todo" | "failures":
                await asyncio.gather(*(getattr(self, f"_put_{kind}")(row) for row in rows))
            case _:
                form = FORMS[kind]
                await insert_missing(self._database[form.collection], [form.record(row) for row in rows])

    async def rebuild(self, tell: Tell) -> None:
        await rebuilt(self._database, tell)

    async def finish(self) -> None:
        await self._database.meta.delete_one(MARK)

    async def _events(self, after: int) -> AsyncIterator[Row]:
        """Events in the order of the feed. Then the events that the feed lacks, with the positions that they
        would get."""
        events, feed = self._database.events, self._database.feed
        last = after
        while True:
            cursor = feed.find({"pos": {"$gt": last}}, sort=[("pos", ASCENDING)], limit=AT_ONCE)
            entries = await cursor.to_list(None)
            if not entries:
                break
            ids = [entry["event"] for entry in entries]
            found = {it["_id"]: it for it in await events.find({"_id": {"$in": ids}}).to_list(None)}
            for entry in entries:
                yield _event_row(entry["pos"], found[entry["event"]])
            last = entries[-1]["pos"]
        waiting = await events.find({"due.feed": {"$exists": True}}).to_list(None)
        pos = await self.newest_event()
        for record in sorted(waiting, key=lambda it: (it["at"], it["ticket_id"], it["seq"])):
            key = {"ticket_id": record["ticket_id"], "seq": record["seq"]}
            if await feed.find_one(key, {"_id": 1}) is None:
                pos += 1
                if pos > after:
                    yield _event_row(pos, record)

    async def _put_events(self, rows: Sequence[Row]) -> None:
        """The feed is written last, because every event in it must be in the log."""
        await insert_missing(self._database.events, [_event_record(row) for row in rows])
        named = ("pos", "requester_key", "ticket_id", "seq")
        feed = [{**{name: row[name] for name in named}, "event": _id_of(row)} for row in rows]
        await insert_missing(self._database.feed, feed)

    async def _meta(self) -> AsyncIterator[Row]:
        given = await self._database.meta.find_one({"_id": "deployment"}) or {}
        yield {"key": "deployment", "value": given["deployment"]}
        yield {"key": "secret", "value": bytes(given["secret"]).hex()}
        if counter := await self._database.counters.find_one({"_id": "number"}):
            yield {"key": "number", "value": int(counter["value"])}

    async def _put_meta(self, rows: Sequence[Row]) -> None:
        given = {row["key"]: row["value"] for row in rows}
        deployment = {"deployment": given["deployment"], "secret": bytes.fromhex(given["secret"])}
        await upsert(self._database.meta, {"_id": "deployment"}, {"$set": deployment})
        if "number" in given:
            number = {"$set": {"value": given["number"]}}
            await upsert(self._database.counters, {"_id": "number"}, number)

    async def _todo(self) -> AsyncIterator[Row]:
        for sink in SinkName:
            async for it in _all(self._database.events, {f"due.{sink}": {"$exists": True}}):
                attempts = it.get("attempts", {}).get(sink, 0)
                key = {"sink": str(sink), "ticket_id": it["ticket_id"], "seq": it["seq"]}
                yield {**key, "due_at": it["due"][sink], "attempts": attempts}

    async def _put_todo(self, row: Row) -> None:
        sink = row["sink"]
        due = {f"due.{sink}": row["due_at"]}
        if row["attempts"]:
            due[f"attempts.{sink}"] = row["attempts"]
        await self._database.events.update_one(_key_of(row), {"$set": due})

    async def _failures(self) -> AsyncIterator[Row]:
        for sink in SinkName:
            async for it in _all(self._database.events, {f"failed.{sink}": {"$exists": True}}):
                key = {"sink": str(sink), "ticket_id": it["ticket_id"], "seq": it["seq"]}
                yield {**key, "reason": it["failed"][sink]}
        async for it in _all(self._database.timers, {"failed": {"$exists": True}}):
            key = {"sink": it["kind"], "ticket_id": it["ticket_id"], "seq": it["set_at_seq"]}
            yield {**key, "reason": it["failed"]}

    async def _put_failures(self, row: Row) -> None:
        if row["sink"] in [*SinkName]:
            failed = {f"failed.{row['sink']}": row["reason"]}
            await self._database.events.update_one(_key_of(row), {"$set": failed})
        else:
            key = {"_id": f"{row['ticket_id']} {row['sink']}", "set_at_seq": row["seq"]}
            await self._database.timers.update_one(key, {"$set": {"failed": row["reason"]}})

    async def _put_deliveries(self, rows: Sequence[Row]) -> None:
        """Write deliveries. Most of them follow from due and failed events, and are there already."""
        wanted: dict[str, dict[int, str]] = {}
        for row in rows:
            wanted.setdefault(row["ticket_id"], {})[row["seq"]] = row["delivery"]
        for ticket_id, deliveries in wanted.items():
            between = {"$gte": min(deliveries), "$lte": max(deliveries)}
            which = {"ticket_id": ticket_id, "is_note": {"$in": [False, True]}, "seq": between}
            for found in await self._database.messages.find(which, {"seq": 1, "delivery": 1}).to_list(None):
                delivery = deliveries.get(found["seq"], found["delivery"])
                if delivery != found["delivery"]:
                    changed = {"$set": {"delivery": delivery}}
                    await self._database.messages.update_one({"_id": found["_id"]}, changed)


def _key_of(row: Row) -> Record:
    return {"ticket_id": row["ticket_id"], "seq": row["seq"]}


def _id_of(row: Row) -> ObjectId:
    """An id that depends on the row only, so that no row is inserted twice."""
    return ObjectId(struct.pack(">IQ", row["at"] // 1000 % 2**32, row["pos"]))


def _event_row(pos: int, record: Record) -> Row:
    named = ("ticket_id", "seq", "event_id", "requester_key", "type", "at")
    fields = {name: record[name] for name in named}
    return {"pos": int(pos), **fields, "version": record["v"], "body": body_of_record(record)}


def _event_record(row: Row) -> Record:
    named = ("ticket_id", "seq", "event_id", "requester_key", "type", "at")
    fields = {name: row[name] for name in named}
    body = record_of_body(row["type"], row["body"])
    return {"_id": _id_of(row), **fields, "v": row["version"], **body, "due": {}}


async def _all(collection: Collection, which: Record | None = None) -> AsyncIterator[Record]:
    """Every record, a page at a time, so that no cursor has to live for long."""
    last: Any = None
    while True:
        page: Record = {**(which or {}), **({} if last is None else {"_id": {"$gt": last}})}
        records = await collection.find(page, sort=[("_id", ASCENDING)], limit=AT_ONCE).to_list(None)
        for record in records:
            yield record
        if len(records) < AT_ONCE:
            return
        last = records[-1]["_id"]


@asynccontextmanager
async def source(uri: str, name: str) -> AsyncIterator[MongoEnd]:
    """The store in the database, while no Guildesk leads on it. Raises CannotBeDone and StoreUnavailable."""
    async with opened(uri, name) as database:
        await must_be_left_alone(database)
        given = await database.meta.find_one({"_id": "deployment"}) or {}
        lines = Lines(database, PATIENCE)
        try:
            yield MongoEnd(database, lines, given.get("deployment", ""))
        finally:
            await lines.end()


@asynccontextmanager
async def target(uri: str, name: str, deployment: str) -> AsyncIterator[MongoEnd]:
    """A database that becomes a store once the move is finished. Raises CannotBeDone and StoreUnavailable."""
    async with reached(uri, name, "--to") as database:
        mark = await database.meta.find_one(MARK)
        if mark is None:
            for collection in await database.list_collection_names():
                if (
                    not collection.startswith("system.")
                    and await database[collection].find_one({}) is not None
                ):
                    raise CannotBeDone(f"the database {name} is not empty ({collection}); name another")
            await database.meta.insert_one({**MARK, "deployment": deployment})
        elif mark["deployment"] != deployment:
            raise CannotBeDone(
                f"in the database {name} is the beginning of another store; drop it, or name another"
            )
        await bring_up_to_date(database)
        lines = Lines(database, PATIENCE)
        try:
            yield MongoEnd(database, lines, deployment)
        finally:
            await lines.end()


async def must_be_left_alone(database: Database, watch: float = WATCH) -> None:
    """Raises CannotBeDone if a leader gives a sign of life."""
    seen = await database.meta.find_one({"_id": "leader"})
    if seen is None or seen.get("holder") is None:
        return
    await asyncio.sleep(watch)
    if await database.meta.find_one({"_id": "leader"}) != seen:
        raise CannotBeDone(f"{seen['holder']} leads on this store; stop every Guildesk on it first")
