"""What is said now or never reaches every process of a store, once, and is kept nowhere."""

import asyncio

from tests.clocks import Hands
from tests.contract.places import Place
from tickets.events import Place as Where
from tickets.model import Actor, AuthorType, MessageId, TicketId, UserKey
from tickets.ports.signals import MOST_UNSENT, DeskFileInUse, Noted, Read, Signal, Typing
from tickets.ports.store import Store
from tickets.ports.users import Block

ANN = UserKey("default", "ann")
ACTOR = Actor(AuthorType.REQUESTER, ANN)


def typing(number: int = 1) -> Typing:
    return Typing(TicketId(f"t{number}"), ANN, ACTOR, Where.API)


def read(number: int = 1) -> Read:
    return Read(TicketId(f"t{number}"), ANN, ACTOR, MessageId("d:77"))


class Ear:
    """Keeps what it hears in one process."""

    def __init__(self, store: Store) -> None:
        self.heard: list[Signal] = []
        self._more = asyncio.Event()
        store.signals.listen(self._hear)
        store.signals.reads.listen(self._hear)
        store.signals.noted.listen(self._hear)
        store.signals.desk_files.listen(self._hear)

    def _hear(self, it: Signal) -> None:
        self.heard.append(it)
        self._more.set()

    async def until(self, count: int) -> list[Signal]:
        """Wait until so many were heard, and give all."""
        async with asyncio.timeout(30):
            while len(self.heard) < count:
                self._more.clear()
                await self._more.wait()
        return self.heard


async def test_what_is_said_is_heard_at_once_here_and_soon_in_the_other_process(
    store: Store, second_store: Store
) -> None:
    here, there = Ear(store), Ear(second_store)

    store.signals.say(typing())
    second_store.signals.reads.say(read())
    assert (here.heard, there.heard) == ([typing()], [read()])

    assert await here.until(2) == [typing(), read()]
    assert await there.until(2) == [read(), typing()]


async def test_processes_hear_which_desk_file_each_other_has(store: Store, second_store: Store) -> None:
    here, there = Ear(store), Ear(second_store)
    mine, other = DeskFileInUse("one", "3f"), DeskFileInUse("two", "a7")

    store.signals.desk_files.say(mine)
    second_store.signals.desk_files.say(other)

    assert await here.until(2) == [mine, other]
    assert await there.until(2) == [other, mine]


async def test_whoever_hears_that_somebody_was_blocked_finds_them_blocked(
    store: Store, second_store: Store
) -> None:
    there = Ear(second_store)
    assert not await second_store.users.is_blocked(ANN)

    await store.users.block(ANN, Block())
    store.signals.noted.say(Noted(ANN))

    assert await there.until(1) == [Noted(ANN)]
    assert await second_store.users.is_blocked(ANN)


async def test_many_who_speak_at_once_are_each_heard_once_and_in_order(
    place: Place, clock: Hands, store: Store, second_store: Store
) -> None:
    async with place.open(clock) as third:
        ear = Ear(third)
        for number in range(100):
            store.signals.say(typing(number))
            second_store.signals.reads.say(read(number))
            await asyncio.sleep(0)
        await ear.until(200)
        store.signals.say(typing(100))
        heard = await ear.until(201)

    assert len(heard) == 201
    assert [it for it in heard if isinstance(it, Typing)] == [typing(n) for n in range(101)]
    assert [it for it in heard if isinstance(it, Read)] == [read(n) for n in range(100)]


async def test_who_comes_later_hears_nothing_of_it(place: Place, clock: Hands, store: Store) -> None:
    async with place.open(clock) as second:
        ear = Ear(second)
        store.signals.say(typing(1))
        await ear.until(1)
    async with place.open(clock) as third:
        late = Ear(third)
        store.signals.say(typing(2))

        assert await late.until(1) == [typing(2)]


async def test_of_what_cannot_be_sent_only_the_newest_waits(store: Store) -> None:
    for number in range(MOST_UNSENT + 10):
        store.signals.say(typing(number))

    assert store.signals.take_unsent() == [typing(n) for n in range(10, MOST_UNSENT + 10)]
