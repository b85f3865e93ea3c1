"""Who may connect when many are connected, and who gives way."""

import logging
from dataclasses import dataclass, field

import pytest

from api.door.crowd import SEARCHED, Crowd
from api.door.limits import network


@dataclass(eq=False)
class Client:
    is_idle: bool = True
    gone: list[bool] = field(default_factory=list)

    def give_way(self) -> None:
        self.gone.append(True)


def crowd(most: int = 100, most_of_one: int = 100) -> Crowd[Client]:
    return Crowd(most, most_of_one, network, counts_alone=lambda peer: peer != "10.0.0.1")


def test_the_longest_silent_of_an_address_gives_way_to_its_next() -> None:
    them = crowd(most_of_one=2)
    first, second, third = Client(), Client(), Client()

    admitted = [them.admit(it, "192.0.2.1") for it in (first, second, third)]

    assert admitted == [True, True, True]
    assert (first.gone, second.gone, third.gone, len(them)) == ([True], [], [], 2)


def test_who_has_asked_something_stays_before_who_never_has() -> None:
    them = crowd(most_of_one=2)
    known, silent = Client(), Client()
    them.admit(known, "192.0.2.1")
    them.asked(known)
    them.admit(silent, "192.0.2.1")

    assert them.admit(Client(), "192.0.2.1")

    assert (known.gone, silent.gone) == ([], [True])


def test_who_asked_last_is_the_last_to_give_way() -> None:
    them = crowd(most=2)
    first, second = Client(), Client()
    them.admit(first, "192.0.2.1")
    them.admit(second, "192.0.2.1")
    for it in (first, second, first):
        them.asked(it)

    them.admit(Client(), "192.0.2.2")

    assert (first.gone, second.gone) == ([], [True])


def test_who_is_at_work_never_gives_way() -> None:
    them = crowd(most_of_one=2)
    at_work, idle = Client(is_idle=False), Client()
    for it in (at_work, idle):
        them.admit(it, "192.0.2.1")
        them.asked(it)

    assert them.admit(Client(is_idle=False), "192.0.2.1")
    assert (at_work.gone, idle.gone) == ([], [True])


def test_where_all_are_at_work_the_next_is_refused() -> None:
    them = crowd(most_of_one=2)
    for _ in range(2):
        it = Client(is_idle=False)
        them.admit(it, "192.0.2.1")
        them.asked(it)

    assert not them.admit(Client(), "192.0.2.1")
    assert them.admit(Client(), "192.0.2.2")
    assert len(them) == 3


def test_an_idle_one_among_many_at_work_is_found_in_time() -> None:
    many = SEARCHED * 3
    them = crowd(most=many)
    clients = [Client(is_idle=number == many - 1) for number in range(many)]
    for number, it in enumerate(clients):
        them.admit(it, f"192.0.2.{number % 200}")
        them.asked(it)

    admitted = [them.admit(Client(), "198.51.100.1") for _ in range(3)]

    assert (admitted, clients[-1].gone) == ([False, False, True], [True])


def test_a_network_of_ipv6_is_one_address_and_addresses_have_their_own_limit() -> None:
    them = crowd(most_of_one=1)
    here, there = Client(), Client()
    them.admit(here, "2001:db8::1")
    them.admit(there, "2001:db8:0:1::1")

    them.admit(Client(), "2001:db8::2")

    assert (here.gone, there.gone) == ([True], [])


def test_a_trusted_proxy_counts_towards_all_alone() -> None:
    them = crowd(most=3, most_of_one=1)
    first = Client()

    assert all(them.admit(it, "10.0.0.1") for it in (first, Client(), Client()))
    assert first.gone == []
    assert them.admit(Client(), "192.0.2.1")
    assert (first.gone, len(them)) == ([True], 3)


def test_who_has_gone_makes_room() -> None:
    them = crowd(most=1, most_of_one=1)
    first = Client(is_idle=False)
    them.admit(first, "192.0.2.1")
    them.asked(first)

    them.discard(first)
    them.discard(first)

    assert them.admit(Client(), "192.0.2.1")
    assert len(them) == 1


def test_a_limit_is_told_of_seldom_and_with_its_cure(caplog: pytest.LogCaptureFixture) -> None:
    them = crowd(most_of_one=1)

    with caplog.at_level(logging.WARNING):
        for _ in range(50):
            them.admit(Client(), "192.0.2.1")

    assert len(caplog.messages) == 1
    assert "192.0.2.1" in caplog.messages[0]
    assert "TRUSTED_PROXIES" in caplog.messages[0]


def test_what_one_address_sends_gets_a_fifth_of_all_time_however_it_comes() -> None:
    them, now = crowd(), 1_000.0
    clients = [Client() for _ in range(10)]
    for it in clients:
        them.admit(it, "192.0.2.1")
    other = Client()
    them.admit(other, "192.0.2.2")

    rests = [them.spend(it, 0.01, now) for it in clients]

    assert rests == pytest.approx([0.05 * (number + 1) for number in range(10)])
    assert them.spend(clients[0], 0.01, now + 10) == pytest.approx(0.05)
    assert them.spend(other, 0.001, now) == 0.0


def test_what_trusted_proxies_send_is_read_as_it_comes() -> None:
    them, proxied = crowd(), Client()
    them.admit(proxied, "10.0.0.1")

    assert them.spend(proxied, 1.0, 1_000.0) == 0.0
