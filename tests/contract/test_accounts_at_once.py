"""Several people, or one in several tabs, do the same with an account at once: one account comes of it."""

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, cast

import pytest

from accounts.desks import AccountDesks, AccountOptions, account_desks
from accounts.discord import DiscordSignIn
from accounts.discord_oauth import DiscordApp, DiscordOAuth, DiscordUser
from accounts.refusals import EmailIsTaken, LinkIsNoGood
from accounts.registering import Authority, NewAccount, digest_of
from accounts.tries import LoginTries
from tests.contract.acts import open_ticket
from tickets.desks.ticket_desk import Desk
from tickets.desks.user_desk import UserDesk
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.policy import Rules
from tickets.ports.accounts import Account, Proof, ProofKind
from tickets.ports.store import Store

CASEY = Account(
    id="a1",
    email="casey@example.test",
    username="Casey",
    role=UserRole.CUSTOMER,
    created_at=5,
    email_verified=True,
)
PASSWORD = "correct horse battery staple"


def now() -> int:
    return int(time.time() * 1000)


class Discord:
    """Says that Casey comes back, whatever the code."""

    async def who(self, *_: str) -> DiscordUser:
        return DiscordUser(id="77", username="casey", global_name="Casey", email=CASEY.email, verified=True)


@pytest.fixture
def users(store: Store) -> UserDesk:
    return UserDesk(Desk(store, now, Rules()), store)


@pytest.fixture
def desks(store: Store, users: UserDesk) -> AccountDesks:
    return account_desks(store, users, now, AccountOptions(accounts=True))


@pytest.fixture
def with_discord(store: Store, users: UserDesk, desks: AccountDesks) -> DiscordSignIn:
    return DiscordSignIn(
        DiscordApp(client_id="1", secret="s", api_url="", authorize_url="", back_url=""),
        cast("DiscordOAuth", Discord()),
        store.identity.accounts,
        desks.signing_in,
        LoginTries(store.identity.tries, now),
        users,
        now,
    )


async def at_once(acts: list[Coroutine[Any, Any, Any]]) -> tuple[list[Any], list[type[BaseException]]]:
    """What they returned, and what the others raised."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    return (
        [it for it in done if not isinstance(it, BaseException)],
        [type(it) for it in done if isinstance(it, BaseException)],
    )


@pytest.mark.parametrize("is_known", [False, True])
async def test_who_signs_in_with_discord_for_the_first_time_in_several_tabs_has_one_account(
    store: Store, with_discord: DiscordSignIn, is_known: bool
) -> None:
    if is_known:
        await store.identity.accounts.add(CASEY)

    came, refused = await at_once([with_discord.end("code", "v", network="1.2.3.4") for _ in range(4)])

    assert not refused, refused
    (account,) = (await store.identity.accounts.page(None, 9)).items
    assert {it.person.key for it in came} == {account.key}
    assert account.discord_id == "77"


async def test_an_address_that_is_registered_several_times_at_once_has_one_account(
    store: Store, desks: AccountDesks
) -> None:
    new = NewAccount(email=CASEY.email, password=PASSWORD, username="Casey")
    done, refused = await at_once(
        [desks.registering.register(new, Authority(), network="1.2.3.4") for _ in range(3)]
    )

    assert [it.email for it in done] == [CASEY.email]
    assert refused == [EmailIsTaken] * 2


@pytest.mark.parametrize("proves", [ProofKind.RESET, ProofKind.VERIFY])
async def test_a_mailed_link_that_is_used_several_times_at_once_counts_once(
    store: Store, desks: AccountDesks, proves: ProofKind
) -> None:
    account = replace(CASEY, email_verified=False)
    if proves is ProofKind.RESET:
        await store.identity.accounts.add(account)
    expires_at = now() + 60_000
    await store.identity.proofs.add(
        Proof(digest=digest_of("token"), kind=proves, account=account, expires_at=expires_at)
    )

    done, refused = await at_once(
        [desks.registering.reset("token", f"{PASSWORD} {it}", network="1.2.3.4") for it in range(3)]
    )

    (owner,) = done
    assert refused == [LinkIsNoGood] * 2
    assert await store.identity.accounts.get(CASEY.id) == owner


async def test_a_guest_who_is_claimed_in_several_tabs_at_once_is_handed_over_once(
    store: Store, users: UserDesk
) -> None:
    guest = Person(UserKey(UserKey.ACCOUNTS, "g1"), "Guest", UserRole.TEMP_USER)
    tickets = [await open_ticket(store, guest.key) for _ in range(3)]

    done, refused = await at_once([users.claim(Caller(CASEY.person), Caller(guest)) for _ in range(3)])

    assert not refused, refused
    assert {it.id for it in done[0][1]} == {it.id for it in tickets}
    for ticket in tickets:
        assert len(await store.log.events(ticket.id)) == 2
