"""Endpoints of webhooks, and their deliveries, in MongoDB. A waiting delivery has a time at which it is
due."""

from collections.abc import Callable, Sequence

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import ABOUT, ANSWER, ENDPOINT, Record
from storage.deliveries import delivery_from, plain_values
from storage.mongo.connection import Attempts, Database, may_be_away
from storage.mongo.inserting import insert_missing
from storage.mongo.keyset import behind
from storage.mongo.lease import Guard
from tickets.model import Millis, TicketId, UserKey
from tickets.ports.lists import Cursor, Page
from tickets.ports.sinks import Due
from tickets.ports.webhooks import Answer, Delivery, DeliveryId, DeliveryStatus, place_of
from tickets.webhooks import Endpoint, EndpointId

_WAITS: Record = {"due_at": {"$gte": 0}}
_HOLDS_UP: Record = {**_WAITS, "passes": False}
_NEWEST = [("created_at", DESCENDING), ("_id", DESCENDING)]


class MongoWebhooks:
    """The port ``Webhooks``. An endpoint's ``revision`` shows a process that changes it whether another was
    faster."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self._webhooks = database.webhooks
        self._deliveries = database.webhook_deliveries
        self._guard = guard

    @may_be_away
    async def endpoints(self) -> list[Endpoint]:
        records = await self._webhooks.find({}, sort=[("_id", ASCENDING)]).to_list(None)
        return [ENDPOINT.from_record(it) for it in records]

    @may_be_away
    async def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        return ENDPOINT.in_record(await self._webhooks.find_one({"_id": endpoint_id}))

    @may_be_away
    async def add(self, endpoint: Endpoint) -> None:
        try:
            await self._webhooks.insert_one(endpoint_record(endpoint))
        except DuplicateKeyError:
            return

    @may_be_away
    async def change(
        self, endpoint_id: EndpointId, change: Callable[[Endpoint], Endpoint]
    ) -> Endpoint | None:
        attempts = Attempts("changing an endpoint")
        while True:
            await attempts.one_more()
            record = await self._webhooks.find_one({"_id": endpoint_id})
            if record is None:
                return None
            changed = change(ENDPOINT.from_record(record))
            update = {**ENDPOINT.record(changed), "revision": record["revision"] + 1}
            key = {"_id": endpoint_id, "revision": record["revision"]}
            if (await self._webhooks.update_one(key, {"$set": update})).matched_count:
                return changed

    @may_be_away
    async def remove(self, endpoint_id: EndpointId) -> bool:
        gone = await self._webhooks.delete_one({"_id": endpoint_id})
        await self._deliveries.delete_many({"endpoint_id": endpoint_id})
        return gone.deleted_count > 0

    @may_be_away
    async def deliver(self, deliveries: Sequence[Delivery]) -> None:
        await self._guard.check()
        await insert_missing(self._deliveries, [delivery_record(it) for it in deliveries])

    @may_be_away
    async def tickets_due(self, endpoint_id: EndpointId, now: Millis, limit: int) -> list[TicketId]:
        found: list[TicketId] = []
        held: list[TicketId] = []
        attempts = Attempts("looking for what is due", 0)
        while len(found) < limit:
            await attempts.one_more()
            which = {
                "endpoint_id": endpoint_id,
                "due_at": {"$gte": 0, "$lte": now},
                "ticket_id": {"$nin": found + held},
            }
            order = [("due_at", ASCENDING)]
            cursor = self._deliveries.find(which, {"ticket_id": 1}, sort=order, limit=4 * limit)
            candidates = dict.fromkeys(TicketId(it["ticket_id"]) for it in await cursor.to_list(None))
            if not candidates:
                break
            for ticket_id in candidates:
                if await self._free(endpoint_id, ticket_id, now) is not None:
                    found.append(ticket_id)
                    continue
                held.append(ticket_id)
                front = await self._front(endpoint_id, ticket_id)
                if front is not None:
                    await self._take_along(front, front["due_at"])
        return found[:limit]

    @may_be_away
    async def next_due(
        self, endpoint_id: EndpointId, ticket_id: TicketId, now: Millis
    ) -> Due[Delivery] | None:
        record = await self._free(endpoint_id, ticket_id, now)
        if record is None:
            return None
        delivery = delivery_of(record)
        return Due(delivery, delivery.attempts)

    @may_be_away
    async def earliest(self, endpoint_id: EndpointId) -> Millis | None:
        attempts = Attempts("looking for what is due next", 0)
        while True:
            await attempts.one_more()
            which = {"endpoint_id": endpoint_id, **_WAITS}
            first = await self._deliveries.find_one(which, sort=[("due_at", ASCENDING)])
            if first is None:
                return None
            front = await self._front(endpoint_id, first["ticket_id"])
            if front is None or first["seq"] <= front["seq"] or front["due_at"] <= first["due_at"]:
                return int(first["due_at"])
            await self._take_along(front, front["due_at"])

    @may_be_away
    async def settle(self, delivery: Delivery, status: DeliveryStatus, answer: Answer | None) -> None:
        values = {"status": status, "answer": _record(answer), "due_at": None}
        failed_try = int(status is DeliveryStatus.FAILED)
        the_try = {"begun_at": delivery.begun_at, "attempts": delivery.attempts}
        which = {"_id": delivery.id, **the_try, "status": {"$ne": DeliveryStatus.DELIVERED}}
        await self._write(which, {"$set": values, "$inc": {"attempts": failed_try}})

    @may_be_away
    async def put_off(
        self, delivery: Delivery, until: Millis, answer: Answer | None, *, passes: bool
    ) -> None:
        values = {"due_at": until, "answer": _record(answer), "passes": passes}
        waits = await self._write({"_id": delivery.id, **_WAITS}, {"$set": values, "$inc": {"attempts": 1}})
        if waits and not passes:
            await self._take_along(delivery_record(delivery), until)

    @may_be_away
    async def hasten(
        self, endpoint_id: EndpointId, ticket_ids: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        await self._guard.check()
        which: Record = {"endpoint_id": endpoint_id, **_WAITS, "due_at": {"$gt": beyond}}
        if ticket_ids is not None:
            which["ticket_id"] = {"$in": list(ticket_ids)}
        await self._deliveries.update_many(which, {"$set": {"due_at": 0}})

    @may_be_away
    async def stop(self, endpoint_id: EndpointId, why: Answer) -> None:
        values = {"status": DeliveryStatus.FAILED, "answer": _record(why), "due_at": None}
        await self._deliveries.update_many({"endpoint_id": endpoint_id, **_WAITS}, {"$set": values})

    @may_be_away
    async def deliveries(
        self, endpoint_id: EndpointId, status: DeliveryStatus | None, after: Cursor | None, limit: int
    ) -> Page[Delivery]:
        which: Record = {"endpoint_id": endpoint_id} | ({} if status is None else {"status": status})
        if after is not None:
            which |= behind(_NEWEST, (*after.numbers, after.text))
        records = await self._deliveries.find(which, sort=_NEWEST, limit=limit + 1).to_list(None)
        return Page.of([delivery_of(it) for it in records], limit, place_of)

    @may_be_away
    async def delivery(self, endpoint_id: EndpointId, delivery_id: DeliveryId) -> Delivery | None:
        record = await self._deliveries.find_one({"_id": delivery_id, "endpoint_id": endpoint_id})
        return None if record is None else delivery_of(record)

    @may_be_away
    async def redeliver(self, endpoint_id: EndpointId, delivery_id: DeliveryId, now: Millis) -> bool:
        values = {
            "status": DeliveryStatus.PENDING,
            "due_at": now,
            "begun_at": now,
            "attempts": 0,
            "passes": False,
        }
        key = {"_id": delivery_id, "endpoint_id": endpoint_id}
        return bool((await self._deliveries.update_one(key, {"$set": values})).matched_count)

    @may_be_away
    async def sweep(self, before: Millis) -> int:
        await self._guard.check()
        swept = 0
        for record in await self._webhooks.find({}, {"_id": 1}).to_list(None):
            old = {"endpoint_id": record["_id"], "created_at": {"$lt": before}, "due_at": None}
            swept += (await self._deliveries.delete_many(old)).deleted_count
        return swept

    @may_be_away
    async def forget_user(self, user: UserKey) -> None:
        await self._deliveries.delete_many({"user_key": str(user)})

    @may_be_away
    async def move_user(self, user: UserKey, to: UserKey) -> None:
        await self._deliveries.update_many({"user_key": str(user)}, {"$set": {"user_key": str(to)}})

    @may_be_away
    async def waiting(self, endpoint_id: EndpointId) -> int:
        return int(await self._deliveries.count_documents({"endpoint_id": endpoint_id, **_WAITS}))

    async def _front(self, endpoint_id: EndpointId, ticket_id: TicketId) -> Record | None:
        """The ticket's first delivery that holds up those behind it."""
        which = {"endpoint_id": endpoint_id, "ticket_id": ticket_id, **_HOLDS_UP}
        return await self._deliveries.find_one(which, sort=[("seq", ASCENDING)])

    async def _free(self, endpoint_id: EndpointId, ticket_id: TicketId, now: Millis) -> Record | None:
        """The ticket's first due delivery, if no earlier one holds it up."""
        which: Record = {
            "endpoint_id": endpoint_id,
            "ticket_id": ticket_id,
            "due_at": {"$gte": 0, "$lte": now},
        }
        front = await self._front(endpoint_id, ticket_id)
        if front is not None:
            which["seq"] = {"$lte": front["seq"]}
        return await self._deliveries.find_one(which, sort=[("seq", ASCENDING)])

    async def _take_along(self, front: Record, until: Millis) -> None:
        """Postpone the deliveries behind this one as long, so that the index skips them."""
        lane = {name: front[name] for name in ("endpoint_id", "ticket_id")}
        behind = {**lane, "seq": {"$gt": front["seq"]}, "due_at": {"$gte": 0, "$lt": until}}
        await self._deliveries.update_many(behind, {"$set": {"due_at": until}})

    async def _write(self, which: Record, update: Record) -> bool:
        """Write the outcome of a try. Returns whether it was there."""
        await self._guard.check()
        key, update = self._guard.own(which), self._guard.signed(update)
        return bool((await self._deliveries.update_one(key, update)).matched_count)


def endpoint_record(endpoint: Endpoint) -> Record:
    return {"_id": endpoint.id, "revision": 1, **ENDPOINT.record(endpoint)}


def _record(answer: Answer | None) -> Record | None:
    return None if answer is None else ANSWER.record(answer)


def delivery_record(it: Delivery) -> Record:
    about = None if it.about is None else ABOUT.record(it.about)
    return {"_id": it.id, **plain_values(it), "answer": _record(it.answer), "about": about}


def delivery_of(record: Record) -> Delivery:
    return delivery_from(record, ANSWER.in_record(record["answer"]), ABOUT.in_record(record["about"]))
