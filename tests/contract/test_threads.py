"""What the store keeps of the threads in which requesters talk."""

from dataclasses import replace

from tests.contract.acts import append, note, open_ticket, opening, post, show_all
from tests.people import SAM_ANSWERS
from tickets.events import FeedbackGiven, TicketClosed
from tickets.model import MessageId, Status, TicketId
from tickets.ports.channels import Channel, ChannelState, Link
from tickets.ports.sinks import SinkName
from tickets.ports.store import Store

T1 = TicketId("t1")
PANEL, CHANNEL, THREAD = 2**62, 2**62 + 1, 2**62 + 2


async def test_a_ticket_has_a_channel_and_a_thread(store: Store) -> None:
    channel = Channel(ticket_id=T1, channel_id=CHANNEL)
    thread = Channel(ticket_id=T1, channel_id=THREAD, parent_id=PANEL, webhook_id=9, webhook_token="secret")

    await store.channels.save(channel)
    await store.threads.save(thread)
    await store.threads.seen(THREAD, 77)

    assert await store.channels.of_ticket(T1) == channel
    assert await store.threads.of_ticket(T1) == replace(thread, seen_through=77)
    assert await store.threads.of_tickets([T1]) == {T1: replace(thread, seen_through=77)}
    assert await store.channels.at(THREAD) is None
    assert await store.threads.at(CHANNEL) is None
    assert [it.channel_id for it in await store.threads.open_ones()] == [THREAD]
    await store.threads.save(replace(thread, state=ChannelState.GONE))
    assert await store.threads.open_ones() == []
    assert await store.channels.open_ones() == [channel]


async def test_a_message_is_linked_in_both(store: Store) -> None:
    here = Link(
        ticket_id=T1, message_id=MessageId("m"), part=0, parts=1, channel_id=CHANNEL, discord_id=CHANNEL + 9
    )
    there = replace(here, channel_id=THREAD, discord_id=THREAD + 9)

    await store.channels.link(here)
    await store.threads.link(there)

    assert await store.channels.links(T1, MessageId("m")) == [here]
    assert await store.threads.links(T1, MessageId("m")) == [there]
    assert await store.threads.newest_link(T1, THREAD) == THREAD + 9
    assert await store.channels.newest_link(T1, THREAD) is None
    assert await store.threads.shown_by(T1, THREAD, THREAD + 9) == MessageId("m")


async def test_only_what_was_opened_in_discord_is_due_in_threads(store: Store) -> None:
    ordinary = await open_ticket(store)
    number = await store.log.next_number()
    opened = replace(opening(number), panel_channel_id=PANEL)
    ticket = (await append(store, TicketId(f"t{number}"), opened)).ticket
    for it in (ordinary, ticket):
        await post(store, it)
        await note(store, it)
        await append(store, it.id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)
        await append(store, it.id, FeedbackGiven(5))

    due = await show_all(store, SinkName.THREADS)

    assert ticket.panel_channel_id == PANEL
    assert [(event.ticket_id, event.seq) for event in due] == [(ticket.id, seq) for seq in (1, 2, 4)]
    await store.backlog.replay(SinkName.THREADS, ticket.id)
    assert [event.seq for event in await show_all(store, SinkName.THREADS)] == [1, 2, 4]
