"""Who may try a password, from where, and what a good sign-in changes."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from accounts.refusals import TooManyTries
from accounts.tries import (
    DAY,
    FIRST_PAUSE,
    KNOWN_FOR,
    MINUTE,
    OF_ACCOUNT,
    OF_ADDRESS,
    SENT,
    LoginTries,
)
from tickets.ports.accounts import Tried

T = TypeVar("T")
ANN, BEN, HOME, CAFE = "ann@x.example", "ben@x.example", "10.0.0.1", "10.9.9.9"


class Remembered:
    """What is known, in a dict: the port ``Tries`` without a store. What is over is forgotten."""

    def __init__(self) -> None:
        self.now = 1_800_000_000_000
        self.entries: dict[str, tuple[Tried, int]] = {}

    def time(self) -> int:
        return self.now

    async def get(self, key: str) -> Tried | None:
        tried, until = self.entries.get(key, (None, 0))
        return tried if until > self.now else None

    async def change(
        self, key: str, until: int, change: Callable[[Tried | None], tuple[Tried | None, T]]
    ) -> T:
        tried, answer = change(await self.get(key))
        self.entries.pop(key, None)
        if tried is not None:
            self.entries[key] = tried, until
        return answer

    async def forget(self, beginning: str) -> None:
        raise NotImplementedError

    async def sweep(self, now: int) -> None:
        raise NotImplementedError


@pytest.fixture
def known() -> Remembered:
    return Remembered()


@pytest.fixture
def tries(known: Remembered) -> LoginTries:
    return LoginTries(known, known.time)


async def use_up(tries: LoginTries, email: str, network: str) -> None:
    for _ in range(OF_ACCOUNT):
        await tries.begin(email, network)


async def wait_of(tries: LoginTries, email: str, network: str) -> int:
    with pytest.raises(TooManyTries) as refused:
        await tries.begin(email, network)
    return refused.value.wait


async def test_an_account_is_tried_five_times_wherever_from(tries: LoginTries) -> None:
    for number in range(OF_ACCOUNT):
        await tries.begin(ANN, f"10.1.0.{number}")

    assert await wait_of(tries, ANN, CAFE) == FIRST_PAUSE
    await tries.begin(BEN, CAFE)


async def test_an_address_tries_twenty_times_whatever_accounts(tries: LoginTries) -> None:
    for number in range(OF_ADDRESS):
        await tries.begin(f"{number}@x.example", CAFE)

    assert await wait_of(tries, "21@x.example", CAFE) == FIRST_PAUSE
    await tries.begin("21@x.example", HOME)


async def test_good_tries_are_not_held_against_an_address(tries: LoginTries) -> None:
    for number in range(2 * OF_ADDRESS):
        await tries.begin(f"{number}@x.example", CAFE)
        await tries.succeeded(f"{number}@x.example", CAFE)


async def test_a_good_try_gives_back_one_try_alone(tries: LoginTries) -> None:
    for number in range(3):
        await tries.begin(f"{number}@x.example", CAFE)
    await tries.begin(ANN, CAFE)
    await tries.succeeded(ANN, CAFE)

    for number in range(3, OF_ADDRESS):
        await tries.begin(f"{number}@x.example", CAFE)
    assert await wait_of(tries, "21@x.example", CAFE) == FIRST_PAUSE


async def test_strangers_do_not_keep_the_owner_out(tries: LoginTries) -> None:
    await tries.begin(ANN, HOME)
    await tries.succeeded(ANN, HOME)
    await use_up(tries, ANN, CAFE)

    assert await wait_of(tries, ANN, CAFE) == FIRST_PAUSE
    await use_up(tries, ANN, HOME)
    assert await wait_of(tries, ANN, HOME) == FIRST_PAUSE


async def test_each_owner_has_tries_of_their_own_at_home(tries: LoginTries) -> None:
    for email in (ANN, BEN):
        await tries.begin(email, HOME)
        await tries.succeeded(email, HOME)
    await use_up(tries, ANN, HOME)

    await tries.begin(BEN, HOME)


async def test_a_slip_at_home_does_not_make_it_strange(tries: LoginTries, known: Remembered) -> None:
    await tries.begin(ANN, HOME)
    await tries.succeeded(ANN, HOME)
    await tries.begin(ANN, HOME)
    known.now += 2 * DAY
    await use_up(tries, ANN, CAFE)

    await tries.begin(ANN, HOME)


async def test_an_owner_who_signs_in_at_home_does_not_help_strangers(tries: LoginTries) -> None:
    await tries.begin(ANN, HOME)
    await tries.succeeded(ANN, HOME)
    await use_up(tries, ANN, CAFE)

    await tries.begin(ANN, HOME)
    await tries.succeeded(ANN, HOME)

    assert await wait_of(tries, ANN, CAFE) == FIRST_PAUSE


async def test_a_good_sign_in_elsewhere_begins_anew(tries: LoginTries, known: Remembered) -> None:
    await use_up(tries, ANN, CAFE)
    known.now += FIRST_PAUSE
    await tries.begin(ANN, CAFE)
    await tries.succeeded(ANN, CAFE)

    await use_up(tries, ANN, HOME)


async def test_an_address_is_known_for_thirty_days(tries: LoginTries, known: Remembered) -> None:
    await tries.begin(ANN, HOME)
    await tries.succeeded(ANN, HOME)
    known.now += KNOWN_FOR
    await use_up(tries, ANN, CAFE)

    assert await wait_of(tries, ANN, HOME) == FIRST_PAUSE


async def test_whoever_is_forgiven_tries_anew(tries: LoginTries) -> None:
    await use_up(tries, ANN, CAFE)
    await use_up(tries, BEN, HOME)

    await tries.forgive(ANN)

    await tries.begin(ANN, CAFE)
    assert await wait_of(tries, BEN, HOME) == FIRST_PAUSE


async def test_an_old_password_is_tried_five_times(tries: LoginTries) -> None:
    for _ in range(OF_ACCOUNT):
        await tries.begin_own("a1")

    with pytest.raises(TooManyTries):
        await tries.begin_own("a1")
    await tries.begin_own("a2")
    await tries.own_succeeded("a1")
    await tries.begin_own("a1")


async def test_keys_for_staff_are_tried_twenty_times_and_good_ones_are_free(tries: LoginTries) -> None:
    for _ in range(OF_ADDRESS):
        await tries.begin_key(CAFE)
        await tries.key_succeeded(CAFE)
    for _ in range(OF_ADDRESS):
        await tries.begin_key(CAFE)

    with pytest.raises(TooManyTries):
        await tries.begin_key(CAFE)
    await tries.begin_key(HOME)


async def test_three_mails_go_to_an_address_in_an_hour(tries: LoginTries, known: Remembered) -> None:
    assert [await tries.may_mail(ANN) for _ in range(SENT + 2)] == [True, True, True, False, False]
    assert await tries.may_mail(BEN)

    known.now += 60 * MINUTE - 1
    assert not await tries.may_mail(ANN)
    known.now += 1
    assert await tries.may_mail(ANN)


async def test_three_codes_go_to_a_phone_in_an_hour_and_whoever_asks_again_learns_how_long_to_wait(
    tries: LoginTries, known: Remembered
) -> None:
    for _ in range(SENT):
        await tries.begin_code("+491701234567")

    known.now += 20 * MINUTE
    with pytest.raises(TooManyTries) as refused:
        await tries.begin_code("+491701234567")
    assert refused.value.wait == 40 * MINUTE
    await tries.begin_code("+491701234568")


async def test_what_was_counted_is_kept_for_a_day(tries: LoginTries, known: Remembered) -> None:
    await use_up(tries, ANN, CAFE)

    assert {until - known.now for _, until in known.entries.values()} == {DAY}
