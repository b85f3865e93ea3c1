"""What a process keeps at hand of people, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from storage.people import MOST, Blocked, Remembered
from tests.clocks import NOON, SECOND, Hands
from tests.people import ANN, BEN
from tickets.model import Person, UserKey, UserRole
from tickets.ports.users import Block


@dataclass
class Watch:
    """Seconds that the test lets pass."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_who_was_kept_is_known_for_a_minute_as_they_were() -> None:
    watch = Watch()
    remembered = Remembered(watch)
    remembered.keep(ANN)

    assert remembered.knows(ANN)
    assert not remembered.knows(replace(ANN, name="Anne"))
    assert not remembered.knows(BEN)
    assert remembered.those_of([ANN.key, BEN.key]) == {ANN.key: ANN}
    watch.seconds += 59
    assert remembered.knows(ANN)
    watch.seconds += 1
    assert not remembered.knows(ANN)
    assert remembered.those_of([ANN.key]) == {}


def test_of_too_many_people_those_kept_longest_ago_are_forgotten() -> None:
    remembered = Remembered(Watch())
    crowd = [Person(UserKey("shop", str(n)), "Somebody", UserRole.CUSTOMER) for n in range(MOST)]
    for person in [ANN, BEN, *crowd[2:], ANN, crowd[0]]:
        remembered.keep(person)

    assert remembered.knows(crowd[0])
    assert remembered.knows(ANN)
    assert not remembered.knows(BEN)
    assert remembered.knows(crowd[2])


@dataclass
class Blocks:
    """Where blocks are read from, and how often they were read."""

    blocks: dict[UserKey, Block] = field(default_factory=dict)
    reads: int = 0

    async def __call__(self) -> Mapping[UserKey, Block]:
        self.reads += 1
        return dict(self.blocks)


async def test_a_block_of_another_process_is_heard_of_within_two_seconds() -> None:
    watch, blocks = Watch(), Blocks()
    blocked = Blocked(blocks, watch, Hands())
    assert not await blocked.has(ANN.key)

    blocks.blocks[ANN.key] = Block()
    watch.seconds += 1.9
    assert not await blocked.has(ANN.key)
    watch.seconds += 0.1
    assert await blocked.has(ANN.key)
    assert not await blocked.has(BEN.key)
    assert blocks.reads == 2


async def test_what_this_process_has_changed_is_read_at_once() -> None:
    blocks = Blocks()
    blocked = Blocked(blocks, Watch(), Hands())
    assert not await blocked.has(ANN.key)

    blocks.blocks[ANN.key] = Block()
    blocked.forget()

    assert await blocked.has(ANN.key)


async def test_what_is_changed_while_blocks_are_read_is_read_too() -> None:
    blocks = Blocks()

    async def reads() -> Mapping[UserKey, Block]:
        before = await Blocks.__call__(blocks)
        if blocks.reads == 1:
            blocks.blocks[ANN.key] = Block()
            blocked.forget()
        return before

    blocked = Blocked(reads, Watch(), Hands())
    assert not await blocked.has(ANN.key)

    assert await blocked.has(ANN.key)


async def test_a_block_ends_by_itself() -> None:
    hands = Hands()
    blocked = Blocked(Blocks({ANN.key: Block(until=NOON + SECOND)}), Watch(), hands)

    assert await blocked.has(ANN.key)
    hands.now += SECOND
    assert not await blocked.has(ANN.key)
