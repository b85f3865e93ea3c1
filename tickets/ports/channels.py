"""A ticket's place in Discord, and which Discord messages show what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

from tickets.model import EventId, MessageId, TicketId


class ChannelState(StrEnum):
    """The state of a ticket's place in Discord."""

    QUEUED = "queued"
    OPEN = "open"
    GONE = "gone"


LOG_LINE: Final = ":log"
"""The end of the names of links to lines of the log channel."""
FEEDBACK_POST: Final = ":feedback"
TRANSCRIPT_POSTS: Final = (":transcript", FEEDBACK_POST)
"""The same for posts of the transcript channels."""
BOARD, PANELS, STANDING_PANELS, WEEKLY = map(TicketId, ("board", "panels", "standing-panels", "weekly"))
OF_NO_TICKET: Final = frozenset({BOARD, PANELS, STANDING_PANELS, WEEKLY})
"""Stand in place of a ticket's id in links and timers that belong to no ticket. No ticket has such an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A ticket's place in Discord. All ids are Discord's."""

    ticket_id: TicketId
    channel_id: int
    state: ChannelState = ChannelState.OPEN
    category_id: int | None = None
    """The category into which the sink put it last. If it is in another one, somebody moved it by hand."""
    card_id: int | None = None
    card_digest: str | None = None
    """A digest of what the card showed last, so that it is edited only after a change. None while the card is
    not in order: Discord refuses it, or it is not pinned."""
    webhook_id: int | None = None
    webhook_token: str | None = None
    seen_through: int | None = None
    """The newest message of the channel that the gateway brought and that was processed."""
    parent_id: int | None = None
    """The channel that contains it, if it is a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One Discord message that shows one of ours, or one of its parts."""

    ticket_id: TicketId
    message_id: MessageId
    part: int = 0
    parts: int = 1
    channel_id: int
    discord_id: int


class Places(Protocol):
    """A sink's memory: the place of each ticket, and which messages show what."""

    async def of_ticket(self, ticket_id: TicketId) -> Channel | None: ...

    async def of_tickets(self, ticket_ids: Sequence[TicketId]) -> Mapping[TicketId, Channel]: ...

    async def at(self, channel_id: int) -> Channel | None: ...

    async def open_ones(self) -> list[Channel]:
        """Every channel that exists: of open tickets, and of closed ones whose channel is not removed yet."""
        ...

    async def save(self, channel: Channel) -> None:
        """Insert or replace everything except ``seen_through``, which only ``seen`` changes."""
        ...

    async def change(self, place: Channel, **fields: Any) -> Channel:
        """Change these fields of the place, and leave all others as they are by now. Nothing changes if the
        ticket has another place by now. Returns ``place`` with the new values."""
        ...

    async def seen(self, channel_id: int, message_id: int) -> None:
        """Move ``seen_through`` forward, never back."""
        ...

    async def link(self, link: Link) -> None: ...

    async def links(self, ticket_id: TicketId, message_id: MessageId) -> list[Link]:
        """The links in the order of their parts."""
        ...

    async def links_of(self, ticket_id: TicketId) -> list[Link]:
        """All links of the ticket, in any channel."""
        ...

    async def unlink(self, ticket_id: TicketId) -> None:
        """Remove all links of the ticket."""
        ...

    async def shown_by(self, ticket_id: TicketId, channel_id: int, discord_id: int) -> MessageId | None:
        """The message that this Discord message shows; None if no link names it."""
        ...

    async def newest_link(self, ticket_id: TicketId, channel_id: int) -> int | None:
        """The newest Discord message that a link names in this channel."""
        ...


class Channels(Places, Protocol):
    """The memory of the Discord sink: the channels of tickets, and their queue."""

    async def card_shows(self, ticket_id: TicketId, card_id: int, digest: str | None) -> None:
        """Store what this card shows (None if it is not in order), and leave everything else as it is."""
        ...

    async def next_to_get_a_channel(self, limit: int) -> list[TicketId]:
        """The tickets that get the next channels: the most urgent level first, then the oldest."""
        ...


def discord_id_of(message_id: MessageId) -> int | None:
    """The Discord message from which this message or note was made; None if it was made elsewhere."""
    origin, _, rest = message_id.partition(":")
    return int(rest.partition(":")[0]) if origin == "d" else None


def thread_of(message_id: MessageId) -> int | None:
    """The thread in Discord in which this note was written; None if it was written elsewhere."""
    parts = message_id.split(":")
    return int(parts[2][1:]) if parts[0] == "d" and len(parts) > 2 and parts[2].startswith("t") else None


def event_id_from_discord(message_id: int, suffix: str = "") -> EventId:
    """The id of an event from a Discord message. It is the same whoever sees the message, and how often."""
    return EventId(f"d:{message_id}{suffix}")


def event_id_from_thread(thread_id: int, message_id: int, suffix: str = "") -> EventId:
    """The same for a message that a requester wrote in their thread."""
    return EventId(f"r:{thread_id}:{message_id}{suffix}")


def typed_in(place: Channel, message_id: MessageId) -> int | None:
    """The Discord message from which this message was made, if it was written in this place. For channels
    only the kind counts, because a ticket may have had several."""
    origin, *parts = message_id.split(":")
    if place.parent_id is not None:
        is_here = origin == "r" and parts[0] == str(place.channel_id)
        return int(parts[1]) if is_here else None
    return None if thread_of(message_id) else discord_id_of(message_id)
