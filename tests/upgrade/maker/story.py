# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
"""What people and sinks can do, in few words."""

import asyncio
from dataclasses import replace

from aiohttp import FormData

from tests.api.stage import Stage
from tests.upgrade.maker.people import (
    DORA,
    SAM_IN_DISCORD,
    token,
)
from tests.upgrade.stores import NOW
from tickets.agent_desk import AgentDesk
from tickets.channel_desk import ChannelDesk
from tickets.channels import Channel, ChannelState, Link, event_id_from_discord
from tickets.desk import Said
from tickets.events import Origin, Place
from tickets.model import (
    Caller,
    MessageId,
    TicketId,
)
from tickets.reading_desk import ReadingDesk
from tickets.sinks import SinkName

API = "/api/v1"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
PNG = b"\x89PNG\r\n\x1a\n and so on"
SAM_DID = Caller(SAM_IN_DISCORD)
DORA_DID = Caller(DORA)


class Hands:
    """The time; it stands still but for ``tick``."""

    def __init__(self) -> None:
        self.now = NOW - 45 * DAY

    def __call__(self) -> int:
        return self.now

    def tick(self, millis: int = 7 * MINUTE + 123) -> None:
        self.now += millis


class Story:
    def __init__(self, store, stage: Stage, clock: Hands) -> None:
        self.store = store
        self.stage = stage
        self.clock = clock
        self.desk = stage.desk
        self.agents = AgentDesk(self.desk, store)
        self.channel_desk = ChannelDesk(store)
        self.reading = ReadingDesk(self.desk, store)
        self.ids: dict[str, TicketId] = {}
        self.discord_id = 1_400_000_000_000_000_000
        self.fed = 0

    # what people do

    async def ask(self, who, method, path, body=None, key=None, data=None, status=None):
        """Ask over the API; time goes on."""
        self.clock.tick()
        headers = {"Authorization": f"Bearer {token(who)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        async with self.stage.http.request(
            method, API + path, json=body, data=data, headers=headers
        ) as answer:
            said = await answer.json() if answer.content_type == "application/json" else None
            assert answer.status == (status or answer.status), (method, path, answer.status, said)
            assert answer.status < 300 or status, (method, path, answer.status, said)
        await self.all_fed()
        return said

    async def open(self, name, who, topic, description="Please help.", **more):
        said = await self.ask(who, "POST", "/tickets", {"topic": topic, "description": description, **more})
        self.ids[name] = TicketId(said["id"])
        return said["id"]

    async def say(self, who, name, content, files=(), **options):
        body = {"content": content, "attachments": list(files)}
        return (await self.ask(who, "POST", f"/tickets/{self.ids[name]}/messages", body, **options))["id"]

    async def upload(self, who, name, content=PNG):
        form = FormData(quote_fields=False)
        form.add_field("file", content, filename=name, content_type="text/html")
        return (await self.ask(who, "POST", "/attachments", data=form))["id"]

    def in_discord(self, name):
        """The next message there: event id and origin."""
        self.clock.tick()
        self.discord_id += 4_194_304_001
        origin = Origin(
            Place.DISCORD, 1_300_000_000_000_000_000 + list(self.ids).index(name), self.discord_id
        )
        return {"event_id": event_id_from_discord(self.discord_id), "origin": origin}

    async def answer(self, name, content, who=SAM_DID, files=()):
        return (await self.desk.post(who, self.ids[name], Said(content, files), **self.in_discord(name))).id

    async def all_fed(self):
        """Where a leader has to feed the events, wait until it has; so positions are the same everywhere."""
        total = 0
        for ticket_id in self.ids.values():
            total += len(await self.store.log.events(ticket_id))
        while await self.store.feed.last() < total:  # noqa: ASYNC110  it is the store's doing
            await asyncio.sleep(0.01)

    # what sinks do

    async def shown(self, name, upto=10_000, sink=SinkName.DISCORD):
        for event in await self.store.log.events(self.ids[name], upto=upto):
            await self.store.backlog.shown(sink, event)

    async def event(self, name, seq=None):
        events = await self.store.log.events(self.ids[name])
        return events[-1] if seq is None else events[seq - 1]

    async def channel(self, name, state=ChannelState.OPEN, **more):
        number = list(self.ids).index(name)
        channel = Channel(
            ticket_id=self.ids[name],
            channel_id=1_300_000_000_000_000_000 + number,
            state=state,
            category_id=1_200_000_000_000_000_000,
            card_id=1_310_000_000_000_000_000 + number,
            card_digest=f"digest of {name}",
            webhook_id=1_320_000_000_000_000_000 + number,
            webhook_token=f"token.of-{number}",
        )
        channel = replace(channel, **more)
        await self.store.channels.save(channel)
        return channel

    async def link(self, name, message_id, parts=1):
        for part in range(parts):
            self.discord_id += 4_194_304_001
            await self.store.channels.link(
                Link(
                    ticket_id=self.ids[name],
                    message_id=MessageId(message_id),
                    part=part,
                    parts=parts,
                    channel_id=1_300_000_000_000_000_000 + list(self.ids).index(name),
                    discord_id=self.discord_id,
                )
            )
