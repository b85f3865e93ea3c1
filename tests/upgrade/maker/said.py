# mypy: ignore-errors
# It is of revision a5a5475, and imports what has other names today.
"""What the ports say, as plain data."""

from dataclasses import asdict

from tickets.model import FileId, UserKey
from tickets.sinks import SinkName

EVER = 2**62


async def said_by_ports(store, now):
    events = await store.feed.after(0, limit=10_000)
    tickets = {ticket.id: ticket.number for ticket in await _tickets(store, events)}
    return {
        "deployment": {"id": store.deployment.id, "secret": store.deployment.secret.hex()},
        "log": [_event(fed) for fed in events],
        "due": {str(sink): await _due(store, sink, tickets, now) for sink in SinkName},
        "channels": {number: await _channel(store, it) for it, number in tickets.items()},
        "open channels": [it.channel_id for it in await store.channels.open_ones()],
        "links": await _links(store, events),
        "readings": {
            tickets[it]: asdict(read) for it, read in (await store.readings.of_tickets(list(tickets))).items()
        },
        "next in queue": [tickets[it] for it in await store.channels.next_in_queue(100)],
        "agents": [asdict(it) for it in await store.agents.all()],
        "turn": str(
            await store.agents.take_turn(
                [UserKey("default", "sam"), UserKey("discord", "1000000000000000088")]
            )
        ),
        "unsettled uploads": [asdict(it) for it in await store.uploads.unsettled(EVER, 100)],
        "files": {it: (await store.files.get(FileId(it)))[1].hex() for it in ("d:f1",)},
    }


async def _tickets(store, events):
    ids = dict.fromkeys(fed.event.ticket_id for fed in events)
    return [await store.views.ticket(it) for it in ids]


def _event(fed):
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


async def _due(store, sink, tickets, now):
    """``now`` and ever: which tickets, and of each the first event and how often it was tried."""
    ever = {}
    for it in await store.backlog.tickets_due(sink, EVER, 1000):
        due = await store.backlog.next_due(sink, it, EVER)
        ever[tickets[it]] = {"seq": due.event.seq, "attempts": due.attempts}
    depth = (await store.depths.backlog())[sink]
    return {
        "now": [tickets[it] for it in await store.backlog.tickets_due(sink, now, 1000)],
        "in an hour": [tickets[it] for it in await store.backlog.tickets_due(sink, now + 3_600_000, 1000)],
        "ever": ever,
        "pending": [number for it, number in tickets.items() if await store.backlog.pending(sink, it)],
        "earliest": await store.backlog.earliest(sink),
        "depth": asdict(depth),
    }


async def _channel(store, ticket_id):
    channel = await store.channels.of_ticket(ticket_id)
    return None if channel is None else asdict(channel)


async def _links(store, events):
    about = {(fed.event.ticket_id, fed.event.message_id) for fed in events if fed.event.message_id}
    found = {
        message_id: await store.channels.links(ticket_id, message_id)
        for ticket_id, message_id in sorted(about)
    }
    return {message_id: [asdict(it) for it in links] for message_id, links in found.items() if links}
