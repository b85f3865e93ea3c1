"""What sinks remember in SQLite: channels, threads, and links between messages."""

# ruff: noqa: S608  only constants of ours are put into statements, never values

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from storage.codec import CHANNEL, LINK
from storage.sqlite.lease import SinksWriter
from storage.sqlite.reader import Reader, Row
from storage.sqlite.tables import AT_WORK
from tickets.model import MessageId, TicketId
from tickets.ports.channels import Channel, ChannelState, Link

_CHANNEL = tuple(field.name for field in fields(Channel))
_LINK = tuple(field.name for field in fields(Link))


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements over one table of places, and the table of links that belongs to it."""

    places: str
    links_table: str

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(_CHANNEL)} FROM {self.places}"

    @property
    def of_tickets(self) -> str:
        return f"SELECT {', '.join(_CHANNEL)} FROM asked CROSS JOIN {self.places} ON ticket_id = column1"

    @property
    def open_ones(self) -> str:
        return f"{self.select} WHERE state = '{ChannelState.OPEN}' ORDER BY channel_id"

    @property
    def links(self) -> str:
        return (
            f"SELECT {', '.join(_LINK)} FROM {self.links_table}"
            " WHERE ticket_id = ? AND message_id = ? ORDER BY part"
        )

    @property
    def links_of(self) -> str:
        return f"SELECT {', '.join(_LINK)} FROM {self.links_table} WHERE ticket_id = ?"

    @property
    def unlink(self) -> str:
        return f"DELETE FROM {self.links_table} WHERE ticket_id = ?"

    @property
    def shown_by(self) -> str:
        return (
            f"SELECT message_id FROM {self.links_table}"
            " WHERE ticket_id = ? AND channel_id = ? AND discord_id = ?"
        )

    @property
    def newest_link(self) -> str:
        return f"SELECT max(discord_id) FROM {self.links_table} WHERE ticket_id = ? AND channel_id = ?"

    @property
    def save(self) -> str:
        kept = ", ".join(
            f"{it} = excluded.{it}" for it in _CHANNEL if it not in ("ticket_id", "seen_through")
        )
        values = ", ".join(f":{column}" for column in _CHANNEL)
        return (
            f"INSERT INTO {self.places} ({', '.join(_CHANNEL)}) VALUES ({values})"
            f" ON CONFLICT (ticket_id) DO UPDATE SET {kept},"
            " seen_through = CASE channel_id WHEN excluded.channel_id THEN seen_through END"
        )

    @property
    def seen(self) -> str:
        return (
            f"UPDATE {self.places} SET seen_through = :message_id"
            " WHERE channel_id = :channel_id AND coalesce(seen_through, 0) < :message_id"
        )

    @property
    def save_link(self) -> str:
        values = ", ".join(f":{column}" for column in _LINK)
        return f"INSERT OR REPLACE INTO {self.links_table} ({', '.join(_LINK)}) VALUES ({values})"


CHANNELS = Statements("channels", "links")
THREADS = Statements("threads", "thread_links")

_OF_SAME = "WHERE ticket_id = :ticket_id AND channel_id = :channel_id"
_CARD_SHOWS = "UPDATE channels SET card_digest = ? WHERE ticket_id = ? AND card_id = ?"

NEXT_IN_QUEUE = f"""
SELECT ticket_id FROM tickets INDEXED BY tickets_at_work
WHERE {AT_WORK} AND NOT EXISTS (SELECT 1 FROM channels WHERE channels.ticket_id = tickets.ticket_id)
ORDER BY urgency DESC, number LIMIT ?"""


class SqlitePlaces:
    """The port ``Places``."""

    def __init__(self, reader: Reader, writer: SinksWriter, statements: Statements = THREADS) -> None:
        self._reader = reader
        self._writer = writer
        self._do = statements

    async def of_ticket(self, ticket_id: TicketId) -> Channel | None:
        row = await self._reader.one(f"{self._do.select} WHERE ticket_id = ?", (ticket_id,))
        return None if row is None else _channel(row)

    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Channel]:
        rows = await self._reader.matching(self._do.of_tickets, [(it,) for it in ticket_ids])
        channels = [_channel(row) for row in rows]
        return {channel.ticket_id: channel for channel in channels}

    async def at(self, channel_id: int) -> Channel | None:
        row = await self._reader.one(f"{self._do.select} WHERE channel_id = ?", (channel_id,))
        return None if row is None else _channel(row)

    async def open_ones(self) -> list[Channel]:
        return [_channel(row) for row in await self._reader.all(self._do.open_ones)]

    async def save(self, channel: Channel) -> None:
        record = {**CHANNEL.record(channel), "seen_through": None}
        await self._writer.execute(self._do.save, record)

    async def change(self, place: Channel, **fields: Any) -> Channel:
        changed = replace(place, **fields)
        values = ", ".join(f"{it} = :{it}" for it in fields)
        statement = f"UPDATE {self._do.places} SET {values} {_OF_SAME}"
        await self._writer.execute(statement, CHANNEL.record(changed))
        return changed

    async def seen(self, channel_id: int, message_id: int) -> None:
        values = {"channel_id": channel_id, "message_id": message_id}
        await self._writer.execute(self._do.seen, values)

    async def link(self, link: Link) -> None:
        record = LINK.record(link)
        await self._writer.execute(self._do.save_link, record)

    async def links(self, ticket_id: TicketId, message_id: MessageId) -> list[Link]:
        rows = await self._reader.few(self._do.links, (ticket_id, message_id))
        return [LINK.from_record(dict(zip(_LINK, row, strict=True))) for row in rows]

    async def links_of(self, ticket_id: TicketId) -> list[Link]:
        rows = await self._reader.all(self._do.links_of, (ticket_id,))
        return [LINK.from_record(dict(zip(_LINK, row, strict=True))) for row in rows]

    async def unlink(self, ticket_id: TicketId) -> None:
        await self._writer.execute(self._do.unlink, (ticket_id,))

    async def shown_by(self, ticket_id: TicketId, channel_id: int, discord_id: int) -> MessageId | None:
        row = await self._reader.one(self._do.shown_by, (ticket_id, channel_id, discord_id))
        return None if row is None else MessageId(row[0])

    async def newest_link(self, ticket_id: TicketId, channel_id: int) -> int | None:
        row = await self._reader.one(self._do.newest_link, (ticket_id, channel_id))
        return None if row is None else row[0]


class SqliteChannels(SqlitePlaces):
    """The port ``Channels``."""

    def __init__(self, reader: Reader, writer: SinksWriter) -> None:
        super().__init__(reader, writer, CHANNELS)

    async def card_shows(self, ticket_id: TicketId, card_id: int, digest: str | None) -> None:
        await self._writer.execute(_CARD_SHOWS, (digest, ticket_id, card_id))

    async def next_to_get_a_channel(self, limit: int) -> list[TicketId]:
        rows = await self._reader.all(NEXT_IN_QUEUE, (limit,))
        return [TicketId(row[0]) for row in rows]


def _channel(row: Row) -> Channel:
    return CHANNEL.from_record(dict(zip(_CHANNEL, row, strict=True)))
