"""What the requester has seen, for the card."""

from dataclasses import dataclass

from tickets.model import Ticket
from tickets.ports.channels import Channel, discord_id_of
from tickets.ports.readings import UNREAD
from tickets.ports.store import Store


@dataclass(frozen=True, slots=True)
class SeenUpTo:
    """The last message that the requester has seen, and its place in Discord if it has one."""

    seq: int
    url: str | None = None


async def seen_up_to(store: Store, ticket: Ticket, channel: Channel, guild_id: int) -> SeenUpTo | None:
    """The last message seen. None if nothing was, as far as is known."""
    if not ticket.message_count:
        return None
    seq = (await store.readings.of_tickets([ticket.id])).get(ticket.id, UNREAD).requester_seq
    if not seq:
        return None
    for message in await store.views.messages(ticket.id, after_seq=seq - 1, limit=1):
        links = await store.channels.links(ticket.id, message.id)
        here = [link.discord_id for link in links if link.channel_id == channel.channel_id]
        discord_id = here[-1] if here else discord_id_of(message.id)
        if discord_id is not None:
            place = f"{guild_id}/{channel.channel_id}/{discord_id}"
            return SeenUpTo(seq, f"https://discord.com/channels/{place}")
    return SeenUpTo(seq)
