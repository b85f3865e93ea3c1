"""What the sinks still have to show is found at once, in the right order, and survives their failures."""

import pytest

from tests.clocks import NOON, Hands
from tests.contract.acts import append, note, open_ticket, post, show_all
from tests.contract.places import Place as StorePlace
from tests.people import ANN, SAM_ANSWERS
from tickets.events import Change, Event, MessageDeleted, MessageEdited, MessagePosted, Place, TicketChanged
from tickets.model import Delivery, IssueLevel, MessageId, Ticket
from tickets.ports.sinks import LONGEST_PUT_OFF, Failure, Listening, SinkName
from tickets.ports.store import Store

DISCORD = SinkName.DISCORD


async def in_front(store: Store, ticket: Ticket, now: int = NOON) -> int | None:
    """The seq of the event that goes next."""
    due = await store.backlog.next_due(DISCORD, ticket.id, now)
    return None if due is None else due.item.seq


async def show_next(store: Store, ticket: Ticket) -> Event:
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    await store.backlog.done(DISCORD, due.item)
    return due.item


async def delivery(store: Store, event: Event) -> Delivery:
    message = await store.views.message(MessageId(event.id), event.ticket_id)
    assert message is not None
    return message.delivery


async def test_every_event_is_due_at_discord_from_its_append_on(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)

    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    assert (due.item.seq, due.attempts) == (1, 0)
    assert await store.backlog.earliest(DISCORD) == NOON
    await store.backlog.done(DISCORD, due.item)
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    assert due.item == posted


@pytest.mark.parametrize("back", [60_000, 6 * 3_600_000])
async def test_what_is_appended_after_the_clock_was_set_back_is_due_at_once(
    store: Store, clock: Hands, back: int
) -> None:
    """The times of a ticket's events never go back."""
    ticket = await open_ticket(store)
    await show_all(store)
    clock.now -= back

    posted = await post(store, ticket)

    assert await store.backlog.tickets_due(DISCORD, clock(), 10) == [ticket.id]
    assert await in_front(store, ticket, clock()) == posted.seq
    assert posted.at == ticket.created_at


async def test_what_was_put_off_before_the_clock_was_set_back_is_due(store: Store) -> None:
    ticket = await open_ticket(store)
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    await store.backlog.put_off(DISCORD, due.item, NOON + LONGEST_PUT_OFF)
    assert await in_front(store, ticket) is None

    set_back = NOON - 1

    assert await store.backlog.tickets_due(DISCORD, set_back, 10) == [ticket.id]
    assert await in_front(store, ticket, set_back) == 1


async def test_what_is_news_to_nobody_is_not_due_where_people_are_notified(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    assert await store.backlog.tickets_due(SinkName.NOTIFICATIONS, NOON, 10) == []

    taken = TicketChanged((Change("assignee", None, "shop:agent"),))
    await append(store, ticket.id, taken, SAM_ANSWERS)
    last = await post(store, ticket)
    assert (await show_all(store, SinkName.NOTIFICATIONS))[-1] == last


async def test_when_all_is_shown_nothing_is_due(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)

    shown = await show_all(store)

    assert [event.seq for event in shown] == [1, 2]
    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == []
    assert await store.backlog.next_due(DISCORD, ticket.id, NOON) is None
    assert await store.backlog.earliest(DISCORD) is None


async def test_nothing_is_due_before_its_time(store: Store) -> None:
    ticket = await open_ticket(store)

    assert await store.backlog.tickets_due(DISCORD, NOON - 1, 10) == []
    assert await in_front(store, ticket, NOON - 1) is None


async def test_the_most_urgent_tickets_go_first_then_those_waiting_longest(
    store: Store, clock: Hands
) -> None:
    tickets = []
    for level in (IssueLevel.NORMAL, IssueLevel.URGENT, IssueLevel.NORMAL, IssueLevel.CRITICAL):
        tickets.append(await open_ticket(store, level=level))
        await post(store, tickets[-1])
        clock.now += 1000
    first_normal, urgent, second_normal, critical = (ticket.id for ticket in tickets)

    now = clock.now
    order = [critical, urgent, first_normal, second_normal]
    assert await store.backlog.tickets_due(DISCORD, now, 10) == order
    assert await store.backlog.tickets_due(DISCORD, now, 2) == order[:2]
    assert await store.backlog.tickets_due(DISCORD, NOON + 1500, 10) == [urgent, first_normal]


async def test_a_ticket_that_becomes_more_urgent_overtakes_with_all_it_has_waiting(store: Store) -> None:
    calm, raised = await open_ticket(store), await open_ticket(store)
    change = TicketChanged((Change("issue_level", "NORMAL", "CRITICAL"),))

    await append(store, raised.id, change, SAM_ANSWERS)

    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == [raised.id, calm.id]
    assert await in_front(store, raised) == 1


async def test_what_is_put_off_hides_the_later_events_of_its_ticket_until_then(
    store: Store, clock: Hands
) -> None:
    ticket, other = await open_ticket(store), await open_ticket(store)
    await post(store, ticket)
    opened = (await store.log.events(ticket.id))[0]

    await store.backlog.put_off(DISCORD, opened, NOON + 5000)
    await post(store, ticket)

    assert await store.backlog.tickets_due(DISCORD, NOON + 4999, 10) == [other.id]
    assert await in_front(store, ticket, NOON + 4999) is None
    assert await store.backlog.earliest(DISCORD) == NOON
    await show_next(store, other)
    assert await store.backlog.earliest(DISCORD) == NOON + 5000
    assert await store.backlog.tickets_due(DISCORD, NOON + 5000, 10) == [ticket.id]
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON + 5000)
    assert due is not None
    assert (due.item.seq, due.attempts) == (1, 1)


async def test_the_earliest_is_not_one_that_waits_behind_another(store: Store, clock: Hands) -> None:
    waiting = await open_ticket(store)
    await store.backlog.put_off(DISCORD, await _front(store, waiting), NOON + 9000)
    clock.now = NOON + 1000
    await post(store, waiting)
    clock.now = NOON + 2000
    await open_ticket(store)

    assert await store.backlog.earliest(DISCORD) == NOON + 2000


async def test_after_the_one_that_was_put_off_the_later_ones_follow_at_once(
    store: Store, clock: Hands
) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    opened = (await store.log.events(ticket.id))[0]
    await store.backlog.put_off(DISCORD, opened, NOON + 5000)
    await post(store, ticket)
    clock.now = NOON + 5000

    await store.backlog.done(DISCORD, opened)

    assert await in_front(store, ticket, clock.now) == 2
    assert [event.seq for event in await show_all(store, now=clock.now)] == [2, 3]


async def test_attempts_are_counted_for_each_event(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    opened = (await store.log.events(ticket.id))[0]
    for n in range(3):
        await store.backlog.put_off(DISCORD, opened, NOON - n)

    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    assert due.attempts == 3
    await store.backlog.done(DISCORD, opened)
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    assert due.attempts == 0


async def test_what_can_never_be_shown_is_stepped_over(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)
    await show_next(store, ticket)

    await store.backlog.failed(DISCORD, posted, "Discord says no")

    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == []
    assert await delivery(store, posted) is Delivery.FAILED
    assert [event.seq for event in await store.log.events(ticket.id)] == [1, 2]


async def test_a_message_is_queued_then_delivered(store: Store) -> None:
    ticket = await open_ticket(store)
    posted, remark = await post(store, ticket), await note(store, ticket)
    assert await delivery(store, posted) is await delivery(store, remark) is Delivery.QUEUED

    await show_all(store)

    assert await delivery(store, posted) is await delivery(store, remark) is Delivery.DELIVERED
    assert [each.delivery for each in await store.views.messages(ticket.id)] == [Delivery.DELIVERED]


async def test_a_message_from_discord_is_delivered_from_the_start(store: Store) -> None:
    ticket = await open_ticket(store)

    appended = await append(store, ticket.id, MessagePosted("Hi"), SAM_ANSWERS, place=Place.DISCORD)

    assert await delivery(store, appended.event) is Delivery.DELIVERED


async def test_editing_a_message_does_not_change_whether_it_was_delivered(store: Store) -> None:
    ticket = await open_ticket(store)
    posted = await post(store, ticket)
    await show_all(store)

    edited = await append(store, ticket.id, MessageEdited(MessageId(posted.id), "Other words"))
    deleted = await append(store, ticket.id, MessageDeleted(MessageId(posted.id)))

    for appended in (edited, deleted):
        assert appended.message is not None
        assert appended.message.delivery is Delivery.DELIVERED
    assert await delivery(store, posted) is Delivery.DELIVERED
    await store.backlog.failed(DISCORD, edited.event, "too late to edit")
    assert await delivery(store, posted) is Delivery.DELIVERED


async def test_showing_twice_does_no_harm(store: Store) -> None:
    ticket = await open_ticket(store)
    opened = (await store.log.events(ticket.id))[0]

    posted = await post(store, ticket)

    await store.backlog.done(DISCORD, opened)
    await store.backlog.done(DISCORD, opened)
    await store.backlog.put_off(DISCORD, opened, NOON + 5000)

    assert await in_front(store, ticket) == posted.seq
    await store.backlog.done(DISCORD, posted)
    assert await store.backlog.tickets_due(DISCORD, 2**62, 10) == []
    assert await store.backlog.earliest(DISCORD) is None


@pytest.mark.parametrize("limit", [1, 3])
async def test_one_ticket_with_much_to_show_takes_one_place(store: Store, limit: int) -> None:
    busy = await open_ticket(store, ANN.key)
    for _ in range(10):
        await post(store, busy)
    calm = await open_ticket(store)

    assert await store.backlog.tickets_due(DISCORD, NOON, limit) == [busy.id, calm.id][:limit]


async def test_a_ticket_is_pending_until_all_of_it_is_shown(store: Store) -> None:
    ticket = await open_ticket(store)
    await store.backlog.put_off(DISCORD, await _front(store, ticket), NOON + 60_000)
    assert await store.backlog.pending(DISCORD, ticket.id)

    await store.backlog.hasten(DISCORD, [ticket.id])
    await show_all(store)

    assert not await store.backlog.pending(DISCORD, ticket.id)


async def test_what_was_put_off_can_be_hastened_and_the_most_urgent_goes_first(store: Store) -> None:
    calm = await open_ticket(store)
    urgent = await open_ticket(store, level=IssueLevel.CRITICAL)
    for ticket in (urgent, calm):
        await store.backlog.put_off(DISCORD, await _front(store, ticket), NOON + 60_000)
    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == []

    await store.backlog.hasten(DISCORD, [calm.id, urgent.id])

    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == [urgent.id, calm.id]
    due = await store.backlog.next_due(DISCORD, calm.id, NOON)
    assert due is not None
    assert due.attempts == 1
    await store.backlog.put_off(DISCORD, due.item, NOON + 60_000)
    await store.backlog.hasten(SinkName.LOG, None)
    await store.backlog.hasten(DISCORD, None, beyond=2**50)
    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == [urgent.id]
    await store.backlog.hasten(DISCORD, None)
    assert await store.backlog.tickets_due(DISCORD, NOON, 10) == [urgent.id, calm.id]


async def test_a_replay_shows_the_whole_ticket_again_from_its_beginning(store: Store) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    other = await open_ticket(store)
    await show_all(store)

    await store.backlog.replay(DISCORD, ticket.id)

    assert [(await show_next(store, ticket)).seq for _ in range(2)] == [1, 2]
    assert await in_front(store, ticket) is None
    assert await in_front(store, other) is None


@pytest.mark.parametrize("ends", ["done", "failed"])
async def test_what_is_replayed_while_it_is_shown_is_shown_again(store: Store, ends: str) -> None:
    ticket = await open_ticket(store)
    await post(store, ticket)
    opened = await show_next(store, ticket)
    shown = await _front(store, ticket)  # in a channel that is found gone before the sink is done

    await store.backlog.replay(DISCORD, ticket.id)
    if ends == "done":
        await store.backlog.done(DISCORD, shown)
    else:
        await store.backlog.failed(DISCORD, shown, "The channel is gone")

    assert await store.backlog.failures(DISCORD, ticket.id) == []
    assert [(await show_next(store, ticket)).seq for _ in range(2)] == [opened.seq, shown.seq]
    assert await in_front(store, ticket) is None


async def _front(store: Store, ticket: Ticket) -> Event:
    due = await store.backlog.next_due(DISCORD, ticket.id, NOON)
    assert due is not None
    return due.item


async def test_a_sink_is_given_only_what_it_wants(place: StorePlace, clock: Hands) -> None:
    wanted = Listening(DISCORD, lambda event: not isinstance(event.data, MessagePosted))
    async with place.open(clock, [wanted]) as store:
        ticket = await open_ticket(store)
        await post(store, ticket)
        remark = await note(store, ticket)

        assert [event.seq for event in await show_all(store)] == [1, remark.seq]
        await store.backlog.replay(DISCORD, ticket.id)
        assert [event.seq for event in await show_all(store)] == [1, remark.seq]


async def test_a_sink_that_is_not_configured_has_nothing_due(place: StorePlace, clock: Hands) -> None:
    async with place.open(clock, []) as store:
        ticket = await open_ticket(store)
        await append(
            store, ticket.id, TicketChanged((Change("issue_level", "NORMAL", "CRITICAL"),)), SAM_ANSWERS
        )

        assert await store.backlog.tickets_due(DISCORD, NOON, 10) == []
        assert await store.backlog.earliest(DISCORD) is None
        assert DISCORD not in await store.depths.backlog()


async def test_what_failed_is_listed_and_can_be_due_again(store: Store) -> None:
    ticket = await open_ticket(store)
    posted, noted = await post(store, ticket), await note(store, ticket)
    for event, why in ((posted, "too large"), (noted, "too rude")):
        await store.backlog.failed(SinkName.DISCORD, event, why)

    failures = await store.backlog.failures(SinkName.DISCORD, ticket.id)
    assert failures == [Failure(posted.seq, "too large"), Failure(noted.seq, "too rude")]

    await store.backlog.retry(SinkName.DISCORD, ticket.id, [1, posted.seq])

    assert await store.backlog.failures(SinkName.DISCORD, ticket.id) == [Failure(noted.seq, "too rude")]
    (message,) = await store.views.messages(ticket.id)
    assert message.delivery is Delivery.QUEUED
    shown = await show_all(store)
    assert [event.seq for event in shown] == [1, posted.seq]
    assert await show_all(store) == []
