"""Spares the store from being told who somebody is at each of their requests."""

from collections import OrderedDict
from collections.abc import Callable, Iterable

from tickets.model import Person, UserKey

MOST = 10_000
SECONDS = 60.0
"""How long it is believed that no other process has heard something else."""


class Remembered:
    """The people whom this process has told the store lately."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._people: OrderedDict[UserKey, tuple[Person, float]] = OrderedDict()

    def knows(self, person: Person) -> bool:
        known = self._people.get(person.key)
        return known is not None and known[0] == person and self._now() < known[1] + SECONDS

    def those_of(self, keys: Iterable[UserKey]) -> dict[UserKey, Person]:
        """Those of the keys that need not be asked for."""
        known = ((key, self._people.get(key)) for key in keys)
        return {key: it[0] for key, it in known if it is not None and self._now() < it[1] + SECONDS}

    def keep(self, person: Person) -> None:
        self._people[person.key] = (person, self._now())
        self._people.move_to_end(person.key)
        if len(self._people) > MOST:
            self._people.popitem(last=False)
