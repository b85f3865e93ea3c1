"""What a process remembers about people: who somebody is, and who is blocked."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping

from tickets.model import Person, UserKey
from tickets.ports.store import Clock
from tickets.ports.users import Block

MOST = 10_000
BELIEVED_FOR = 60.0
"""Seconds for which this process assumes that no other process has stored something else."""
HEARD_WITHIN = 2.0
"""Seconds after which this process notices a block that another process has stored."""


class Remembered:
    """The people whom this process has stored lately."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._people: OrderedDict[UserKey, tuple[Person, float]] = OrderedDict()

    def knows(self, person: Person) -> bool:
        known = self._people.get(person.key)
        return known is not None and known[0] == person and self._now() < known[1] + BELIEVED_FOR

    def those_of(self, keys: Iterable[UserKey]) -> dict[UserKey, Person]:
        """Those of the people with these keys who need not be read from the store."""
        known = ((key, self._people.get(key)) for key in keys)
        return {key: it[0] for key, it in known if it is not None and self._now() < it[1] + BELIEVED_FOR}

    def keep(self, person: Person) -> None:
        self._people[person.key] = (person, self._now())
        self._people.move_to_end(person.key)
        if len(self._people) > MOST:
            self._people.popitem(last=False)


class Blocked:
    """``load`` reads all blocks; there are few. ``now`` gives seconds; ``clock`` decides which blocks are
    over."""

    def __init__(
        self,
        load: Callable[[], Awaitable[Mapping[UserKey, Block]]],
        now: Callable[[], float],
        clock: Clock,
    ) -> None:
        self._load = load
        self._now = now
        self._clock = clock
        self._blocks: Mapping[UserKey, Block] = {}
        self._until = float("-inf")
        self._forgotten = 0

    async def has(self, key: UserKey) -> bool:
        if self._now() >= self._until:
            forgotten = self._forgotten
            self._blocks = await self._load()
            if forgotten == self._forgotten:
                self._until = self._now() + HEARD_WITHIN
        block = self._blocks.get(key)
        return block is not None and not block.is_over(self._clock())

    def forget(self) -> None:
        """Read the blocks again before the next answer, also if they are being read now."""
        self._forgotten += 1
        self._until = float("-inf")
