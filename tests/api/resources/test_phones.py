"""A phone is confirmed with the code that was sent to it, and by nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import pytest

from accounts.desks import AccountOptions, account_desks
from accounts.phones import Phones
from api.options import Notifying
from tests.api.stage import Answer, Clock, Stage
from tickets.desks.user_desk import UserDesk
from tickets.model import Caller, Millis
from tickets.ports.accounts import Identity, Proof, ProofKind, Proofs
from tickets.ports.store import Store

API = "/api/v1"
ME, PHONE, CONFIRM = f"{API}/me", f"{API}/me/phone", f"{API}/me/phone/confirm"
PASSWORD = "correct horse battery"


class Texts:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def send_code(self, phone: str, code: str, locale: str | None) -> None:
        self.sent.append((phone, code))


@pytest.fixture
def texts() -> Texts:
    return Texts()


@pytest.fixture
async def stage(store: Store, clock: Clock, texts: Texts) -> AsyncIterator[Stage]:
    stage = Stage(store, clock)
    accounts = account_desks(store, UserDesk(stage.desk, store), clock, AccountOptions(accounts=True))
    async with stage.open(rate_limits=False, accounts=accounts, notifying=Notifying(texter=texts)) as opened:
        yield opened


async def signed_in(stage: Stage, name: str, **me: Any) -> dict[str, str]:
    said = {"email": f"{name}@example.test", "password": PASSWORD}
    await stage.ask("POST", f"{API}/accounts", None, json={**said, "username": name})
    login = await stage.ask("POST", f"{API}/accounts/login", None, json=said)
    headers = {"Authorization": f"Bearer {login.json['token']}"}
    assert (await stage.ask("PATCH", ME, None, headers=headers, json=me)).status == 200
    return headers


async def confirm(stage: Stage, headers: dict[str, str], code: str) -> Answer:
    return await stage.ask("POST", CONFIRM, None, headers=headers, json={"code": code})


async def test_a_code_confirms_the_phone_that_it_was_sent_to_once(stage: Stage, texts: Texts) -> None:
    ann = await signed_in(stage, "ann", phone="+436601234567")
    eve = await signed_in(stage, "eve", phone="+436601234567")

    asked = await stage.ask("POST", PHONE, None, headers=ann)
    ((phone, code),) = texts.sent
    wrong = await confirm(stage, ann, f"{(int(code) + 1) % 10**8:08}")
    anothers = await confirm(stage, eve, code)
    right = await confirm(stage, ann, code)
    again = await confirm(stage, ann, code)

    assert (asked.status, phone) == (202, "+436601234567")
    assert [(it.status, it.json["code"]) for it in (wrong, anothers, again)] == [(400, "code_no_good")] * 3
    assert right.json["phone_verified"] is True


async def test_another_phone_has_to_be_confirmed_anew(stage: Stage, texts: Texts, clock: Clock) -> None:
    ann = await signed_in(stage, "ann", phone="+436601234567")
    await stage.ask("POST", PHONE, None, headers=ann)
    await stage.ask("PATCH", ME, None, headers=ann, json={"phone": "+436607654321"})
    other = await confirm(stage, ann, texts.sent[-1][1])
    await stage.ask("POST", PHONE, None, headers=ann)
    clock.ahead += 14 * 60
    in_time = await confirm(stage, ann, texts.sent[-1][1])

    assert (other.status, in_time.json["phone_verified"]) == (400, True)


async def test_without_a_phone_or_an_account_nothing_is_sent(stage: Stage, texts: Texts) -> None:
    ann = await signed_in(stage, "ann", username="Ann")

    without = await stage.ask("POST", PHONE, None, headers=ann)
    stranger = await stage.ask("POST", PHONE)

    assert (without.status, without.json["code"]) == (409, "phone_missing")
    assert (stranger.status, stranger.json["code"]) == (403, "account_only")
    assert texts.sent == []


async def test_no_phone_is_flooded_with_codes_whoever_asks_for_them(
    stage: Stage, texts: Texts, clock: Clock
) -> None:
    victims, own = "+436601234567", "+436600000000"
    crowd = [await signed_in(stage, f"eve{number}", phone=victims) for number in range(4)]

    asked = [await stage.ask("POST", PHONE, None, headers=it) for it in crowd]
    await stage.ask("PATCH", ME, None, headers=crowd[0], json={"phone": own})
    another = await stage.ask("POST", PHONE, None, headers=crowd[0])
    clock.ahead += 3601
    later = await stage.ask("POST", PHONE, None, headers=await signed_in(stage, "ann", phone=victims))

    assert [it.status for it in (*asked, another, later)] == [202, 202, 202, 429, 202, 202]
    assert (asked[-1].json["code"], asked[-1].headers["Retry-After"]) == ("too_many_tries", "3600")
    assert [phone for phone, _ in texts.sent] == [victims, victims, victims, own, victims]


@dataclass
class PhoneChangesMeanwhile:
    """Keeps codes, and lets the account have another phone as soon as one is shown."""

    identity: Identity

    async def take(self, digest: str, kind: ProofKind, now: Millis) -> Proof | None:
        proof = await self.identity.proofs.take(digest, kind, now)
        if proof is not None:
            another = partial(replace, phone="+436607654321", phone_verified=False)
            await self.identity.accounts.change(proof.account.id, another)
        return proof


async def test_a_phone_that_is_entered_while_a_code_is_checked_is_not_confirmed_by_it(
    stage: Stage, store: Store, texts: Texts, clock: Clock
) -> None:
    ann = await signed_in(stage, "ann", phone="+436601234567")
    await stage.ask("POST", PHONE, None, headers=ann)
    account = await store.identity.accounts.with_email("ann@example.test")
    assert account is not None
    racing = replace(store.identity, proofs=cast(Proofs, PhoneChangesMeanwhile(store.identity)))
    own = account_desks(store, UserDesk(stage.desk, store), clock, AccountOptions(accounts=True)).own

    confirmed = await Phones(own, racing, clock, texts).confirm(Caller(account.person), texts.sent[-1][1])

    assert (confirmed.phone, confirmed.phone_verified) == ("+436607654321", False)
