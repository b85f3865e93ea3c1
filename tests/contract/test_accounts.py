"""Accounts, sessions, signing keys, proofs and tries: whoever comes at once, one of them is first."""

import asyncio
from dataclasses import replace

from accounts.tries import LoginTries
from tickets.forgetting_accounts import forget_account
from tickets.model import UserKey, UserRole
from tickets.ports.accounts import (
    Account,
    Added,
    Proof,
    ProofKind,
    Session,
    SigningKey,
    Tried,
    tries_of,
)
from tickets.ports.store import Store

ANN = Account(
    id="a1",
    email="Ann@Example.test",
    username="Ann \U0001f600",
    role=UserRole.CUSTOMER,
    created_at=5,
    password_hash="$argon2id$x",
)
BEN = replace(ANN, id="b2", email="ben@example.test", username="Ben", discord_id="77")
SESSION = Session(
    id="s1", secret="5ec", person=ANN.person, created_at=5, turned_at=5, expires_at=100, device="Firefox"
)
PROOF = Proof(digest="d1", kind=ProofKind.VERIFY, account=ANN, expires_at=100)


async def test_an_account_is_found_by_id_address_and_user_of_discord(store: Store) -> None:
    accounts = store.identity.accounts
    assert [await accounts.add(it) for it in (ANN, BEN)] == [Added.DONE, Added.DONE]

    assert await accounts.get("a1") == ANN
    assert await accounts.with_email(" ann@EXAMPLE.test") == ANN
    assert await accounts.with_discord_id("77") == BEN
    assert await accounts.get("none") is None
    assert await accounts.with_email("none@example.test") is None


async def test_an_address_has_one_account_however_it_is_spelled(store: Store) -> None:
    accounts = store.identity.accounts
    spelled = [replace(ANN, id=f"a{n}", email=email) for n, email in enumerate(("ann@x.test", "ANN@x.test"))]

    added = await asyncio.gather(*(accounts.add(it) for it in spelled * 3))

    assert (added.count(Added.DONE), added.count(Added.TAKEN)) == (1, 5)


async def test_a_user_of_discord_has_one_account(store: Store) -> None:
    accounts = store.identity.accounts
    await accounts.add(BEN)

    assert await accounts.add(replace(BEN, id="c3", email="other@example.test")) is Added.TAKEN


async def test_an_account_is_linked_to_a_user_of_discord_once(store: Store) -> None:
    accounts = store.identity.accounts
    for it in (ANN, BEN, replace(ANN, id="c3", email="c@example.test")):
        await accounts.add(it)

    taken = await accounts.link("a1", "77")
    linked = await asyncio.gather(accounts.link("a1", "88"), accounts.link("c3", "88"))

    assert taken is Added.TAKEN
    assert sorted(linked) == [Added.DONE, Added.TAKEN] or sorted(linked, reverse=True) == [
        Added.DONE,
        Added.TAKEN,
    ]
    found = await accounts.with_discord_id("88")
    assert found is not None
    assert found.discord_id == "88"
    assert await accounts.link("b2", "99") is Added.TAKEN
    assert await accounts.link("none", "99") is Added.TAKEN


async def test_changes_at_once_all_count(store: Store) -> None:
    accounts = store.identity.accounts
    await accounts.add(ANN)

    await asyncio.gather(
        accounts.change("a1", lambda it: replace(it, username="Anna")),
        accounts.change("a1", lambda it: replace(it, disabled=True)),
        *(accounts.change("a1", lambda it: replace(it, phone=f"{it.phone or ''}1")) for _ in range(4)),
    )

    assert await accounts.get("a1") == replace(ANN, username="Anna", disabled=True, phone="1111")
    assert await accounts.change("none", lambda it: it) is None


async def test_what_is_removed_is_gone_and_its_address_is_free(store: Store) -> None:
    accounts = store.identity.accounts
    await accounts.add(ANN)
    await accounts.remove("a1")

    assert await accounts.get("a1") is None
    assert await accounts.add(replace(ANN, id="a2")) is Added.DONE


async def test_pages_of_accounts_begin_with_the_newest(store: Store) -> None:
    accounts = store.identity.accounts
    for number in range(5):
        await accounts.add(replace(ANN, id=f"a{number}", email=f"{number}@example.test"))

    first = await accounts.page(None, 2)
    second = await accounts.page(first.next, 2)
    third = await accounts.page(second.next, 2)

    pages = [[it.id for it in page.items] for page in (first, second, third)]
    assert pages == [["a4", "a3"], ["a2", "a1"], ["a0"]]
    assert third.next is None


async def test_ends_of_tokens_are_told_and_swept(store: Store) -> None:
    accounts = store.identity.accounts
    await accounts.end_tokens(ANN.key, 10)
    await accounts.end_tokens(ANN.key, 20)
    await accounts.end_tokens(BEN.key, 15)

    assert await accounts.ends(15) == {ANN.key: 20, BEN.key: 15}
    assert await accounts.ends(16) == {ANN.key: 20}
    await accounts.sweep(20)
    assert await accounts.ends(0) == {ANN.key: 20}


async def test_of_requests_with_one_token_one_turns_the_session(store: Store) -> None:
    sessions = store.identity.sessions
    await sessions.add(SESSION)

    turned = await asyncio.gather(*(sessions.turn(SESSION, 9, 109) for _ in range(5)))

    assert sorted(turned) == [False, False, False, False, True]
    assert await sessions.get("s1") == replace(SESSION, turn=2, turned_at=9, expires_at=109)
    assert not await sessions.turn(SESSION, 10, 110)


async def test_sessions_of_a_user_end_one_by_one_together_and_by_themselves(store: Store) -> None:
    sessions = store.identity.sessions
    mine = [replace(SESSION, id=f"s{n}", turned_at=n, expires_at=100 + n) for n in range(4)]
    bens = replace(SESSION, id="b", person=BEN.person)
    for it in (*mine, bens):
        await sessions.add(it)

    assert await sessions.of(ANN.key) == mine[::-1]
    await sessions.end("s3")
    await sessions.sweep(100)
    assert await sessions.of(ANN.key) == [mine[2], mine[1]]
    await sessions.end_all(ANN.key, but="s1")
    assert await sessions.of(ANN.key) == [mine[1]]
    await sessions.end_all(ANN.key)
    assert await sessions.of(ANN.key) == []
    assert await sessions.get("b") is None, "it had expired, too"


async def test_signing_keys_stay_until_they_are_old(store: Store) -> None:
    keys = store.identity.keys
    for number in (3, 1, 2):
        await keys.add(SigningKey(f"k{number}", "-----BEGIN", number))

    assert [it.id for it in await keys.all()] == ["k1", "k2", "k3"]
    await keys.remove_before(3)
    assert await keys.all() == [SigningKey("k3", "-----BEGIN", 3)]


async def test_a_proof_is_good_once_for_one_thing_and_for_a_time(store: Store) -> None:
    proofs = store.identity.proofs
    await proofs.add(PROOF)

    assert await proofs.take("d1", ProofKind.RESET, 50) is None
    assert await proofs.take("d1", ProofKind.VERIFY, 100) is None
    taken = await asyncio.gather(*(proofs.take("d1", ProofKind.VERIFY, 50) for _ in range(3)))
    assert sorted(taken, key=bool) == [None, None, PROOF]


async def test_proofs_of_an_account_and_old_ones_are_forgotten(store: Store) -> None:
    proofs = store.identity.proofs
    await proofs.add(PROOF)
    await proofs.add(replace(PROOF, digest="d2", account=BEN))
    await proofs.add(replace(PROOF, digest="d3", account=BEN, expires_at=10))

    await proofs.forget("a1")
    await proofs.sweep(10)

    taken = [await proofs.take(it, ProofKind.VERIFY, 0) for it in ("d1", "d2", "d3")]
    assert [it is None for it in taken] == [True, False, True]


async def test_of_tries_at_once_none_is_lost(store: Store) -> None:
    tries = store.identity.tries

    def one_more(tried: Tried | None) -> tuple[Tried, int]:
        count = (tried.count if tried else 0) + 1
        return Tried(count, tried.since if tried else 1, count), count

    counts = await asyncio.gather(*(tries.change("ann", 100, one_more) for _ in range(6)))

    assert sorted(counts) == [1, 2, 3, 4, 5, 6]
    assert await tries.get("ann") == Tried(6, 1, 6)
    await tries.sweep(99)
    assert await tries.get("ann") is not None
    assert await tries.change("ann", 100, lambda it: (None, it)) == Tried(6, 1, 6)
    assert await tries.get("ann") is None
    assert await tries.change("ann", 100, lambda it: (it, "nothing")) == "nothing"


async def test_somebody_who_is_forgotten_leaves_nothing_behind(store: Store) -> None:
    identity = store.identity
    for it in (ANN, BEN):
        await identity.accounts.add(it)
        await identity.sessions.add(replace(SESSION, id=it.id, person=it.person))
        await identity.proofs.add(replace(PROOF, digest=it.id, account=it))
        tries = LoginTries(identity.tries, lambda: 10)
        await tries.begin(it.email, "10.0.0.1")
        await tries.succeeded(it.email, "10.0.0.1")

    for _ in range(2):
        await forget_account(identity, ANN.key, 10)
        await forget_account(identity, UserKey("shop", "b2"), 10)

    assert await identity.accounts.get("a1") is None
    assert [len(await identity.sessions.of(it.key)) for it in (ANN, BEN)] == [0, 1]
    taken = [await identity.proofs.take(it.id, ProofKind.VERIFY, 0) for it in (ANN, BEN)]
    assert [it is None for it in taken] == [True, False]
    known = [f"{tries_of(it)[1]}10.0.0.1" for it in (ANN, BEN)]
    assert [await identity.tries.get(it) is None for it in known] == [True, False]
    assert await identity.accounts.ends(0) == {ANN.key: 10}


async def test_old_tries_are_swept(store: Store) -> None:
    await store.identity.tries.change("ann", 100, lambda _: (Tried(1, 1, 1), None))

    await store.identity.tries.sweep(100)

    assert await store.identity.tries.get("ann") is None
