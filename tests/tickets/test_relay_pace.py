"""When the relay tries again, how many it has in hand, and what its log says."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.tickets.fakes import House, a_book, a_while, ids, until
from tickets import relay
from tickets.model import IssueLevel
from tickets.ports.sinks import Away, Never, NotNow, SinkName
from tickets.ports.store import FilesUnavailable
from tickets.ports.timers import TimerKind
from tickets.relay import Relay


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], set[str]]:
    caplog.set_level(logging.INFO, "tickets.relay")
    return lambda: {f"{it.levelname}: {it.getMessage()}" for it in caplog.records}


class Delays:
    """Notes after how many attempts it was asked for a delay."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, attempts: int) -> float:
        self.asked.append(attempts)
        return 0.0


@pytest.mark.parametrize(
    ("attempts", "longest"), [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (6, 32.0), (7, 60.0), (100_000, 60.0)]
)
def test_delays_double_up_to_a_minute_and_lie_within_the_upper_half(attempts: int, longest: float) -> None:
    delays = [relay.delay(attempts) for _ in range(300)]

    assert longest / 2 <= min(delays) < 0.6 * longest
    assert 0.9 * longest < max(delays) <= longest


async def test_whatever_goes_wrong_unexpectedly_is_tried_again_later_and_later(house: House) -> None:
    book, delays = a_book("a"), Delays()
    house.stage.trouble["a-1"] = [ValueError("bug")] * 3
    house.backlog.take(book)

    async with house.relay(delay=delays):
        await until(lambda: not house.backlog.left)

    assert delays.asked == [0, 1, 2]


async def test_who_says_when_to_come_back_is_asked_then_and_who_does_not_soon(house: House) -> None:
    book, delays = a_book("a"), Delays()
    house.stage.trouble["a-1"] = [Away("gone", 0.0), Away("gone")]
    house.backlog.take(book)

    async with house.relay(delay=delays):
        await until(lambda: not house.backlog.left)

    assert delays.asked == [0]


async def test_a_sink_that_is_away_is_asked_once_and_then_left_alone(house: House) -> None:
    house.stage.trouble["a-1"] = [Away("gone", 60.0)]
    house.backlog.take(a_book("a", messages=3))

    async with house.relay():
        await until(lambda: house.stage.begun)
        await a_while()

    assert house.stage.begun == ["a-1"]


async def test_after_an_absence_what_is_new_is_shown_at_once_again(house: House) -> None:
    house.stage.trouble["a-1"] = [Away("gone", 0.0)]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: not house.backlog.left)
        await a_while()
        house.backlog.take(a_book("b"))
        await a_while()

    assert house.stage.shown == ["a-1", "b-1"]


async def test_while_the_store_is_away_the_relay_waits_the_shortest_of_delays(house: House) -> None:
    delays = Delays()
    house.backlog.away = True

    async with house.relay(delay=delays):
        await until(lambda: house.backlog.hastened)
        await a_while()
        house.backlog.away = False

    assert set(delays.asked) == {0}


async def test_a_file_that_cannot_be_kept_puts_off_its_ticket_alone_for_longer_and_longer(
    house: House,
) -> None:
    delays = Delays()
    house.stage.trouble["a-1"] = [FilesUnavailable("read-only")] * 20
    house.backlog.take(a_book("a"))
    house.backlog.take(a_book("b"))

    async with house.relay(delay=delays, parallel=1):
        await until(lambda: len(house.stage.shown) == 2)

    assert sorted(house.stage.shown) == ["a-1", "b-1"]
    assert delays.asked == [*range(20)]
    assert not house.stage.given_up


async def test_where_nobody_waits_what_is_new_is_shown_without_asking_who_is_next(house: House) -> None:
    book = a_book("a")
    house.stage.shut(book.events[0])

    async with house.relay():
        await a_while()
        before = house.backlog.asked
        house.backlog.take(book)
        await until(lambda: house.stage.begun)
        asked = house.backlog.asked

    assert asked == before


async def test_an_empty_backlog_is_not_asked_for_tickets(house: House) -> None:
    async with house.relay():
        await a_while()
        house.backlog.take(a_book("a"))
        await until(lambda: not house.backlog.left)
        await a_while()

    assert (house.backlog.asked, house.backlog.listed) == (2, 0)
    assert house.stage.shown == ["a-1"]


async def test_the_events_of_a_ticket_are_shown_in_one_turn(house: House) -> None:
    house.stage.trouble["a-2"] = [Never("no")]
    house.backlog.take(a_book("a", messages=4))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert house.backlog.asked == 1
    assert house.stage.shown == ["a-1", "a-3", "a-4", "a-5"]


async def test_there_are_never_more_at_once_than_it_may(house: House) -> None:
    books = [a_book(f"new{number}") for number in range(5)]
    house.stage.shut(*(book.events[0] for book in books))

    async with house.relay(parallel=3):
        await a_while()
        for book in books:
            house.backlog.take(book)
        await a_while()

    assert house.stage.most_at_once == 3


async def test_urgent_ones_that_wait_get_no_more_than_the_free_places(house: House) -> None:
    slow = [a_book(f"slow{number}") for number in range(2)]
    hot = [a_book(f"hot{number}", level=IssueLevel.CRITICAL) for number in range(4)]
    house.stage.shut(*(book.events[0] for book in slow + hot))

    async with house.relay(parallel=4):
        for book in slow:
            house.backlog.take(book)
        await until(lambda: len(house.stage.begun) == 2)
        for book in hot:
            house.backlog.take(book)
        house.pass_time(1)
        await a_while()

    assert house.stage.most_at_once == 4


async def test_sixteen_tickets_at_once_unless_told() -> None:
    house, books = House(), [a_book(f"ticket{number}") for number in range(20)]
    house.stage.shut(*(book.events[0] for book in books))
    for book in books:
        house.backlog.take(book)

    task = asyncio.create_task(Relay(house.stage, house.backlog, house.bell, house.clock).run())
    await until(lambda: house.stage.begun)
    await a_while()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert house.stage.most_at_once == 16


async def test_what_is_due_elsewhere_makes_it_ask_for_nothing(house: House) -> None:
    async with house.relay():
        await a_while()
        asked = house.backlog.asked + house.backlog.looked
        house.backlog.take(a_book("b"), due={SinkName.WEBHOOKS, TimerKind.REMOVAL})
        await a_while()
        assert house.backlog.asked + house.backlog.looked == asked
        house.backlog.take(a_book("a"), due={SinkName.DISCORD})
        await until(lambda: "a-1" in house.stage.shown)

    assert house.stage.shown[0] == "a-1"


async def test_it_looks_where_nobody_knows_what_is_due(house: House) -> None:
    async with house.relay():
        await a_while()
        house.backlog.take(a_book("a"), due=None)
        await until(lambda: house.stage.shown == ["a-1"])


async def test_a_clock_that_was_set_forward_is_noticed_without_a_bell(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a machine has slept: what measures pauses has stood still meanwhile."""
    monkeypatch.setattr(relay, "LONGEST_PAUSE", 0.01)
    house.stage.trouble["a-1"] = [NotNow("no channel yet", seconds=3600)]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: house.stage.begun == ["a-1"])
        await a_while()
        assert house.stage.shown == []
        house.clock.now += 3_600_000
        await until(lambda: house.stage.shown == ["a-1"])


async def test_what_was_put_off_before_the_clock_was_set_back_is_tried_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LONGEST_PAUSE", 0.01)
    house.stage.trouble["a-1"] = [NotNow("no channel yet", seconds=60), NotNow("no channel yet", seconds=60)]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: house.stage.begun == ["a-1"])
        house.clock.now -= 3_600_000
        await until(lambda: house.stage.begun == ["a-1"] * 2)
        await a_while()
        assert house.stage.shown == []
        house.clock.now += 60_000
        await until(lambda: house.stage.shown == ["a-1"])


async def test_what_failed_before_a_start_with_a_clock_set_back_is_tried_soon(house: House) -> None:
    late, soon = a_book("late"), a_book("soon")
    for book in (late, soon):
        house.backlog.take(book)
    await house.backlog.put_off(SinkName.DISCORD, late.events[0], house.clock.now + 86_400_000)
    await house.backlog.put_off(SinkName.DISCORD, soon.events[0], house.clock.now + 600_000)

    async with house.relay():
        await until(lambda: house.stage.shown)
        await a_while()

    assert house.stage.shown == ["late-1"]


async def test_three_that_failed_go_on_as_soon_as_another_was_shown(house: House) -> None:
    stuck = [a_book(f"stuck{number}") for number in range(3)]
    for book in stuck:
        house.stage.trouble[f"{book.id}-1"] = [NotNow("a fault of the sink")]
        house.backlog.take(book)

    async with house.relay(delay=lambda _: 60.0):
        await until(lambda: len(house.stage.begun) == 3)
        await a_while()
        house.backlog.take(a_book("fine"))
        await until(lambda: not house.backlog.left)

    assert house.stage.shown[0] == "fine-1"


async def test_patience_begins_anew_with_the_next_event(house: House) -> None:
    book = a_book("a", messages=1)
    house.stage.trouble["a-1"] = [ValueError("bug")] * relay.PATIENCE
    house.stage.trouble["a-2"] = [ValueError("bug")] * (relay.PATIENCE - 1)
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert list(house.backlog.failures) == ["a-1"]
    assert house.stage.shown == ids(book.events[1:])


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Away("no connection", 0.0), "INFO: discord is away, all tickets wait: no connection"),
        (NotNow("a limit"), "INFO: discord: a-1 of ticket a waits: a limit"),
        (Never("too rude"), "ERROR: discord: a-1 of ticket a can never be done: too rude"),
        (ValueError("bug"), "ERROR: discord: a-1 of ticket a failed"),
    ],
)
async def test_the_log_says_what_became_of_which_event(
    house: House, said: Callable[[], set[str]], trouble: Exception, words: str
) -> None:
    house.stage.trouble["a-1"] = [trouble]
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: not house.backlog.left)

    assert said() == {words}


async def test_the_log_says_that_nobody_could_be_told(house: House, said: Callable[[], set[str]]) -> None:
    house.stage.trouble["a-1"] = [Never("too rude")]
    house.stage.deaf = True
    house.backlog.take(a_book("a"))

    async with house.relay():
        await until(lambda: not house.backlog.left)
        await a_while()

    assert "WARNING: discord: nobody could be told that a-1 failed: nobody listens" in said()


async def test_the_log_says_that_the_store_is_away_before_a_ticket_and_within(
    house: House, said: Callable[[], set[str]]
) -> None:
    book = a_book("a")
    door = house.stage.shut(book.events[0])
    house.backlog.take(book)

    async with house.relay():
        await until(lambda: house.stage.begun)
        house.backlog.away = True
        door.set()
        await until(said)
        within = said()
        await a_while()
        house.backlog.away = False
        await until(lambda: not house.backlog.left)

    assert within == said() == {"WARNING: the store is away, discord waits: away"}
