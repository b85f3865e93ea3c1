"""Who comes next in the event loop."""

from collections import Counter

import pytest

from api.door.turns import A_LITTLE, BOTH, HALF_LIFE, LITTLE, PATIENCE, SHORT, WHOLE, Fair, Flow, Ready


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def ready(*descriptors: int) -> list[Ready]:
    return [(it, 1) for it in descriptors]


def turns(fair: Fair, waiting: list[Ready], number: int, of: int) -> list[int]:
    """The descriptors that had a turn, where all of them are always ready."""
    return [descriptor for _ in range(number) for descriptor, _ in fair.choose(waiting, of)]


def busy(fair: Fair) -> Flow:
    flow = Flow()
    fair.charge(flow, 2 * LITTLE)
    return flow


def test_who_has_few_connections_gets_as_much_as_who_has_many() -> None:
    fair, many, few = Fair(), Flow(), Flow()
    fair.flows = {**dict.fromkeys(range(100), many), 100: few}

    had = Counter(it == 100 for it in turns(fair, ready(*range(101)), 50, of=2))

    assert 45 <= had[True] <= 50


def test_who_costs_more_gets_fewer_turns() -> None:
    fair = Fair()
    fair.flows = {1: busy(fair), 2: busy(fair)}
    had: Counter[int] = Counter()
    for _ in range(100):
        (turn,) = turns(fair, ready(1, 2), 1, of=1)
        had[turn] += 1
        fair.charge(fair.flows[turn], 0.01 if turn == 1 else 0.001)

    assert had[2] > 5 * had[1] > 0


def test_who_was_busy_while_nobody_waited_owes_the_other_busy_ones_nothing() -> None:
    fair = Fair()
    fair.flows = {1: busy(fair), 2: busy(fair)}
    for _ in range(1_000):
        fair.charge(fair.flows[1], 0.01)
        assert turns(fair, ready(1), 1, of=1) == [1]

    assert set(turns(fair, ready(1, 2), 2, of=1)) == {1, 2}


def test_who_comes_back_and_is_busy_has_saved_nothing_up() -> None:
    fair = Fair()
    there, away = busy(fair), busy(fair)
    fair.flows = {1: there, 2: there, 3: away}
    turns(fair, ready(1, 2), 1_000, of=1)

    had = Counter(turns(fair, ready(1, 2, 3), 20, of=1))

    assert had[3] <= 11


def test_who_asks_for_little_waits_for_none_of_the_busy_ones_also_several_times_in_a_row() -> None:
    clock = Clock()
    fair = Fair(clock)
    fair.flows = {it: busy(fair) for it in range(50)} | {50: Flow()}

    for _ in range(10):
        assert 50 in turns(fair, ready(*range(51)), 1, of=2)
        fair.charge(fair.flows[50], LITTLE / 15)


def test_who_was_busy_is_like_others_after_a_while() -> None:
    clock = Clock()
    fair = Fair(clock)
    fair.flows = {it: busy(fair) for it in range(50)}
    clock.now += 2 * HALF_LIFE
    for it in range(50):
        if it != 7:
            fair.charge(fair.flows[it], LITTLE)

    assert 7 in turns(fair, ready(*range(50)), 1, of=2)


@pytest.mark.parametrize(("of", "within"), [(1, PATIENCE), (2, 1)])
def test_however_many_ask_for_little_the_busy_ones_come_too(of: int, within: int) -> None:
    fair = Fair()
    fair.flows = {it: Flow() for it in range(50)} | {50: busy(fair)}

    for _ in range(3):
        assert turns(fair, ready(*range(51)), within, of=of).count(50) == 1


def test_while_turns_are_short_each_is_for_one_client_and_people_come_first() -> None:
    """Each client more in a turn is one that a person waits for, in each turn that a message takes."""
    fair = Fair(Clock())
    fair.flows = {it: busy(fair) for it in range(50)} | {50: Flow()}

    assert turns(fair, ready(*range(51)), 1, of=SHORT.least) == [50]


def test_those_who_ask_for_little_take_turns() -> None:
    clock = Clock()
    fair = Fair(clock)
    fair.flows = {it: Flow() for it in range(10)}
    had: Counter[int] = Counter()
    for _ in range(10):
        clock.now += 0.001
        had.update(turns(fair, ready(*range(10)), 1, of=1))

    assert set(had.values()) == {1}


def test_what_is_the_programs_own_always_has_its_turn() -> None:
    fair, stranger = Fair(), Flow()
    fair.flows = dict.fromkeys(range(10), stranger)

    assert {10, 11} < set(turns(fair, ready(*range(12)), 1, of=2))


@pytest.mark.parametrize(("of", "times"), [(1, 5), (2, 10)])
def test_new_clients_come_in_with_every_other_turn_of_one_client(of: int, times: int) -> None:
    fair, stranger = Fair(), Flow()
    fair.flows = dict.fromkeys(range(10), stranger)
    fair.doors = {10}

    had = Counter(turns(fair, ready(*range(12)), 10, of=of))

    assert (had[10], had[11]) == (times, 10)


def test_turns_are_short_only_while_some_ask_for_little_beside_others_who_ask_for_much() -> None:
    clock = Clock()
    fair = Fair(clock)
    person, flood = Flow(), busy(fair)
    assert fair.turn == WHOLE, "nobody but the flood"

    fair.charge(flood, A_LITTLE)
    fair.charge(person, A_LITTLE)
    assert fair.turn == SHORT

    clock.now += BOTH
    fair.charge(flood, A_LITTLE)
    assert fair.turn == WHOLE, "the person has gone"

    fair.charge(person, A_LITTLE)
    clock.now += BOTH
    fair.charge(person, A_LITTLE)
    assert fair.turn == WHOLE, "the flood has gone"
