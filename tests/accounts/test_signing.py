"""The keys that sign tokens: changed in time, and known to every process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accounts.signing import CHANGED_AFTER, GONE_AFTER, LIVES, READ_AGAIN, Keyring
from api.door.accounts import OwnIssuer
from api.door.auth import TokenRefused
from bot.program.verifying import NoBackend
from tests.clocks import Hands
from tests.new_stores import open_new_sqlite
from tickets.model import Person, UserKey, UserRole
from tickets.ports.store import Store

CASEY = Person(UserKey(UserKey.ACCOUNTS, "c1"), "Casey", UserRole.CUSTOMER, "casey@example.test")


@pytest.fixture
async def store(tmp_path: Path, clock: Hands) -> AsyncIterator[Store]:
    async with open_new_sqlite(tmp_path, clock) as store:
        yield store


async def test_what_one_process_signs_another_knows(store: Store, clock: Hands) -> None:
    one, other = Keyring(store.identity.keys, clock), Keyring(store.identity.keys, clock)
    verifier = OwnIssuer(other, clock, NoBackend())
    with pytest.raises(TokenRefused):
        await verifier.verify((await Keyring(store.identity.keys, clock).token(CASEY, "s"))[0][:-2])
    clock.now += READ_AGAIN

    token, _ = await one.token(CASEY, "s")

    assert (await verifier.verify(token)).caller.person == CASEY


async def test_keys_are_changed_and_a_token_outlives_the_change_of_its_key(
    store: Store, clock: Hands
) -> None:
    keyring = Keyring(store.identity.keys, clock)
    verifier = OwnIssuer(keyring, clock, NoBackend())
    await keyring.token(CASEY, "s")
    clock.now += CHANGED_AFTER - LIVES // 2
    old, _ = await keyring.token(CASEY, "s")
    clock.now += LIVES // 2

    await keyring.token(CASEY, "s")

    assert len(await store.identity.keys.all()) == 2
    assert (await verifier.verify(old)).caller.person == CASEY
    clock.now += GONE_AFTER
    await keyring.token(CASEY, "s")
    assert len(await store.identity.keys.all()) == 2, "the first is gone"


async def test_a_key_that_was_taken_away_is_no_good_within_a_minute(store: Store, clock: Hands) -> None:
    keyring = Keyring(store.identity.keys, clock)
    verifier = OwnIssuer(keyring, clock, NoBackend())
    token, _ = await keyring.token(CASEY, "s")
    await store.identity.keys.remove_before(clock() + 1)
    clock.now += READ_AGAIN

    with pytest.raises(TokenRefused, match="key unknown"):
        await verifier.verify(token)


async def test_without_a_backend_nobody_elses_tokens_are_good(store: Store, clock: Hands) -> None:
    verifier = OwnIssuer(Keyring(store.identity.keys, clock), clock, NoBackend())

    with pytest.raises(TokenRefused, match="issuer unknown"):
        await verifier.verify("eyJhbGciOiJIUzI1NiJ9.e30.YWJj")
