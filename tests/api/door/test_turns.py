"""Who comes next in the event loop."""

import selectors
from collections import Counter

from api.door.turns import Fair, Flow, Ready


def ready(*descriptors: int) -> list[Ready]:
    return [(selectors.SelectorKey(it, it, selectors.EVENT_READ, None), 1) for it in descriptors]


def turns(fair: Fair, waiting: list[Ready], number: int, of: int) -> list[int]:
    """The descriptors that had a turn, where all of them are always ready."""
    return [key.fd for _ in range(number) for key, _ in fair.choose(waiting, of)]


def test_who_has_few_connections_gets_as_much_as_who_has_many() -> None:
    fair, many, few = Fair(), Flow(), Flow()
    fair.flows = {**dict.fromkeys(range(100), many), 100: few}

    had = Counter(it == 100 for it in turns(fair, ready(*range(101)), 50, of=2))

    assert 45 <= had[True] <= 50


def test_who_costs_more_gets_fewer_turns() -> None:
    fair, costly, cheap = Fair(), Flow(), Flow()
    fair.flows = {1: costly, 2: cheap}
    had: Counter[int] = Counter()
    for _ in range(100):
        (turn,) = turns(fair, ready(1, 2), 1, of=1)
        had[turn] += 1
        fair.charge(fair.flows[turn], 0.01 if turn == 1 else 0.001)

    assert had[2] > 5 * had[1] > 0


def test_who_was_busy_while_nobody_waited_owes_nothing() -> None:
    fair, busy, new = Fair(), Flow(), Flow()
    fair.flows = {1: busy, 2: new}
    for _ in range(1_000):
        fair.charge(busy, 0.01)
        assert turns(fair, ready(1), 1, of=1) == [1]

    assert set(turns(fair, ready(1, 2), 2, of=1)) == {1, 2}


def test_who_comes_back_has_saved_nothing_up() -> None:
    fair, there, away = Fair(), Flow(), Flow()
    fair.flows = {1: there, 2: there, 3: away}
    turns(fair, ready(1, 2), 1_000, of=1)

    had = Counter(turns(fair, ready(1, 2, 3), 20, of=1))

    assert had[3] <= 11


def test_what_is_the_programs_own_comes_first() -> None:
    fair, stranger = Fair(), Flow()
    fair.flows = dict.fromkeys(range(10), stranger)

    assert 10 in turns(fair, ready(*range(11)), 1, of=2)
