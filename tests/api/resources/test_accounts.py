"""Accounts over the API: from registering to being gone."""

from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest

from notify.letters import letter_of
from tests.api.signing import ACCOUNTS, API, CASEY, PASSWORD, STAFF_KEY, Front, Mailbox, front
from tests.api.stage import STAFF, TICKETS, Clock
from texts.language import Language
from tickets.ports.mails import MailKind
from tickets.ports.store import Store
from tickets.refused_addresses import RefusedAddresses

OTHER = "another horse altogether"


@pytest.fixture
async def desk(store: Store, clock: Clock) -> AsyncIterator[Front]:
    """Without mail."""
    async with front(store, clock) as stage:
        yield stage


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def mailing(store: Store, clock: Clock, mailbox: Mailbox) -> AsyncIterator[Front]:
    async with front(store, clock, mailbox) as stage:
        yield stage


async def test_whoever_registers_signs_in_opens_a_ticket_and_chats(desk: Front) -> None:
    user = await desk.registered()
    signed_in = (await desk.login()).json
    token = signed_in["token"]

    me = await desk.said("GET", f"{API}/me", None, token)
    opened = await desk.said("POST", TICKETS, {"topic": "It broke", "description": "Into two."}, token)
    posted = await desk.said("POST", f"{TICKETS}/{opened.json['id']}/messages", {"content": "Hello"}, token)

    assert user == signed_in["user"]
    assert me.json == {**user, "email_refused_at": None, "blocked": False}
    assert (user["issuer"], user["role"], user["email_verified"]) == ("guildesk.accounts", "CUSTOMER", False)
    assert (opened.status, opened.json["user_id"], opened.json["issuer"]) == (
        201,
        user["id"],
        "guildesk.accounts",
    )
    assert posted.status == 201


async def test_a_token_is_signed_by_a_key_of_ours_and_lives_for_15_minutes(desk: Front, clock: Clock) -> None:
    signed_in = await desk.signed_in()
    token = signed_in["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
    assert claims["exp"] - clock.seconds in range(898, 901)
    assert signed_in["expires_at"] == claims["exp"]

    clock.ahead += 15 * 60 + 61
    answer = await desk.said("GET", f"{API}/me", None, token)

    assert (answer.status, answer.json["code"]) == (401, "token_expired")


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
async def test_nobody_else_signs_for_our_accounts(desk: Front, algorithm: str) -> None:
    signed_in = await desk.signed_in()
    claims = jwt.decode(signed_in["token"], options={"verify_signature": False})
    kid = jwt.get_unverified_header(signed_in["token"])["kid"]
    secret: Any = "an unguessable secret of the backend's" if algorithm == "HS256" else None

    forged = jwt.encode(claims | {"role": "ADMIN"}, secret, algorithm, headers={"kid": kid})
    answer = await desk.said("GET", f"{API}/me", None, forged)

    assert (answer.status, answer.json["code"]) == (401, "algorithm_not_allowed")


async def test_an_address_has_one_account_however_it_is_spelled(desk: Front) -> None:
    await desk.registered()

    again = await desk.said("POST", ACCOUNTS, CASEY | {"email": "CASEY@Example.test"})
    login = await desk.login("Casey@EXAMPLE.test")

    assert (again.status, again.json["code"]) == (409, "email_taken")
    assert login.status == 200


@pytest.mark.parametrize(
    "password", ["Password1", "casey@example.test", "iloveyou", "aaaaaaaaaaaa", "12345678"]
)
async def test_what_is_tried_first_is_no_password(desk: Front, password: str) -> None:
    answer = await desk.said("POST", ACCOUNTS, CASEY | {"password": password})

    assert (answer.status, answer.json["code"]) == (400, "password_weak")


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "short"},
        {"password": "x" * 257},
        {"email": "nobody"},
        {"email": "a@b.test\r\nBcc: c@d.test"},
        {"username": " "},
        {"role": "TEMP_USER"},
        {"role": "SUPPORT"},
        {"disabled": False},
    ],
)
async def test_what_is_no_account_is_refused(desk: Front, changes: dict[str, Any]) -> None:
    answer = await desk.said("POST", ACCOUNTS, CASEY | changes)

    assert (answer.status, answer.json["code"]) == (400, "body_invalid")


async def test_staff_signs_up_with_the_key_as_agent_on_duty_and_not_as_admin(desk: Front) -> None:
    agent = await desk.said("POST", ACCOUNTS, CASEY | {"role": "AGENT"}, STAFF_KEY)
    refused = [
        await desk.said("POST", ACCOUNTS, CASEY | {"email": "b@example.test", "role": role}, key)
        for role, key in (("ADMIN", STAFF_KEY), ("AGENT", "a wrong key"), ("AGENT", None), ("AGENT", "a.b.c"))
    ]
    agents = await desk.as_admin("GET", f"{API}/agents")
    token = (await desk.login()).json["token"]

    assert (agent.status, agent.json["user"]["role"]) == (201, "AGENT")
    assert [(it.status, it.json["code"]) for it in refused] == [(403, "staff_signup_refused")] * 4
    assert [(it["id"], it["name"], it["on_duty"]) for it in agents.json] == [
        (agent.json["user"]["id"], "Casey", True)
    ]
    assert (await desk.said("GET", f"{API}/queue", None, token)).status == 200


async def test_admins_make_staff_and_change_and_disable_accounts(desk: Front) -> None:
    made = await desk.as_admin("POST", ACCOUNTS, CASEY | {"role": "ADMIN"})
    assert made.status == 201, made.json
    token = (await desk.login()).json["token"]
    bo = await desk.registered(email="bo@example.test", username="Bo")
    bos = (await desk.login("bo@example.test")).json

    listed = await desk.said("GET", f"{ACCOUNTS}?limit=1", None, token)
    promoted = await desk.said("PATCH", f"{ACCOUNTS}/{bo['id']}", {"role": "AGENT"}, token)
    refreshed = await desk.refreshed(bos["refresh_token"])
    disabled = await desk.said("PATCH", f"{ACCOUNTS}/{bo['id']}", {"disabled": True}, token)
    own = await desk.said("PATCH", f"{ACCOUNTS}/{made.json['user']['id']}", {"role": "CUSTOMER"}, token)
    agents = await desk.as_admin("GET", f"{API}/agents")

    assert [it["id"] for it in listed.json] == [bo["id"]]
    assert 'rel="next"' in listed.headers["Link"]
    assert promoted.json["role"] == refreshed.json["user"]["role"] == "AGENT"
    assert disabled.json["disabled"] is True
    assert (own.status, own.json["code"]) == (409, "own_account")
    assert [it["on_duty"] for it in agents.json] == [False]
    assert (await desk.login("bo@example.test")).json["code"] == "login_failed"
    assert (await desk.refreshed(refreshed.json["refresh_token"])).json["code"] == "session_over"


async def test_accounts_are_for_admins(desk: Front) -> None:
    token = (await desk.signed_in())["token"]

    answers = [
        await desk.said("GET", ACCOUNTS, None, token),
        await desk.said("PATCH", f"{ACCOUNTS}/a1", {"role": "ADMIN"}, token),
    ]

    assert [it.json["code"] for it in answers] == ["admin_only"] * 2


async def test_a_token_is_no_good_once_its_account_is_disabled_or_gone(desk: Front, clock: Clock) -> None:
    first, second = await desk.signed_in(), await desk.signed_in(email="bo@example.test")
    await desk.as_admin("PATCH", f"{ACCOUNTS}/{first['user']['id']}", {"disabled": True})
    gone = await desk.said("DELETE", f"{API}/me", None, second["token"])
    clock.ahead += 1

    answers = [await desk.said("GET", f"{API}/me", None, it["token"]) for it in (first, second)]

    assert gone.status == 204
    assert [it.json["code"] for it in answers] == ["token_ended"] * 2
    assert (await desk.login("bo@example.test")).status == 401
    assert (await desk.said("POST", ACCOUNTS, CASEY | {"email": "bo@example.test"})).status == 201


async def test_people_change_their_own_account(desk: Front) -> None:
    signed_in = await desk.signed_in()
    token = signed_in["token"]
    changes = {"username": "Cas", "locale": "de-AT", "phone": "+4915112345678"}

    changed = await desk.said("PATCH", f"{API}/me", changes, token)
    cleared = await desk.said("PATCH", f"{API}/me", {"phone": None}, token)
    next_one = await desk.refreshed(signed_in["refresh_token"])
    of_a_backend = await desk.ask("PATCH", f"{API}/me", json={"username": "Ann"})

    known = {"email_refused_at": None, "blocked": False}
    assert changed.json == signed_in["user"] | changes | known
    assert (cleared.json["phone"], cleared.json["locale"]) == (None, "de-AT")
    assert jwt.decode(next_one.json["token"], options={"verify_signature": False})["username"] == "Cas"
    assert (of_a_backend.status, of_a_backend.json["code"]) == (403, "account_only")


async def test_a_new_password_needs_the_old_one_and_ends_other_sessions(desk: Front, clock: Clock) -> None:
    mine = await desk.signed_in()
    elsewhere = (await desk.login()).json

    wrong = await desk.said("PATCH", f"{API}/me", {"password": OTHER, "old_password": "wrong"}, mine["token"])
    alone = await desk.said("PATCH", f"{API}/me", {"password": OTHER}, mine["token"])
    right = await desk.said(
        "PATCH", f"{API}/me", {"password": OTHER, "old_password": PASSWORD}, mine["token"]
    )
    clock.ahead += 3

    assert (wrong.status, wrong.json["code"]) == (403, "password_wrong")
    assert (alone.status, alone.json["code"]) == (403, "password_wrong")
    assert right.status == 200
    assert (await desk.said("GET", f"{API}/me", None, mine["token"])).json["code"] == "token_ended"
    assert (await desk.refreshed(elsewhere["refresh_token"])).status == 401
    assert (await desk.refreshed(mine["refresh_token"])).status == 200
    assert [(await desk.login(password=it)).status for it in (PASSWORD, OTHER)] == [401, 200]


async def test_guessing_the_old_password_has_its_limit(desk: Front) -> None:
    token = (await desk.signed_in())["token"]
    body = {"password": OTHER, "old_password": "wrong"}

    answers = [await desk.said("PATCH", f"{API}/me", body, token) for _ in range(6)]

    assert [it.status for it in answers] == [403] * 5 + [429]


async def test_with_mail_an_account_works_once_its_address_is_confirmed(
    mailing: Front, mailbox: Mailbox
) -> None:
    registered = await mailing.said("POST", ACCOUNTS, CASEY)
    before = await mailing.login()
    token = mailbox.token(MailKind.VERIFY)
    assert token in mailbox.mails[-1].facts["link"]

    verified = await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": token})
    again = await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": token})

    assert (registered.status, registered.json) == (202, {"status": "mail_sent"})
    assert before.json["code"] == "login_failed"
    assert (verified.status, verified.json["user"]["email_verified"]) == (200, True)
    assert (again.status, again.json["code"]) == (400, "link_no_good")
    assert (await mailing.login()).status == 200


async def test_a_mailed_link_is_good_for_its_time_and_its_purpose(
    mailing: Front, mailbox: Mailbox, clock: Clock
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY)
    token = mailbox.token(MailKind.VERIFY)

    clock.ahead += 24 * 3600 + 1
    late = [
        await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": token}),
        await mailing.said("POST", f"{ACCOUNTS}/reset", {"token": token, "password": OTHER}),
    ]
    await mailing.said("POST", ACCOUNTS, CASEY)
    await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.VERIFY)})
    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    misused = await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.RESET)})

    assert [it.json["code"] for it in (*late, misused)] == ["link_no_good"] * 3


async def test_with_a_password_only_the_one_that_was_chosen_confirms_an_address(
    mailing: Front, mailbox: Mailbox, clock: Clock
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY)
    body = {"token": mailbox.token(MailKind.VERIFY)}

    wrong = [
        await mailing.said("POST", f"{ACCOUNTS}/verify", body | {"password": it})
        for it in (OTHER, PASSWORD.upper(), f"{PASSWORD} ", "x", "y", PASSWORD)
    ]
    unconfirmed = await mailing.login()
    clock.ahead += int(wrong[-1].headers["Retry-After"])
    right = await mailing.said("POST", f"{ACCOUNTS}/verify", body | {"password": PASSWORD})

    assert [it.json.get("code") for it in wrong] == ["login_failed"] * 5 + ["too_many_tries"]
    assert unconfirmed.status == 429
    assert (right.status, right.json["user"]["email_verified"]) == (200, True)
    assert (await mailing.login()).status == 200


async def test_whoever_did_not_register_takes_the_account_with_a_new_password(
    mailing: Front, mailbox: Mailbox
) -> None:
    stranger = {"password": "the password of a stranger"}
    await mailing.said("POST", ACCOUNTS, CASEY | stranger)
    body = {"token": mailbox.token(MailKind.VERIFY)}

    own = await mailing.said("POST", f"{ACCOUNTS}/verify", body | {"password": OTHER})
    weak = await mailing.said("POST", f"{ACCOUNTS}/reset", body | {"password": "password1"})
    new = await mailing.said("POST", f"{ACCOUNTS}/reset", body | {"password": OTHER, "username": "Cass"})
    again = await mailing.said("POST", f"{ACCOUNTS}/verify", body | stranger)

    assert (own.json["code"], weak.json["code"]) == ("login_failed", "password_weak")
    assert (new.status, new.json["user"]["email_verified"], new.json["user"]["username"]) == (
        200,
        True,
        "Cass",
    )
    assert again.json["code"] == "link_no_good"
    assert [(await mailing.login(password=it)).status for it in (stranger["password"], OTHER)] == [401, 200]


async def test_nothing_that_a_stranger_said_at_registering_reaches_the_owner_of_an_address(
    mailing: Front, mailbox: Mailbox
) -> None:
    shouted = "Call +1 900 555 0100, or see https://evil.example"
    await mailing.said("POST", ACCOUNTS, CASEY | {"username": shouted})
    letter = letter_of(mailbox.mails[-1], Language.EN)
    body = {"token": mailbox.token(MailKind.VERIFY), "password": OTHER}
    taken = await mailing.said("POST", f"{ACCOUNTS}/reset", body)

    assert "evil" not in f"{letter}"
    assert letter.body.startswith("Hello,")
    assert taken.json["user"]["username"] == "casey"


async def test_whoever_never_confirmed_their_address_and_forgot_the_password_learns_how_to_get_in(
    mailing: Front, mailbox: Mailbox
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY)

    answer = await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})

    letter = letter_of(mailbox.mails[-1], Language.EN)
    assert (answer.status, letter.to, letter.subject) == (202, CASEY["email"], "You have no account yet")
    assert "/portal/register\n" in letter.body


async def test_who_registers_an_address_twice_gets_one_account(mailing: Front, mailbox: Mailbox) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY | {"password": "the password of a stranger"})
    strangers = mailbox.token(MailKind.VERIFY)
    await mailing.said("POST", ACCOUNTS, CASEY)
    own = {"token": mailbox.token(MailKind.VERIFY), "password": PASSWORD}
    await mailing.said("POST", f"{ACCOUNTS}/verify", own)

    late = await mailing.said("POST", f"{ACCOUNTS}/reset", {"token": strangers, "password": OTHER})

    assert (late.status, late.json["code"]) == (409, "email_taken")
    assert (await mailing.login()).status == 200


async def test_strangers_cannot_prepare_an_account_for_the_owner_of_an_address(
    mailing: Front, mailbox: Mailbox
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY | {"password": "the password of a stranger"})
    await mailing.said("POST", ACCOUNTS, CASEY)

    await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.VERIFY)})

    assert (await mailing.login(password="the password of a stranger")).status == 401
    assert (await mailing.login()).status == 200


async def test_a_forgotten_password_is_replaced_and_all_sessions_end(
    mailing: Front, mailbox: Mailbox
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY)
    await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.VERIFY)})
    session = (await mailing.login()).json

    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    earlier = mailbox.token(MailKind.RESET)
    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    token = mailbox.token(MailKind.RESET)
    weak = await mailing.said("POST", f"{ACCOUNTS}/reset", {"token": token, "password": "password1"})
    reset = await mailing.said("POST", f"{ACCOUNTS}/reset", {"token": token, "password": OTHER})
    too_late = await mailing.said("POST", f"{ACCOUNTS}/reset", {"token": earlier, "password": PASSWORD})

    assert (weak.status, weak.json["code"]) == (400, "password_weak")
    assert (reset.status, too_late.status, too_late.json["code"]) == (200, 400, "link_no_good")
    assert mailbox.mails[-1].kind is MailKind.PASSWORD_CHANGED
    assert (await mailing.refreshed(session["refresh_token"])).status == 401
    assert [(await mailing.login(password=it)).status for it in (PASSWORD, OTHER)] == [401, 200]


async def test_whose_address_is_refused_is_told_confirms_it_or_shows_that_mail_arrives(
    mailing: Front, mailbox: Mailbox, store: Store, clock: Clock
) -> None:
    await mailing.said("POST", ACCOUNTS, CASEY)
    await mailing.said("POST", f"{ACCOUNTS}/verify", {"token": mailbox.token(MailKind.VERIFY)})
    token = (await mailing.login()).json["token"]
    refused, now = RefusedAddresses(store), clock()

    await refused.add(CASEY["email"].upper(), now)
    told = await mailing.said("GET", f"{API}/me", None, token)
    staffs = await mailing.ask(
        "GET", f"{API}/users/{told.json['id']}?issuer=guildesk.accounts", "sam", claims=STAFF
    )
    confirmed = await mailing.said("POST", f"{API}/me/email/confirm", None, token)
    await refused.add(CASEY["email"], now)
    await mailing.said("POST", f"{ACCOUNTS}/forgot", {"email": CASEY["email"]})
    body = {"token": mailbox.token(MailKind.RESET), "password": OTHER}
    await mailing.said("POST", f"{ACCOUNTS}/reset", body)

    assert told.json["email_refused_at"] == staffs.json["email_refused_at"] == now // 1000
    assert (confirmed.status, confirmed.json["email_refused_at"]) == (200, None)
    assert await refused.since(CASEY["email"]) is None


async def test_what_is_off_is_not_there(stage: Any) -> None:
    answers = [
        await stage.ask("POST", ACCOUNTS, None, json=CASEY),
        await stage.ask("POST", f"{ACCOUNTS}/login", None, json={"email": "a@b.test", "password": "x"}),
        await stage.ask("POST", f"{API}/guests", None, json={}),
        await stage.ask("GET", f"{API}/me"),
    ]

    assert [it.json.get("code") for it in answers[:3]] == ["accounts_off", "accounts_off", "guests_off"]
    assert answers[3].json == {
        "id": "ann",
        "issuer": "default",
        "username": "Ann",
        "email": "ann@example.test",
        "role": "CUSTOMER",
        "email_verified": None,
        "locale": None,
        "phone": None,
        "phone_verified": None,
        "created_at": None,
        "email_refused_at": None,
        "blocked": False,
    }
