"""Where an event comes from, and its id. Both are fixed before the first attempt to append it."""

from dataclasses import dataclass

from tickets.events import Origin, Place
from tickets.ids import new_id
from tickets.model import EventId
from tickets.ports.channels import event_id_from_discord, event_id_from_thread


@dataclass(frozen=True, slots=True)
class Source:
    """However often an event is asked for under the same id, it is appended once."""

    event_id: EventId
    origin: Origin


def from_api(event_id: EventId | None = None) -> Source:
    """A request; without an id the event gets a new one."""
    return Source(event_id or EventId(new_id()), Origin(Place.API))


def from_message(channel_id: int, message_id: int, suffix: str = "") -> Source:
    """A message in Discord; ``suffix`` tells apart what happens to it."""
    return Source(event_id_from_discord(message_id, suffix), Origin(Place.DISCORD, channel_id, message_id))


def from_thread(thread_id: int, message_id: int, suffix: str = "") -> Source:
    """A message of a requester's in the thread where they talk."""
    event_id = event_id_from_thread(thread_id, message_id, suffix)
    return Source(event_id, Origin(Place.DISCORD, thread_id, message_id))


def from_command(interaction_id: int) -> Source:
    """A command or button of staff's. It is no message: the ticket's channel shows what came of it."""
    return Source(EventId(f"c:{interaction_id}"), Origin(Place.DISCORD))


def from_nobody() -> Source:
    """Something that the desk does by itself."""
    return Source(EventId(new_id()), Origin(Place.DESK))


def from_channel(channel_id: int) -> Source:
    """Something that happened to a ticket's channel."""
    return Source(EventId(new_id()), Origin(Place.DISCORD, channel_id))


def by_itself(event_id: EventId) -> Source:
    """The desk itself, because the time has come."""
    return Source(event_id, Origin(Place.DESK))
