"""How much waits to be shown."""

from tests.clocks import NOON
from tests.contract.acts import open_ticket, post, show_all
from tests.contract.test_channels import channel_of
from tests.contract.test_notifications import IN_APP, news
from tickets.notifications import SENT
from tickets.ports.sinks import EVERYTHING, Depth, SinkName
from tickets.ports.store import Store
from tickets.ports.timers import Timer, TimerKind


async def test_nothing_waits_in_a_new_store(store: Store) -> None:
    configured = [it.sink for it in EVERYTHING]
    assert await store.depths.backlog() == dict.fromkeys([*configured, *TimerKind, *SENT], Depth())
    assert await store.depths.without_channel() == 0


async def test_what_was_not_shown_is_counted_with_its_oldest(store: Store) -> None:
    first = await open_ticket(store)
    await open_ticket(store)
    await post(store, first)

    found = (await store.depths.backlog())[SinkName.DISCORD]
    assert (found.count, found.oldest_at) == (3, first.created_at)

    await show_all(store)
    assert (await store.depths.backlog())[SinkName.DISCORD] == Depth()


async def test_a_timer_counts_from_its_time_on(store: Store) -> None:
    ticket = await open_ticket(store)

    await store.timers.set(Timer(ticket.id, TimerKind.REMOVAL, 1, NOON + 60_000))

    assert (await store.depths.backlog())[TimerKind.REMOVAL] == Depth(1, NOON + 60_000)


async def test_tickets_without_a_channel_are_counted(store: Store) -> None:
    tickets = [await open_ticket(store) for _ in range(3)]

    await store.channels.save(channel_of(tickets[1].id, 2))

    assert await store.depths.without_channel() == 2


async def test_mails_and_text_messages_that_wait_are_counted(store: Store) -> None:
    await store.notifications.add([news("a", 10), news("b", 20), news("c", 5, channel=IN_APP, due_at=None)])

    found = await store.depths.backlog()

    assert found["email"] == Depth(2, 10)
    assert found["sms"] == Depth()
