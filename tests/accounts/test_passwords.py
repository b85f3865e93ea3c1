"""Passwords: hashed beside the loop, few at once, in two lanes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.commonest import is_common, written
from accounts.passwords import Passwords, must_be_strong
from accounts.refusals import PasswordIsWeak, TooBusy


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    passwords = Passwords(most_waiting=8, most_new=8)
    yield passwords
    passwords.close()


async def test_a_password_matches_its_hash_and_no_other(passwords: Passwords) -> None:
    hashed = await passwords.hashed("a horse of another kind")

    assert hashed.startswith("$argon2id$")
    assert await passwords.matches("a horse of another kind", hashed)
    assert not await passwords.matches("a horse of another kinD", hashed)
    assert not await passwords.matches("nobody's", None)
    assert not await passwords.matches("x", "what is no hash")


async def test_a_password_is_the_same_however_a_device_composes_its_letters(passwords: Passwords) -> None:
    composed, in_parts = "Gr\u00f6\u00dfe \u00fcber alles", "Gro\u0308\u00dfe u\u0308ber alles"
    older = passwords._hasher.hash(in_parts)

    assert await passwords.matches(in_parts, await passwords.hashed(composed))
    assert await passwords.matches(composed, await passwords.hashed(in_parts))
    assert await passwords.matches(in_parts, older)
    assert not await passwords.matches("Grosse uber alles", older)


async def test_so_many_wait_and_no_more(passwords: Passwords) -> None:
    asked = [passwords.matches("x", None) for _ in range(8 + 5)]

    answers = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(it, TooBusy) for it in answers) == 5
    assert not await passwords.matches("x", None)


async def test_a_crowd_that_registers_does_not_keep_anybody_from_signing_in(passwords: Passwords) -> None:
    hashed = await passwords.hashed("a horse of another kind")
    done: list[str] = []

    async def register() -> None:
        await passwords.hashed("the password of one of many")
        done.append("registered")

    async def sign_in() -> None:
        assert await passwords.matches("a horse of another kind", hashed)
        done.append("signed in")

    crowd = [asyncio.create_task(register()) for _ in range(8 + 40)]
    await asyncio.sleep(0)
    await sign_in()
    answers = await asyncio.gather(*crowd, return_exceptions=True)

    assert done.index("signed in") <= 2
    assert sum(isinstance(it, TooBusy) for it in answers) == 40


@pytest.mark.parametrize(
    "password",
    ["password", "PassWord1", "iloveyou", "ann@example.test", "Ann.Archer", "xxxxxxxxxx", "abababab"],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordIsWeak):
        must_be_strong(password, "Ann@example.test", "ann.archer")


@settings(max_examples=10)
@given(st.text(min_size=13, max_size=40).filter(lambda it: len(set(it)) > 6))
def test_others_are_not(password: str) -> None:
    assert not is_common(f"{password} of nobody else's")


def test_the_list_is_of_what_is_long_enough() -> None:
    assert len(written(["short", "long enough", "LONG enough"], 8)) == 4
