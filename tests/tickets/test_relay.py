"""The relay shows everything once, in order per ticket, whatever the sink and the store do."""

import asyncio
import logging
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON
from tests.tickets.fakes import House, a_book, a_while, ids, until
from tickets import relay
from tickets.model import IssueLevel, TicketId
from tickets.ports.lease import NotLeader
from tickets.ports.sinks import Away, Never, NotNow, SinkName
from tickets.ports.store import StoreUnavailable
from tickets.relay import Relay


@pytest.fixture
def house() -> House:
    return House()


async def test_what_was_due_before_the_start_is_shown(house: House) -> None:
    book = a_book("a", messages=2)
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ids(book.events)


async def test_what_comes_later_is_shown_at_once(house: House) -> None:
    async with house.relay():
        await a_while()
        house.backlog.take(a_book("a"))
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["a-1"]


async def test_every_ticket_is_shown_in_order_while_many_are_shown_at_once(house: House) -> None:
    books = [a_book(f"ticket{n}", messages=10) for n in range(30)]
    events = sorted((event for book in books for event in book.events), key=lambda it: it.seq)
    by_id = {book.id: book for book in books}

    async with house.relay(parallel=7):
        for event in events:
            house.backlog.take(by_id[event.ticket_id], event)
        await until(lambda: not house.backlog.left)

    assert len(house.stage.shown) == 330
    for book in books:
        assert [it for it in house.stage.shown if it.startswith(f"{book.id}-")] == ids(book.events)
    assert house.stage.most_at_once == 7


async def test_urgent_tickets_go_first_when_places_are_few(house: House) -> None:
    levels = {"calm": IssueLevel.NORMAL, "hot": IssueLevel.CRITICAL, "warm": IssueLevel.URGENT}
    for name, level in levels.items():
        house.backlog.take(a_book(name, level=level))

    async with house.relay(parallel=1):
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["hot-1", "warm-1", "calm-1"]


async def test_what_is_new_does_not_go_before_those_who_wait(house: House) -> None:
    books = [a_book("first"), a_book("calm"), a_book("hot", level=IssueLevel.CRITICAL)]
    door = house.stage.shut(books[0].events[0])
    late = a_book("late")

    async with house.relay(parallel=1):
        for book in books:
            house.backlog.take(book)
            await a_while()
        door.set()
        await until(lambda: "first-1" in house.stage.shown)
        house.backlog.take(late)
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["first-1", "hot-1", "calm-1", "late-1"]


async def test_however_urgent_they_are_no_more_tickets_are_shown_at_once_than_allowed(house: House) -> None:
    calm = [a_book("calm-a"), a_book("calm-b")]
    hot = [a_book(name, level=IssueLevel.CRITICAL) for name in ("hot-a", "hot-b")]
    doors = [house.stage.shut(book.events[0]) for book in (*calm, *hot)]
    for book in calm:
        house.backlog.take(book)

    async with house.relay(parallel=2):
        await until(lambda: len(house.stage.begun) == 2)
        for book in hot:
            house.backlog.take(book)
        doors[0].set()
        await until(lambda: len(house.stage.begun) == 3)
        await a_while()
        for door in doors:
            door.set()
        await until(lambda: not house.backlog.left)

    assert house.stage.most_at_once == 2
    assert house.stage.begun[2:] == ["hot-a-1", "hot-b-1"]


async def test_a_sink_that_is_away_is_tried_once_and_then_left_alone(house: House) -> None:
    book = a_book("a")
    house.stage.trouble["a-1"] = [Away("down", 60) for _ in range(3)]
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: house.stage.begun)
        await a_while()

    assert house.stage.begun == ["a-1"]


async def test_a_ticket_with_much_to_say_lets_a_more_urgent_one_in(house: House) -> None:
    house.backlog.take(a_book("noisy", messages=100))
    urgent = a_book("hot", level=IssueLevel.CRITICAL)

    async with house.relay(parallel=1):
        await until(lambda: len(house.stage.shown) > 2)
        house.backlog.take(urgent)
        await until(lambda: not house.backlog.left)

    assert house.stage.shown.index("hot-1") < 13


async def test_a_slow_ticket_delays_no_other(house: House) -> None:
    slow, quick = a_book("slow", messages=1), a_book("quick", messages=3)
    door = house.stage.shut(slow.events[0])
    house.backlog.take(slow)

    async with house.relay(parallel=2):
        await until(lambda: house.stage.begun)
        house.backlog.take(quick)
        await until(lambda: len(house.stage.shown) == 4)
        door.set()
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == [*ids(quick.events), *ids(slow.events)]


async def test_an_event_that_cannot_be_shown_now_holds_back_its_ticket_and_no_other(house: House) -> None:
    stuck, other = a_book("stuck", messages=2), a_book("other", messages=2)
    house.stage.trouble["stuck-2"] = [NotNow("rate limit", seconds=60)]
    house.backlog.take(stuck)
    house.backlog.take(other)

    async with house.relay():
        await until(lambda: len(house.stage.shown) == 4)
        house.pass_time(59)
        await a_while()
        held_back = ids(house.backlog.left)
        house.pass_time(1)
        await until(lambda: not house.backlog.left)

    assert held_back == ["stuck-2", "stuck-3"]
    assert [it for it in house.stage.shown if it.startswith("stuck")] == ids(stuck.events)


async def test_a_new_event_does_not_hurry_the_one_that_waits_in_front_of_it(house: House) -> None:
    book = a_book("a", messages=1)
    house.stage.trouble["a-1"] = [NotNow("no channel yet", seconds=60)]
    house.backlog.take(book, book.events[0])

    async with house.relay():
        await until(lambda: house.backlog.attempts(book.events[0]) == 1)
        house.backlog.take(book, book.events[1])
        await a_while()

    assert house.stage.begun == ["a-1"]


async def test_without_a_time_to_wait_the_delay_grows_with_the_attempts(house: House) -> None:
    house.stage.trouble["a-1"] = [NotNow("down") for _ in range(3)]
    house.backlog.take(a_book("a"))
    asked = []

    def delay(attempts: int) -> float:
        asked.append(attempts)
        return 0.0

    async with house.relay(delay=delay):
        await until(lambda: not house.backlog.left)

    assert asked == [0, 1, 2]


async def test_a_sink_that_is_away_is_left_alone(house: House) -> None:
    first, second = a_book("a"), a_book("b")
    house.stage.trouble["a-1"] = [Away("not connected", seconds=0.2)]
    house.backlog.take(first)

    async with house.relay():
        await until(lambda: house.stage.begun)
        await a_while()
        house.backlog.take(second)
        await a_while()
        assert house.stage.begun == ["a-1"]

        await until(lambda: not house.backlog.left)

    assert sorted(house.stage.shown) == ["a-1", "b-1"]


async def test_a_sink_that_is_away_puts_off_no_ticket(house: House) -> None:
    book = a_book("a")
    house.stage.trouble["a-1"] = [Away("not connected", seconds=60)]
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: house.stage.begun)
        await a_while()

    assert house.backlog.attempts(book.events[0]) == 0


class Growing(NotNow):
    grows = True


async def test_where_only_the_first_pause_is_known_the_others_grow(house: House) -> None:
    book = a_book("a", messages=0)
    house.stage.trouble["a-1"] = [Growing("down", seconds=2) for _ in range(4)]
    house.backlog.take(book)
    pauses = []

    async with house.relay(delay=lambda attempts: float(2**attempts)):
        for attempt in range(4):
            await until(lambda attempt=attempt: house.backlog.attempts(book.events[0]) == attempt + 1)  # type: ignore[misc]
            earliest = await house.backlog.earliest(SinkName.DISCORD)
            assert earliest is not None
            pauses.append((earliest - house.clock.now) / 1000)
            house.pass_time(pauses[-1])
        await until(lambda: not house.backlog.left)

    assert pauses == [2, 2, 4, 8]


async def test_once_a_sink_that_failed_everywhere_shows_something_nobody_waits_any_longer(
    house: House,
) -> None:
    books = [a_book(f"t{n}") for n in range(10)]
    for number, book in enumerate(books):
        house.stage.trouble[f"t{number}-1"] = [Growing("down")]
        house.backlog.take(book)

    async with house.relay(delay=lambda _: 60.0):
        await until(lambda: all(house.backlog.attempts(it) == 1 for it in house.backlog.left))
        house.backlog.take(a_book("new"))
        await until(lambda: not house.backlog.left)

    assert house.stage.shown[0] == "new-1"
    assert house.clock.now == NOON


async def test_a_ticket_that_fails_alone_is_not_hurried_by_what_others_show(house: House) -> None:
    stuck = a_book("stuck")
    house.stage.trouble["stuck-1"] = [Growing("broken")]
    house.backlog.take(stuck)

    async with house.relay(delay=lambda _: 60.0):
        await until(lambda: house.backlog.attempts(stuck.events[0]) == 1)
        house.backlog.take(a_book("other"))
        await until(lambda: house.stage.shown == ["other-1"])
        await a_while()

    assert house.stage.begun.count("stuck-1") == 1


async def test_a_long_absence_is_told_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    book = a_book("a", messages=1)
    house.stage.trouble["a-1"] = [Away("gone", seconds=0) for _ in range(5)]
    house.stage.trouble["a-2"] = [Away("gone again", seconds=0)]
    house.backlog.take(book)
    caplog.set_level(logging.INFO)

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert sum("is away" in it.getMessage() for it in caplog.records) == 2


async def test_time_alone_wakes_the_relay(house: House) -> None:
    house.stage.trouble["a-1"] = [NotNow("down")]
    house.backlog.take(a_book("a"), at=0)

    async with house.relay(delay=lambda _: 0.01, clock=lambda: int(time.monotonic() * 1000)):
        await until(lambda: not house.backlog.left)

    assert house.stage.begun == ["a-1", "a-1"]


async def test_what_can_never_be_shown_is_marked_and_stepped_over(house: House) -> None:
    house.stage.trouble["a-1"] = [Never("400: too long")]
    house.backlog.take(a_book("a", messages=1))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.failures == {"a-1": "400: too long"}
    assert house.stage.shown == ["a-2"]


async def test_people_are_told_what_can_never_be_shown(house: House) -> None:
    book = a_book("a", messages=1)
    house.stage.trouble = {"a-2": [Never("400 too rude")]}
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.stage.given_up == {"a-2": "400 too rude"}


async def test_an_event_that_breaks_the_sink_is_given_up_after_some_attempts(house: House) -> None:
    house.stage.trouble["a-1"] = [KeyError("oops") for _ in range(100)]
    house.backlog.take(a_book("a", messages=1))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.failures == {"a-1": "KeyError: 'oops'"}
    assert house.stage.begun == ["a-1"] * relay.PATIENCE + ["a-2"]
    assert house.stage.shown == ["a-2"]


async def test_a_sink_that_was_long_away_costs_no_patience(house: House) -> None:
    house.stage.trouble["a-1"] = [
        *(NotNow("down") for _ in range(relay.PATIENCE * 2)),
        *(KeyError("oops") for _ in range(relay.PATIENCE - 1)),
    ]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.failures == {}
    assert house.stage.shown == ["a-1"]


async def test_every_event_begins_with_full_patience(house: House) -> None:
    book = a_book("a", messages=2)
    house.stage.trouble = {
        it: [KeyError("oops") for _ in range(relay.PATIENCE - 1)] for it in ids(book.events)
    }
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.failures == {}


async def test_a_store_that_is_away_at_the_start_is_waited_for(house: House) -> None:
    house.backlog.away = True
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: house.backlog.hastened >= 3)
        house.backlog.away = False
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["a-1"]


async def test_a_store_that_goes_away_before_it_knows_is_shown_the_event_again(house: House) -> None:
    book = a_book("a")
    door = house.stage.shut(book.events[0])
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: house.stage.begun)
        house.backlog.away = True
        door.set()
        await until(lambda: house.backlog.asked >= 3)
        house.backlog.away = False
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["a-1", "a-1"]


async def test_a_sink_whose_store_is_away_loses_no_patience(house: House) -> None:
    house.stage.trouble["a-1"] = [StoreUnavailable("disk full") for _ in range(relay.PATIENCE * 2)]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.failures == {}
    assert house.stage.shown == ["a-1"]


async def test_a_store_that_only_reads_is_not_shown_the_same_event_without_a_pause(house: House) -> None:
    house.stage.trouble["a-1"] = [StoreUnavailable("disk full") for _ in range(100)]
    house.backlog.take(a_book("a"))

    async with house.relay(delay=lambda _: 60.0):
        await until(lambda: house.stage.begun)
        for _ in range(5):
            house.pass_time(1)
            await a_while()

    assert house.stage.begun == ["a-1"]


async def test_a_relay_with_nothing_to_do_asks_for_nothing(house: House) -> None:
    house.backlog.take(a_book("later"), at=NOON + 60_000)

    async with house.relay():
        await until(lambda: house.backlog.asked)
        await a_while()

    assert house.backlog.asked == 1


async def test_a_backlog_that_contradicts_itself_is_not_asked_without_a_pause(house: House) -> None:
    house.backlog.hidden = True

    async with house.relay():
        await until(lambda: house.backlog.asked)
        await a_while()

    assert house.backlog.asked <= 5, "without a pause it is asked again in every few of 200 turns"


async def test_a_stop_ends_promptly_and_leaves_what_was_in_hand(house: House) -> None:
    book = a_book("a", messages=1)
    house.stage.shut(*book.events)
    house.backlog.take(book)

    async with house.relay() as task:
        await until(lambda: house.stage.begun)
        task.cancel()
        async with asyncio.timeout(0.1):
            await asyncio.wait([task])

    assert task.cancelled()
    assert ids(house.backlog.left) == ids(book.events)
    assert house.stage.shown == []


async def test_the_next_relay_goes_on_where_a_stopped_one_was(house: House) -> None:
    book = a_book("a", messages=1)
    door = house.stage.shut(book.events[0])
    house.backlog.take(book)
    async with house.relay():
        await until(lambda: house.stage.begun)
    door.set()

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.stage.begun == ["a-1", "a-1", "a-2"]
    assert house.stage.shown == ["a-1", "a-2"]


async def test_a_stopped_relay_listens_no_more(house: House) -> None:
    async with house.relay():
        await a_while()

    house.pass_time(1)
    await a_while()

    assert house.backlog.asked == 1


@pytest.mark.parametrize("turns", range(12))
async def test_an_event_that_comes_while_its_ticket_is_in_hand_is_not_forgotten(
    house: House, turns: int
) -> None:
    """Whatever the relay is at when the bell rings: asking, showing, noting, or putting the ticket down."""
    book = a_book("a", messages=1)
    house.backlog.take(book, book.events[0])

    async with house.relay():
        for _ in range(turns):
            await asyncio.sleep(0)
        house.backlog.take(book, book.events[1])
        await until(lambda: not house.backlog.left)

    assert house.stage.shown == ["a-1", "a-2"]


async def test_a_ticket_that_got_something_new_in_hand_is_put_down_all_the_same(house: House) -> None:
    book = a_book("a", messages=1)
    door = house.stage.shut(book.events[0])
    house.backlog.take(book, book.events[0])

    async with house.relay():
        await until(lambda: house.stage.begun)
        house.backlog.take(book, book.events[1])
        door.set()
        await until(lambda: not house.backlog.left)
        await a_while()

    assert house.backlog.looked < 10


async def test_a_relay_that_is_full_asks_for_nothing(house: House) -> None:
    first, second = a_book("first"), a_book("second")
    house.stage.shut(first.events[0])
    house.backlog.take(first)
    house.backlog.take(second)
    other = House()
    other.backlog.hidden = True  # so its relay asks after every shortest pause

    async with house.relay(parallel=1), other.relay():
        await until(lambda: house.stage.begun)
        before = other.backlog.asked
        await until(lambda: other.backlog.asked > before + 1)

    assert (house.backlog.asked, house.backlog.listed) == (1, 1)


async def test_a_relay_that_is_full_takes_the_next_ticket_as_a_place_gets_free(house: House) -> None:
    first, second = a_book("first"), a_book("second")
    door = house.stage.shut(first.events[0])
    house.backlog.take(first)

    async with house.relay(parallel=1):
        await until(lambda: house.stage.begun)
        house.backlog.take(second)
        await a_while()
        before = list(house.stage.begun)
        door.set()
        await until(lambda: not house.backlog.left)

    assert before == ["first-1"]
    assert house.stage.shown == ["first-1", "second-1"]


async def test_what_a_relay_meets_is_logged_without_what_was_said(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.stage.trouble["a-2"] = [NotNow("down"), KeyError("oops"), Never("400")]
    house.backlog.take(a_book("a", messages=1))

    with caplog.at_level(logging.INFO, "tickets.relay"):
        async with house.relay():
            await until(lambda: not house.backlog.left)

    assert [record.levelname for record in caplog.records] == ["INFO", "ERROR", "ERROR"]
    assert all("discord: a-2 of ticket a" in record.message for record in caplog.records)
    assert "Hello" not in caplog.text


@given(st.integers(0, 10_000), st.integers(0, 2**32))
def test_a_delay_doubles_up_to_a_minute_and_is_never_less_than_half(attempts: int, seed: int) -> None:
    random.seed(seed)
    longest = min(0.5 * 2 ** min(attempts, 20), 60.0)

    assert longest / 2 <= relay.delay(attempts) <= longest


@given(st.data())
def test_any_order_of_trouble_loses_nothing_and_keeps_the_order(data: st.DataObject) -> None:
    trouble = st.sampled_from([NotNow("down"), NotNow("later", 0.0), KeyError("oops"), StoreUnavailable("x")])
    books = [a_book(name, messages=data.draw(st.integers(0, 4))) for name in "abc"]
    plan = {
        it: data.draw(st.lists(trouble, max_size=relay.PATIENCE - 1))
        for book in books
        for it in ids(book.events)
    }

    async def play() -> House:
        house = House()
        house.stage.trouble = plan
        for book in books:
            house.backlog.take(book)
        async with house.relay(parallel=data.draw(st.integers(1, 3))):
            await until(lambda: not house.backlog.left)
        return house

    house = asyncio.run(play())

    for book in books:
        assert [it for it in house.stage.shown if it.startswith(TicketId(book.id))] == ids(book.events)
    assert house.backlog.failures == {}


async def test_a_relay_ends_as_soon_as_another_process_leads(house: House) -> None:
    books = [a_book(name, messages=2) for name in ("first", "second")]
    house.stage.trouble["first-1"] = [NotLeader("another leads")]
    for book in books:
        house.backlog.take(book)

    relay = asyncio.create_task(Relay(house.stage, house.backlog, house.bell, house.clock).run())
    with pytest.raises(ExceptionGroup) as ended:
        await relay

    assert ended.group_contains(NotLeader)
    assert ids(books[0].events) == [it for it in ids(house.backlog.left) if it.startswith("first")]
    assert house.backlog.attempts(books[0].events[0]) == 0
