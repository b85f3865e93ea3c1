"""What sinks remember in MongoDB: channels, threads, and links between messages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pymongo import ASCENDING, DESCENDING

from storage.codec import CHANNEL, LINK, Record
from storage.index_keys import OPEN_STATUSES
from storage.mongo.connection import Collection, Database, may_be_away
from storage.mongo.lease import Guard
from storage.mongo.projector import Projector
from tickets.model import MessageId, TicketId
from tickets.ports.channels import Channel, ChannelState, Link


class MongoPlaces:
    """The port ``Places``."""

    def __init__(self, places: Collection, links: Collection, guard: Guard) -> None:
        self._channels = places
        self._links = links
        self._guard = guard

    @may_be_away
    async def of_ticket(self, ticket_id: TicketId) -> Channel | None:
        found = await self._channels.find_one({"_id": ticket_id})
        return None if found is None else _channel(found)

    @may_be_away
    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Channel]:
        cursor = self._channels.find({"_id": {"$in": list(ticket_ids)}})
        channels = [_channel(record) for record in await cursor.to_list(None)]
        return {channel.ticket_id: channel for channel in channels}

    @may_be_away
    async def at(self, channel_id: int) -> Channel | None:
        found = await self._channels.find_one({"channel_id": channel_id})
        return None if found is None else _channel(found)

    @may_be_away
    async def open_ones(self) -> list[Channel]:
        cursor = self._channels.find({"state": ChannelState.OPEN}, sort=[("channel_id", ASCENDING)])
        return [_channel(record) for record in await cursor.to_list(None)]

    @may_be_away
    async def save(self, channel: Channel) -> None:
        await self._guard.check()
        record = CHANNEL.record(channel)
        key = {"_id": record.pop("ticket_id")}
        del record["seen_through"]
        update = {"$set": record}
        here = self._guard.own({**key, "channel_id": channel.channel_id})
        same = await self._channels.update_one(here, self._guard.signed(update))
        if not same.matched_count:
            await self._guard.upsert(self._channels, key, {**update, "$unset": {"seen_through": ""}})

    @may_be_away
    async def change(self, place: Channel, **fields: Any) -> Channel:
        await self._guard.check()
        changed = replace(place, **fields)
        record = CHANNEL.record(changed)
        here = self._guard.own({"_id": place.ticket_id, "channel_id": place.channel_id})
        update = {"$set": {it: record[it] for it in fields}}
        await self._channels.update_one(here, self._guard.signed(update))
        return changed

    @may_be_away
    async def seen(self, channel_id: int, message_id: int) -> None:
        await self._guard.check()
        here = self._guard.own({"channel_id": channel_id})
        await self._channels.update_one(here, {"$max": {"seen_through": message_id}})

    @may_be_away
    async def link(self, link: Link) -> None:
        record = LINK.record(link)
        key = {name: record.pop(name) for name in ("ticket_id", "message_id", "part")}
        await self._guard.check()
        await self._guard.upsert(self._links, key, {"$set": record})

    @may_be_away
    async def links(self, ticket_id: TicketId, message_id: MessageId) -> list[Link]:
        cursor = self._links.find(
            {"ticket_id": ticket_id, "message_id": message_id}, sort=[("part", ASCENDING)]
        )
        return [LINK.from_record(record) for record in await cursor.to_list(None)]

    @may_be_away
    async def links_of(self, ticket_id: TicketId) -> list[Link]:
        records = await self._links.find({"ticket_id": ticket_id}).to_list(None)
        return [LINK.from_record(record) for record in records]

    @may_be_away
    async def unlink(self, ticket_id: TicketId) -> None:
        await self._guard.check()
        await self._links.delete_many({"ticket_id": ticket_id})

    @may_be_away
    async def shown_by(self, ticket_id: TicketId, channel_id: int, discord_id: int) -> MessageId | None:
        key = {"ticket_id": ticket_id, "channel_id": channel_id, "discord_id": discord_id}
        found = await self._links.find_one(key)
        return None if found is None else MessageId(found["message_id"])

    @may_be_away
    async def newest_link(self, ticket_id: TicketId, channel_id: int) -> int | None:
        newest = await self._links.find_one(
            {"ticket_id": ticket_id, "channel_id": channel_id}, sort=[("discord_id", DESCENDING)]
        )
        return None if newest is None else int(newest["discord_id"])


class MongoChannels(MongoPlaces):
    """The port ``Channels``. A ticket's record says whether it ever had a channel; the queue for channels
    reads that."""

    def __init__(self, database: Database, projector: Projector, guard: Guard) -> None:
        super().__init__(database.channels, database.links, guard)
        self._tickets = database.tickets
        self._projector = projector

    @may_be_away
    async def save(self, channel: Channel) -> None:
        await self._guard.check()
        await self._leave_queue(channel.ticket_id)
        await super().save(channel)

    @may_be_away
    async def card_shows(self, ticket_id: TicketId, card_id: int, digest: str | None) -> None:
        await self._guard.check()
        here = self._guard.own({"_id": ticket_id, "card_id": card_id})
        await self._channels.update_one(here, self._guard.signed({"$set": {"card_digest": digest}}))

    @may_be_away
    async def next_to_get_a_channel(self, limit: int) -> list[TicketId]:
        await self._projector.catch_up()
        cursor = self._tickets.find(
            {"status": {"$in": OPEN_STATUSES}, "placed": False},
            {"_id": 1},
            sort=[("urgency", DESCENDING), ("number", ASCENDING)],
            limit=limit,
        )
        return [TicketId(record["_id"]) for record in await cursor.to_list(None)]

    async def _leave_queue(self, ticket_id: TicketId) -> None:
        placed = {"$set": {"placed": True}}
        result = await self._tickets.update_one({"_id": ticket_id}, placed)
        if not result.matched_count and await self._projector.current(ticket_id) is not None:
            await self._tickets.update_one({"_id": ticket_id}, placed)


def _channel(record: Record) -> Channel:
    return CHANNEL.from_record({**record, "ticket_id": record["_id"]})
