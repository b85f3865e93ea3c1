"""The Discord sink's memory."""

from dataclasses import replace

from tests.contract.acts import append, open_ticket, post
from tests.people import SAM_ANSWERS
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import IssueLevel, MessageId, Status, TicketId
from tickets.ports.channels import Channel, ChannelState, Link
from tickets.ports.store import Store

HUGE = 2**62


def channel_of(ticket_id: str, channel_id: int) -> Channel:
    return Channel(
        ticket_id=TicketId(ticket_id),
        channel_id=channel_id,
        card_id=HUGE + 1,
        card_digest="abc",
        webhook_id=HUGE + 2,
        webhook_token="token",
    )


async def test_a_channel_is_found_by_its_ticket_and_by_its_id(store: Store) -> None:
    channel = channel_of("t1", HUGE)

    await store.channels.save(channel)

    assert await store.channels.of_ticket(TicketId("t1")) == channel
    assert await store.channels.at(HUGE) == channel
    assert await store.channels.of_ticket(TicketId("t2")) is None
    assert await store.channels.at(HUGE + 1) is None


async def test_channels_of_many_tickets(store: Store) -> None:
    channels = [channel_of(f"t{n}", n) for n in range(1, 6)]
    for channel in channels:
        await store.channels.save(channel)

    found = await store.channels.of_tickets([TicketId("t2"), TicketId("t5"), TicketId("t9"), TicketId("t2")])

    assert found == {"t2": channels[1], "t5": channels[4]}
    assert await store.channels.of_tickets([]) == {}


async def test_a_change_leaves_alone_what_others_have_changed_meanwhile(store: Store) -> None:
    before = replace(channel_of("t1", 10), webhook_id=None, webhook_token=None)
    await store.channels.save(before)

    await store.channels.change(before, webhook_id=HUGE + 5, webhook_token="new")
    moved = await store.channels.change(before, category_id=7)

    assert moved == replace(before, category_id=7)
    both = replace(moved, webhook_id=HUGE + 5, webhook_token="new")
    assert await store.channels.of_ticket(TicketId("t1")) == both


async def test_a_place_that_is_the_tickets_no_more_is_not_changed(store: Store) -> None:
    lost, again = channel_of("t1", 10), channel_of("t1", 11)
    await store.channels.save(lost)
    await store.channels.save(again)

    await store.channels.change(lost, state=ChannelState.GONE)

    assert await store.channels.of_ticket(TicketId("t1")) == again


async def test_saving_replaces_all_but_how_far_it_was_seen(store: Store) -> None:
    channel = channel_of("t1", 10)
    await store.channels.save(channel)
    await store.channels.seen(10, 100)

    await store.channels.save(replace(channel, state=ChannelState.GONE, card_id=None, seen_through=7))

    saved = await store.channels.of_ticket(TicketId("t1"))
    assert saved == replace(channel, state=ChannelState.GONE, card_id=None, seen_through=100)


async def test_a_new_channel_has_not_been_seen(store: Store) -> None:
    await store.channels.save(channel_of("t1", 10))
    await store.channels.seen(10, 100)

    await store.channels.save(channel_of("t1", 11))

    assert await store.channels.of_ticket(TicketId("t1")) == channel_of("t1", 11)
    assert await store.channels.at(10) is None


async def test_what_was_seen_never_goes_back(store: Store) -> None:
    await store.channels.save(channel_of("t1", 10))

    for message_id in (HUGE, 99, HUGE - 1):
        await store.channels.seen(10, message_id)
    await store.channels.seen(404, 1)

    channel = await store.channels.at(10)
    assert channel is not None
    assert channel.seen_through == HUGE


async def test_open_channels_are_those_that_are_there(store: Store) -> None:
    for n, state in enumerate(ChannelState):
        await store.channels.save(replace(channel_of(f"t{n}", n + 10), state=state))

    assert [channel.state for channel in await store.channels.open_ones()] == [ChannelState.OPEN]


async def test_links_come_in_order_of_their_parts(store: Store) -> None:
    links = [
        Link(
            ticket_id=TicketId("t1"),
            message_id=MessageId("m1"),
            part=part,
            parts=3,
            channel_id=10,
            discord_id=HUGE + part,
        )
        for part in (1, 2, 3)
    ]
    for link in (links[2], links[0], links[1], links[1]):
        await store.channels.link(link)
    await store.channels.link(replace(links[0], ticket_id=TicketId("t2")))
    await store.channels.link(replace(links[0], message_id=MessageId("m2")))

    assert await store.channels.links(TicketId("t1"), MessageId("m1")) == links
    assert await store.channels.links(TicketId("t1"), MessageId("m3")) == []


async def test_a_part_that_was_sent_again_is_linked_to_the_new_one(store: Store) -> None:
    link = Link(
        ticket_id=TicketId("t1"), message_id=MessageId("m1"), part=1, parts=1, channel_id=10, discord_id=5
    )
    await store.channels.link(link)

    await store.channels.link(replace(link, discord_id=6))

    assert await store.channels.links(TicketId("t1"), MessageId("m1")) == [replace(link, discord_id=6)]


async def test_a_message_in_discord_tells_what_it_shows(store: Store) -> None:
    link = Link(
        ticket_id=TicketId("t1"), message_id=MessageId("m1"), part=1, parts=1, channel_id=10, discord_id=HUGE
    )

    await store.channels.link(link)

    shown_by = store.channels.shown_by
    assert await shown_by(TicketId("t1"), 10, HUGE) == MessageId("m1")
    assert await shown_by(TicketId("t1"), 11, HUGE) is None
    assert await shown_by(TicketId("t2"), 10, HUGE) is None
    assert await shown_by(TicketId("t1"), 10, 5) is None


async def test_the_newest_link_of_a_channel(store: Store) -> None:
    link = Link(
        ticket_id=TicketId("t1"), message_id=MessageId("m1"), part=1, parts=2, channel_id=10, discord_id=HUGE
    )
    await store.channels.link(link)
    await store.channels.link(replace(link, part=2, discord_id=99))
    await store.channels.link(replace(link, message_id=MessageId("m2"), channel_id=11, discord_id=HUGE + 1))

    assert await store.channels.newest_link(TicketId("t1"), 10) == HUGE
    assert await store.channels.newest_link(TicketId("t1"), 12) is None


async def test_the_queue_is_of_open_tickets_without_channel_by_level_then_number(store: Store) -> None:
    with_channel = await open_ticket(store)
    first, second = await open_ticket(store), await open_ticket(store)
    closed = await open_ticket(store)
    critical = await open_ticket(store, level=IssueLevel.CRITICAL)
    urgent = await open_ticket(store, level=IssueLevel.URGENT)
    await store.channels.save(channel_of(with_channel.id, 10))
    await append(store, closed.id, TicketClosed(Status.UNRESOLVED), SAM_ANSWERS)

    queue = store.channels.next_to_get_a_channel
    assert await queue(10) == [critical.id, urgent.id, first.id, second.id]
    assert await queue(3) == [critical.id, urgent.id, first.id]
    await store.channels.save(channel_of(critical.id, 11))
    await store.channels.save(replace(channel_of(first.id, 12), state=ChannelState.GONE))
    assert await queue(10) == [urgent.id, second.id]


async def test_a_ticket_whose_turn_it_is_while_staff_has_answered_still_waits(store: Store) -> None:
    pending, waiting = await open_ticket(store), await open_ticket(store)
    await append(store, pending.id, TicketChanged((Change("status", "OPEN", "PENDING"),)), SAM_ANSWERS)
    await post(store, waiting)

    assert await store.channels.next_to_get_a_channel(10) == [pending.id, waiting.id]


async def test_what_a_card_shows_is_kept_by_itself(store: Store) -> None:
    channel = replace(channel_of("t1", 10), card_id=5)
    await store.channels.save(channel)

    await store.channels.card_shows(TicketId("t1"), 5, "new")
    await store.channels.card_shows(TicketId("t1"), 6, "another card's")

    assert await store.channels.of_ticket(TicketId("t1")) == replace(channel, card_digest="new")
