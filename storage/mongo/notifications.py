"""Notifications in MongoDB."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from storage.codec import Record
from storage.mongo.connection import Database, may_be_away, upsert
from storage.mongo.keyset import behind
from storage.mongo.lease import Guard
from storage.notifications import LOOKS, notification_from, parcel_of, values_of, wishes_from, wishes_text
from tickets.model import Millis, TicketId, UserKey
from tickets.notifications import Notification, NotificationChannel, NotificationId, NotificationKind, Wishes
from tickets.ports.lists import Cursor, Page
from tickets.ports.notifications import OPEN_ENDS, REPLIES_FOR, Parcel, ReplyAddress, place_of
from tickets.ports.sinks import Due
from tickets.ports.store import Clock

_NEWEST_FIRST: Final = [("created_at", DESCENDING), ("_id", DESCENDING)]
_UNREAD: Final = {"channel": "in_app", "read_at": None}


class MongoNotifications:
    """The port ``Notifications``."""

    def __init__(self, database: Database) -> None:
        self._all = database.notifications
        self._wishes = database.notification_wishes
        self._shown = database.notifications_shown
        self._replies = database.reply_addresses

    @may_be_away
    async def add(self, new: Sequence[Notification]) -> list[Notification]:
        added = []
        for it in new:
            try:
                await self._all.insert_one(_record(it))
            except DuplicateKeyError:
                continue
            added.append(it)
        return added

    @may_be_away
    async def get(self, notification_id: NotificationId) -> Notification | None:
        return _made(await self._all.find_one({"_id": notification_id}))

    @may_be_away
    async def of_user(
        self, user: UserKey, *, unread: bool = False, after: Cursor | None, limit: int
    ) -> Page[Notification]:
        which = _UNREAD if unread else {"kind": {"$ne": NotificationKind.ACCOUNT.value}}
        return await self._page({"user_key": str(user), **which}, after, limit)

    @may_be_away
    async def left(self, after: Cursor | None, limit: int) -> Page[Notification]:
        return await self._page({"status": {"$in": [it.value for it in OPEN_ENDS]}}, after, limit)

    @may_be_away
    async def read(self, user: UserKey, notification_id: NotificationId, at: Millis) -> Notification | None:
        own = {"_id": notification_id, "user_key": str(user)}
        await self._all.update_one({**own, **_UNREAD}, {"$set": {"read_at": at}})
        return _made(await self._all.find_one(own))

    @may_be_away
    async def read_upto(self, user: UserKey, last: Notification, at: Millis) -> int:
        upto = behind(_NEWEST_FIRST, (last.created_at, last.id), inclusive=True)
        unread = {"user_key": str(user), **_UNREAD, **upto}
        return int((await self._all.update_many(unread, {"$set": {"read_at": at}})).modified_count)

    @may_be_away
    async def retry(self, notification_id: NotificationId, at: Millis) -> Notification | None:
        due = {"status": "pending", "due_at": at, "begun": 0, "parcel": None}
        failed = {"_id": notification_id, "status": "failed"}
        if not (await self._all.update_one(failed, {"$set": due})).matched_count:
            return None
        return _made(await self._all.find_one({"_id": notification_id}))

    @may_be_away
    async def bounced(self, sent: Notification, why: str) -> int:
        if sent.sent_at is None:
            return 0
        together = {
            "user_key": str(sent.user),
            "channel": "email",
            "lane": sent.lane,
            "sent_at": sent.sent_at,
        }
        failed = {"$set": {"status": "failed", "error": why}}
        return int((await self._all.update_many({**together, "status": "sent"}, failed)).modified_count)

    @may_be_away
    async def wishes(self, user: UserKey) -> Wishes | None:
        found = await self._wishes.find_one({"_id": str(user)})
        return None if found is None else wishes_from(found["wishes"])

    @may_be_away
    async def wish(self, user: UserKey, wishes: Wishes) -> None:
        await upsert(self._wishes, {"_id": str(user)}, {"$set": {"wishes": wishes_text(wishes)}})

    @may_be_away
    async def shown(self, user: UserKey, ticket_id: TicketId, seq: int) -> None:
        await self._show(str(user), ticket_id, seq)

    @may_be_away
    async def shown_upto(self, user: UserKey, ticket_id: TicketId) -> int:
        found = await self._shown.find_one({"user_key": str(user), "ticket_id": ticket_id})
        return 0 if found is None else int(found["seq"])

    @may_be_away
    async def reply_address(self, new: ReplyAddress) -> ReplyAddress:
        own = {"ticket_id": new.ticket_id, "user_key": str(new.user)}
        late = {**own, "expires_at": {"$gte": new.expires_at - REPLIES_FOR // 2}}
        if (found := await self._replies.find_one(late)) is not None:
            return _reply_address(found)
        await self._replies.insert_one({"_id": new.token, **own, "expires_at": new.expires_at})
        return new

    @may_be_away
    async def reply_address_of(self, token: str) -> ReplyAddress | None:
        found = await self._replies.find_one({"_id": token})
        return None if found is None else _reply_address(found)

    @may_be_away
    async def forget(self, user: UserKey) -> int:
        await self._replies.delete_many({"user_key": str(user)})
        await self._wishes.delete_one({"_id": str(user)})
        await self._shown.delete_many({"user_key": str(user)})
        return int((await self._all.delete_many({"user_key": str(user)})).deleted_count)

    @may_be_away
    async def forget_ticket(self, ticket_id: TicketId) -> int:
        await self._replies.delete_many({"ticket_id": ticket_id})
        await self._shown.delete_many({"ticket_id": ticket_id})
        return int((await self._all.delete_many({"ticket_id": ticket_id})).deleted_count)

    @may_be_away
    async def move(self, user: UserKey, to: UserKey, ticket_id: TicketId | None = None) -> None:
        which: Record = {"user_key": str(user)}
        if ticket_id is not None:
            which["ticket_id"] = ticket_id
        for found in await self._all.find(which, {"ticket_id": 1}).to_list(None):
            about = found["ticket_id"]
            lane = found["_id"] if about is None else f"{about} {to}"
            change = {"$set": {"user_key": str(to), "lane": lane}}
            await self._all.update_one({"_id": found["_id"]}, change)
        await self._replies.update_many(which, {"$set": {"user_key": str(to)}})
        for shown in await self._shown.find(which).to_list(None):
            await self._show(str(to), shown["ticket_id"], shown["seq"])
        await self._shown.delete_many(which)
        if ticket_id is None and (wishes := await self._wishes.find_one({"_id": str(user)})) is not None:
            own = {"$setOnInsert": {"wishes": wishes["wishes"]}}
            await upsert(self._wishes, {"_id": str(to)}, own)
            await self._wishes.delete_one({"_id": str(user)})

    async def _show(self, user: str, ticket_id: str, seq: int) -> None:
        await upsert(self._shown, {"user_key": user, "ticket_id": ticket_id}, {"$max": {"seq": seq}})

    async def _page(self, which: Record, after: Cursor | None, limit: int) -> Page[Notification]:
        if after is not None:
            which = {**which, **behind(_NEWEST_FIRST, (*after.numbers, after.text))}
        found = await self._all.find(which, sort=_NEWEST_FIRST, limit=limit + 1).to_list(None)
        return Page.of([notification_from(_values(it)) for it in found], limit, place_of)


class MongoSendingQueue:
    """The port ``SendingQueue``."""

    def __init__(self, database: Database, guard: Guard, clock: Clock) -> None:
        self._all = database.notifications
        self._guard = guard
        self._clock = clock

    @may_be_away
    async def tickets_due(self, channel: NotificationChannel, now: Millis, limit: int) -> list[TicketId]:
        due = {"channel": channel.value, "due_at": {"$gte": 0, "$lte": now}}
        in_order = [("due_at", ASCENDING)]
        found = await self._all.find(due, {"lane": 1}, sort=in_order, limit=limit * LOOKS).to_list(None)
        return [TicketId(lane) for lane in dict.fromkeys(it["lane"] for it in found)][:limit]

    @may_be_away
    async def next_due(self, channel: NotificationChannel, lane: TicketId, now: Millis) -> Due[Parcel] | None:
        records = await self._all.find(_in_lane(channel, lane)).to_list(None)
        found = sorted(
            (notification_from(_values(it)) for it in records), key=lambda it: (it.created_at, it.id)
        )
        if not found or min(it.due_at or 0 for it in found) > now:
            return None
        parcel = parcel_of(found)
        return Due(parcel, max(it.tries for it in parcel.items))

    @may_be_away
    async def earliest(self, channel: NotificationChannel) -> Millis | None:
        waits = {"channel": channel.value, "due_at": {"$gte": 0}}
        found = await self._all.find_one(waits, sort=[("due_at", ASCENDING)])
        return None if found is None else int(found["due_at"])

    async def begin(self, parcel: Parcel) -> None:
        await self._of(parcel, {"$set": {"parcel": parcel.id}, "$inc": {"begun": 1}})

    async def tried(self, parcel: Parcel, why: str, *, may_have_arrived: bool) -> None:
        again = {} if may_have_arrived else {"begun": 0, "parcel": None}
        await self._of(parcel, {"$set": {"error": why, **again}})

    @may_be_away
    async def suppress(self, ids: Sequence[NotificationId]) -> None:
        await self._change(_pending(ids), {"$set": {"status": "suppressed", "due_at": None}})

    async def done(self, channel: NotificationChannel, parcel: Parcel) -> None:
        sent = {"status": "sent", "sent_at": self._clock(), "due_at": None, "parcel": None}
        await self._of(parcel, {"$set": {**sent, "begun": 0, "error": None, "letter": None}})

    async def put_off(self, channel: NotificationChannel, parcel: Parcel, until: Millis) -> None:
        await self._of(parcel, {"$inc": {"tries": 1}})
        await self._lane(_in_lane(channel, parcel.lane), {"$max": {"due_at": until}})

    async def failed(self, channel: NotificationChannel, parcel: Parcel, reason: str) -> None:
        ended = {"status": "failed", "error": reason, "due_at": None, "parcel": None}
        await self._of(parcel, {"$set": ended, "$inc": {"tries": 1}})

    async def hasten(
        self, channel: NotificationChannel, lanes: Sequence[TicketId] | None, beyond: Millis = 0
    ) -> None:
        now = {"$set": {"due_at": 0}}
        if lanes is None:
            await self._lane({"channel": channel.value, "due_at": {"$gt": beyond}}, now)
            return
        for lane in lanes:
            await self._lane({**_in_lane(channel, lane), "tries": {"$gt": 0}, "due_at": {"$gt": beyond}}, now)

    @may_be_away
    async def _of(self, parcel: Parcel, update: Record) -> None:
        """Change the notifications of the parcel that are still pending."""
        await self._change(_pending([it.id for it in parcel.items]), update)

    @may_be_away
    async def _lane(self, which: Record, update: Record) -> None:
        await self._change(which, update)

    async def _change(self, which: Record, update: Record) -> None:
        await self._guard.check()
        await self._all.update_many(self._guard.own(which), self._guard.signed(update))


def _reply_address(record: Record) -> ReplyAddress:
    user, ticket_id = UserKey.parse(record["user_key"]), TicketId(record["ticket_id"])
    return ReplyAddress(record["_id"], ticket_id, user, record["expires_at"])


def _pending(ids: Sequence[str]) -> Record:
    return {"_id": {"$in": list(ids)}, "due_at": {"$gte": 0}}


def _in_lane(channel: NotificationChannel, lane: str) -> Record:
    return {"channel": channel.value, "lane": lane, "due_at": {"$gte": 0}}


def _record(it: Notification) -> Record:
    values = values_of(it)
    return {"_id": values.pop("id"), **values}


def _values(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**record, "id": record["_id"]}


def _made(record: Record | None) -> Notification | None:
    return None if record is None else notification_from(_values(record))
