"""What today's ports say of a store, in the words in which those of a5a5475 did (``recorded.json.xz``).

Where a port changes, this says how the old words are to be read; what they say stays."""

from dataclasses import asdict
from typing import Any, TypeVar

from tickets.model import FileId, Millis, TicketId, UserKey
from tickets.ports.feed import Fed
from tickets.ports.sinks import SinkName, Work
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind

Said = dict[str, Any]
Numbers = dict[TicketId, int]
Name = TypeVar("Name", bound=str)

EVER: Millis = 2**62
SAM, DORA = UserKey("default", "sam"), UserKey("discord", "1000000000000000088")


async def said_by_ports(store: Store, now: Millis) -> Said:
    events = await store.feed.after(0, limit=10_000)
    tickets = await _numbers(store, events)
    readings = await store.readings.of_tickets(list(tickets))
    copied = await store.files.get(FileId("d:f1"))
    return {
        "deployment": {"id": store.deployment.id, "secret": store.deployment.secret.hex()},
        "log": [_event(fed) for fed in events],
        "due": {
            "discord": await _due(store, store.backlog, SinkName.DISCORD, tickets, now),
            "removal": await _due(store, store.timers, TimerKind.REMOVAL, tickets, now),
        },
        "channels": {number: await _channel(store, it) for it, number in tickets.items()},
        "open channels": [it.channel_id for it in await store.channels.open_ones()],
        "links": await _links(store, events),
        "readings": {tickets[it]: asdict(reading) for it, reading in readings.items()},
        "next in queue": [tickets[it] for it in await store.channels.next_to_get_a_channel(100)],
        "agents": [asdict(it) for it in await store.agents.all()],
        "turn": str(await store.agents.take_turn([SAM, DORA])),
        "unsettled uploads": [asdict(it) for it in await store.uploads.unsettled(EVER, 100)],
        "files": {"d:f1": copied[1].hex() if copied else None},
    }


async def _numbers(store: Store, events: list[Fed]) -> Numbers:
    numbers = {}
    for ticket_id in dict.fromkeys(fed.event.ticket_id for fed in events):
        ticket = await store.views.ticket(ticket_id)
        assert ticket is not None
        numbers[ticket_id] = ticket.number
    return numbers


def _event(fed: Fed) -> Said:
    event = fed.event
    return {
        "pos": fed.pos,
        "requester": str(fed.requester),
        "ticket": event.ticket_id,
        "seq": event.seq,
        "id": event.id,
        "at": event.at,
        "kind": type(event.data).__name__,
        "actor": asdict(event.actor),
        "origin": asdict(event.origin),
        "dropped": list(event.dropped),
    }


async def _due(store: Store, work: Work[Name, Any], name: Name, tickets: Numbers, now: Millis) -> Said:
    """Which tickets are due now, in an hour, and ever; of each the first event, and its attempts."""
    ever = {}
    for ticket_id in await work.tickets_due(name, EVER, 1000):
        due = await work.next_due(name, ticket_id, EVER)
        assert due is not None
        seq = due.item.set_at_seq if isinstance(due.item, Timer) else due.item.seq
        ever[tickets[ticket_id]] = {"seq": seq, "attempts": due.attempts}
    depth = (await store.depths.backlog())[name]
    return {
        "now": [tickets[it] for it in await work.tickets_due(name, now, 1000)],
        "in an hour": [tickets[it] for it in await work.tickets_due(name, now + 3_600_000, 1000)],
        "ever": ever,
        "pending": [number for it, number in tickets.items() if await work.next_due(name, it, EVER)],
        "earliest": await work.earliest(name),
        "depth": asdict(depth),
    }


async def _channel(store: Store, ticket_id: TicketId) -> Said | None:
    channel = await store.channels.of_ticket(ticket_id)
    return None if channel is None else asdict(channel)


async def _links(store: Store, events: list[Fed]) -> Said:
    found: Said = {}
    about = {(fed.event.ticket_id, fed.event.message_id) for fed in events}
    for ticket_id, message_id in about:
        if message_id is not None and (links := await store.channels.links(ticket_id, message_id)):
            found[message_id] = [asdict(link) for link in links]
    return found
