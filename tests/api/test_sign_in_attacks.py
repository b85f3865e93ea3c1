"""What strangers try at the door of accounts, over real sockets, and what it gets them."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from ipaddress import ip_network
from statistics import median
from typing import Any

import pytest

from tests.api.signing import ACCOUNTS, CASEY, PASSWORD, Front, Mailbox, front
from tests.api.stage import TICKETS, Answer, Clock
from tickets.ports.mails import MailKind
from tickets.ports.store import Store

PROXIES: dict[str, Any] = {"trusted_proxies": [ip_network("127.0.0.0/8")]}
STALL = 0.25
"""Seconds that anybody else may wait at most, however many come."""


def of(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


@pytest.fixture
async def desk(store: Store, clock: Clock) -> AsyncIterator[Front]:
    async with front(store, clock, **PROXIES) as stage:
        yield stage


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def mailing(store: Store, clock: Clock, mailbox: Mailbox) -> AsyncIterator[Front]:
    async with front(store, clock, mailbox, **PROXIES) as stage:
        await stage.said("POST", ACCOUNTS, CASEY)
        await stage.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.VERIFY)})
        yield stage


def seen(answer: Answer) -> Any:
    """All that a stranger sees of an answer, but for what is another each time."""
    headers = {name: it for name, it in answer.headers.items() if name not in ("X-Request-ID", "Date")}
    return answer.status, headers, answer.json


async def times(desk: Front, emails: dict[str, str]) -> dict[str, float]:
    """The median time of a login in vain, taken in turn, in seconds."""
    taken: dict[str, list[float]] = {it: [] for it in emails}
    for number in range(12):
        for name, email in emails.items():
            began = time.perf_counter()
            answer = await desk.login(email.format(number), "wrong", **of(f"10.{number}.0.1"))
            taken[name].append(time.perf_counter() - began)
            assert answer.status == 401
    return {name: median(it) for name, it in taken.items()}


async def test_an_address_with_an_account_is_answered_as_one_without_and_in_the_same_time(
    desk: Front,
) -> None:
    for number in range(12):
        await desk.registered(email=f"known{number}@example.test")
    known = await desk.login("known0@example.test", "wrong")
    unknown = await desk.login("nobody@example.test", "wrong")

    assert seen(known) == seen(unknown)
    for _ in range(3):  # a loaded machine may need a second look
        took = await times(desk, {"known": "known{}@example.test", "unknown": "nobody{}@example.test"})
        if abs(took["known"] - took["unknown"]) < 0.3 * took["known"]:
            break
    else:
        pytest.fail(f"it can be told apart: {took}")


@pytest.mark.parametrize("what", ["disabled", "not confirmed"])
async def test_what_keeps_an_account_from_working_is_not_told(mailing: Front, what: str) -> None:
    email = CASEY["email"]
    if what == "disabled":
        accounts = (await mailing.as_admin("GET", ACCOUNTS)).json
        await mailing.as_admin("PATCH", f"{ACCOUNTS}/{accounts[0]['id']}", {"disabled": True})
    else:
        email = "new@example.test"
        await mailing.said("POST", ACCOUNTS, CASEY | {"email": email})

    answers = [await mailing.login(email), await mailing.login("nobody@example.test")]

    assert seen(answers[0]) == seen(answers[1])
    assert answers[0].json["code"] == "login_failed"


async def test_registering_and_forgetting_tell_nobody_who_has_an_account(
    mailing: Front, mailbox: Mailbox
) -> None:
    async def asked(path: str, body: dict[str, str]) -> tuple[Any, float]:
        began = time.perf_counter()
        answer = await mailing.said("POST", f"{ACCOUNTS}{path}", body)
        return seen(answer), time.perf_counter() - began

    known, unknown = CASEY["email"], "nobody@example.test"
    before = len(mailbox.mails)
    pairs = [
        [await asked("", CASEY | {"email": it}) for it in (known, unknown)],
        [await asked("/forgot", {"email": it}) for it in (known, unknown)],
    ]

    for one, other in pairs:
        assert one[0] == other[0]
        assert one[0][0] == 202
        assert min(one[1], other[1]) >= 0.249
    assert [(it.to, it.kind) for it in mailbox.mails[before:]] == [
        (known, MailKind.ALREADY_REGISTERED),
        (unknown, MailKind.VERIFY),
        (known, MailKind.RESET),
        (unknown, MailKind.NO_ACCOUNT),
    ]


async def test_nobody_is_flooded_with_mail(mailing: Front, mailbox: Mailbox) -> None:
    before = len(mailbox.mails)

    await asyncio.gather(
        *(mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]}) for _ in range(20))
    )

    assert len(mailbox.mails) - before == 2, "one of the three of this hour was that to register"


async def test_of_many_guesses_at_once_five_are_looked_at(desk: Front) -> None:
    await desk.registered()

    answers = await asyncio.gather(
        *(desk.login(password=f"guess {it}", **of(f"10.0.{it}.1")) for it in range(60))
    )
    right = await desk.login(**of("10.1.0.1"))

    assert Counter(it.status for it in answers) == {401: 5, 429: 55}
    assert (right.status, right.json["code"]) == (429, "too_many_tries")
    assert 1 <= int(right.headers["Retry-After"]) <= 30


async def test_one_address_tries_twenty_accounts(desk: Front) -> None:
    answers = [await desk.login(f"user{it}@example.test", PASSWORD, **of("10.0.0.1")) for it in range(22)]
    other = await desk.login("user1@example.test", PASSWORD, **of("10.0.0.2"))

    assert [it.status for it in answers] == [401] * 20 + [429] * 2
    assert other.status == 401


async def test_a_stranger_who_never_stops_does_not_keep_the_owner_out(desk: Front, clock: Clock) -> None:
    """Neither where the owner has been before, nor for good anywhere else."""
    await desk.registered()
    assert (await desk.login(**of("192.0.2.1"))).status == 200
    for number in range(60):
        await desk.login(password="a guess", **of(f"10.0.{number}.1"))
        clock.ahead += 20

    at_home = await desk.login(**of("192.0.2.1"))
    elsewhere = await desk.login(**of("192.0.2.2"))
    clock.ahead += int(elsewhere.headers["Retry-After"])
    later = await desk.login(**of("192.0.2.2"))

    assert [it.status for it in (at_home, elsewhere, later)] == [200, 429, 200]
    assert int(elsewhere.headers["Retry-After"]) <= 15 * 60


async def test_a_mailed_new_password_ends_the_pause_that_a_stranger_made(
    mailing: Front, mailbox: Mailbox
) -> None:
    for number in range(8):
        await mailing.login(password="a guess", **of(f"10.0.{number}.1"))
    assert (await mailing.login(**of("192.0.2.1"))).status == 429

    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    body = {"token": mailbox.token(MailKind.RESET), "password": "another horse altogether"}
    await mailing.said("POST", f"{ACCOUNTS}/reset", body)

    assert (await mailing.login(password=body["password"], **of("192.0.2.1"))).status == 200


async def test_whoever_sets_a_new_password_signs_in_there_whatever_strangers_try_next(
    mailing: Front, mailbox: Mailbox
) -> None:
    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    body = {"token": mailbox.token(MailKind.RESET), "password": "another horse altogether"}
    await mailing.ask("POST", f"{ACCOUNTS}/reset", None, json=body, headers=of("192.0.2.1"))
    guesses = [await mailing.login(password="a guess", **of(f"10.0.{it}.1")) for it in range(6)]

    assert guesses[-1].status == 429
    assert (await mailing.login(password=body["password"], **of("192.0.2.1"))).status == 200


async def test_guessing_the_key_for_staff_costs_tries(desk: Front) -> None:
    body = CASEY | {"role": "AGENT"}

    answers = [await desk.said("POST", ACCOUNTS, body, f"guess {it}") for it in range(22)]

    assert [it.status for it in answers] == [403] * 20 + [429] * 2


@pytest.mark.parametrize("count", [80, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_a_crowd_that_registers_from_everywhere_stops_nobody_else(desk: Front, count: int) -> None:
    ticket = await desk.opened()
    owner = await desk.signed_in()
    waiting = asyncio.Semaphore(40)  # the crowd runs in this loop, too

    async def register(number: int) -> int:
        body = CASEY | {"email": f"user{number}@example.test"}
        async with waiting:
            return (await desk.ask("POST", ACCOUNTS, None, json=body, headers=of(_address(number)))).status

    crowd = [asyncio.create_task(register(it)) for it in range(count)]
    took = []
    while not all(it.done() for it in crowd):
        began = time.perf_counter()
        await desk.posted(ticket)
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)  # people write, and then read
    statuses = Counter(it.result() for it in crowd)

    assert set(statuses) == {201, 503}
    assert statuses[201] >= 16
    assert sorted(took)[int(len(took) * 0.99)] < 4 * STALL
    assert (await desk.refreshed(owner["refresh_token"])).status == 200
    assert len(await desk.messages(ticket)) == len(took)
    assert (await desk.ask("GET", f"{TICKETS}/{ticket}")).status == 200


def _address(number: int) -> str:
    return f"10.{number // 65_536}.{number // 256 % 256}.{number % 256}"
