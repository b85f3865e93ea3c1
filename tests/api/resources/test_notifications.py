"""Notifications over the API: their users read them and choose, staff writes them and sees what became of
them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.options import Notifying
from notify.unsubscribing import UnsubscribeLinks
from tests.api.stage import STAFF, Clock, Stage, listening, token
from tests.waiting import until
from tickets.model import TicketId, UserKey
from tickets.notifications import (
    Notification,
    NotificationChannel,
    NotificationId,
    NotificationKind,
    NotificationStatus,
)
from tickets.ports.notifications import Reach
from tickets.ports.store import Store

API = "/api/v1"
ALL, WISHES = f"{API}/notifications", f"{API}/me/notifications"
ANN = UserKey("default", "ann")
ADMIN = {"role": "ADMIN"}
MAIL, IN_APP, SMS = NotificationChannel.EMAIL, NotificationChannel.IN_APP, NotificationChannel.SMS


class AnnHasMail:
    async def reach(self, user: UserKey) -> Reach:
        return Reach(email="ann@example.test") if user == ANN else Reach()


@pytest.fixture
async def stage(store: Store, clock: Clock) -> AsyncIterator[Stage]:
    notifying = Notifying(channels=(IN_APP, MAIL), addresses=AnnHasMail())
    async with Stage(store, clock).open(rate_limits=False, notifying=notifying) as stage:
        yield stage


def kept(name: str, at: int, **more: Any) -> Notification:
    fields = {
        "id": NotificationId(name),
        "user": ANN,
        "kind": NotificationKind.ANSWER,
        "channel": IN_APP,
        "text": f"{name} <b>",
        "created_at": at,
        "status": NotificationStatus.SENT,
        "sent_at": at,
        "ticket_id": TicketId("t1"),
    }
    return Notification(**{**fields, **more})


def failed(name: str, at: int = 9_000) -> Notification:
    told = {"status": NotificationStatus.FAILED, "error": "550 no such user", "tries": 3, "sent_at": None}
    return kept(name, at, channel=MAIL, **told)


async def by_staff(stage: Stage, method: str, path: str, claims: Any = STAFF, **more: Any) -> Any:
    return await stage.ask(method, path, "sue", claims=claims, **more)


async def test_they_are_listed_paged_and_read(stage: Stage) -> None:
    await stage.store.notifications.add([kept(it, 1_000 * n) for n, it in enumerate("abcd", 1)])
    await stage.store.notifications.add([kept("x", 2_000, user=UserKey("default", "bob"))])

    first = await stage.ask("GET", f"{ALL}?limit=3")
    rest = await stage.ask("GET", f"/api{first.headers['Link'].partition('/api')[2].partition('>')[0]}")
    one = await stage.ask("POST", f"{ALL}/c/read")
    upto = await stage.ask("POST", f"{ALL}/read", json={"upto": "b"})
    again = await stage.ask("POST", f"{ALL}/read", json={"upto": "b"})
    unread = await stage.ask("GET", f"{ALL}?unread=true")

    assert [it["id"] for it in first.json + rest.json] == ["d", "c", "b", "a"]
    assert first.json[0] == {
        "id": "d",
        "ticket_id": "t1",
        "kind": "answer",
        "channel": "in_app",
        "status": "sent",
        "text": "d <b>",
        "created_at": 4,
        "sent_at": 4,
        "read_at": None,
    }
    assert one.json["read_at"] is not None
    assert (upto.json, again.json) == ({"read": 2}, {"read": 0})
    assert [it["id"] for it in unread.json] == ["d"]


async def test_anothers_are_not_there(stage: Stage) -> None:
    await stage.store.notifications.add([kept("a", 1_000)])

    answers = [
        await stage.ask("POST", f"{ALL}/a/read", "bob"),
        await stage.ask("POST", f"{ALL}/read", "bob", json={"upto": "a"}),
        await stage.ask("POST", f"{ALL}/none/read"),
    ]

    assert [(it.status, it.json["code"]) for it in answers] == [(404, "notification_not_found")] * 3
    assert (await stage.ask("GET", ALL, "bob")).json == []
    assert (await stage.ask("GET", f"{ALL}?unread=1")).json[0]["id"] == "a"


async def test_channels_are_chosen_by_kind(stage: Stage) -> None:
    usual = (await stage.ask("GET", WISHES)).json
    put = await stage.ask("PUT", WISHES, json={"answer": ["sms", "email"], "closed": []})
    wrong = [
        await stage.ask("PUT", WISHES, json={"answer": ["pigeon"]}),
        await stage.ask("PUT", WISHES, json={"account": ["email"]}),
    ]

    assert (usual["answer"], usual["edited"]) == (["in_app", "email"], ["in_app"])
    assert put.json == {**usual, "answer": ["email", "sms"], "closed": []}
    assert (await stage.ask("GET", WISHES)).json == put.json
    assert (await stage.ask("GET", WISHES, "bob")).json == usual
    assert [it.status for it in wrong] == [400, 400]


async def test_staff_tells_a_user_something_once_and_they_hear_it_at_once(stage: Stage) -> None:
    ticket = await stage.opened()
    note = {"user_id": "ann", "ticket_id": "1", "channel": "in_app", "text": "Your lamp is here."}
    key = {"Idempotency-Key": "k"}

    async with listening(stage, query=token()) as ann, listening(stage, query=token("bob")) as bob:
        await ann.until("authorized")
        await bob.until("authorized")
        written = await by_staff(stage, "POST", ALL, json=note, headers=key)
        again = await by_staff(stage, "POST", ALL, json=note, headers=key)
        heard = await ann.until("notification")
        await bob.all_heard()
        assert "notification" not in bob.names

    assert (written.status, again.json) == (201, written.json)
    assert (written.json["kind"], written.json["status"], written.json["user_id"]) == (
        "manual",
        "sent",
        "ann",
    )
    (listed,) = (await stage.ask("GET", ALL)).json
    assert (listed["text"], listed["ticket_id"]) == ("Your lamp is here.", ticket)
    assert heard == {**listed, "event_id": heard["event_id"]}


async def test_staff_writes_only_to_whom_they_reach_about_what_is_theirs(stage: Stage) -> None:
    await stage.opened()
    await stage.opened("bob")

    async def said(**more: Any) -> tuple[int, str | None]:
        body = {"user_id": "ann", "channel": "email", "text": "Hello", **more}
        answer = await by_staff(stage, "POST", ALL, json=body)
        return answer.status, answer.json.get("code")

    assert await said() == (201, None)
    assert await said(user_id="bob") == (409, "cannot_reach_user")
    assert await said(channel="sms") == (409, "cannot_reach_user")
    assert await said(user_id="nobody") == (404, "user_not_found")
    assert await said(issuer="other") == (404, "user_not_found")
    assert await said(ticket_id="2") == (404, "ticket_not_found")
    assert await said(text="  ") == (400, "body_invalid")


async def test_staff_sees_what_became_of_them_and_admins_try_again(stage: Stage, clock: Clock) -> None:
    await stage.opened()
    waiting = kept("w", 8_000, channel=MAIL, status=NotificationStatus.PENDING, due_at=2**52, sent_at=None)
    await stage.store.notifications.add([failed("f"), waiting, kept("s", 7_000)])

    of_user = await by_staff(stage, "GET", f"{API}/users/ann/notifications")
    queue = await by_staff(stage, "GET", f"{ALL}/queue")
    refused = await by_staff(stage, "POST", f"{ALL}/f/retry")
    again = await by_staff(stage, "POST", f"{ALL}/f/retry", claims=ADMIN)
    twice = await by_staff(stage, "POST", f"{ALL}/f/retry", claims=ADMIN)
    missing = await by_staff(stage, "POST", f"{ALL}/none/retry", claims=ADMIN)

    assert [it["id"] for it in of_user.json] == ["f", "w", "s"]
    assert [it["id"] for it in queue.json] == ["f", "w"]
    assert (queue.json[0]["error"], queue.json[0]["retry_count"]) == ("550 no such user", 3)
    assert (refused.status, refused.json["code"]) == (403, "admin_only")
    assert (again.status, again.json["status"]) == (200, "pending")
    assert abs(again.json["due_at"] - clock.seconds) < 5
    assert (twice.status, twice.json["code"]) == (409, "notification_not_failed")
    assert (missing.status, missing.json["code"]) == (404, "notification_not_found")


@pytest.mark.parametrize("path", [f"{API}/users/ann/notifications", f"{ALL}/queue"])
async def test_what_others_were_told_is_for_staff(stage: Stage, path: str) -> None:
    assert (await stage.ask("GET", path)).status == 403


async def test_a_user_who_does_not_exist_was_told_nothing(stage: Stage) -> None:
    answer = await by_staff(stage, "GET", f"{API}/users/nobody/notifications")

    assert (answer.status, answer.json["code"]) == (404, "user_not_found")


def link_of(stage: Stage, user: UserKey = ANN) -> str:
    links = UnsubscribeLinks("https://desk.example.test/in", stage.store.deployment.secret)
    return links.url(user).removeprefix("https://desk.example.test/in")


async def test_one_click_of_a_mail_program_ends_mails_and_following_the_link_does_not(stage: Stage) -> None:
    link = link_of(stage)
    click = {"List-Unsubscribe": "One-Click"}

    page = await stage.ask("GET", link, None)
    before = (await stage.ask("GET", WISHES)).json
    clicked = await stage.ask("POST", link, None, data=click)
    after = (await stage.ask("GET", WISHES)).json

    assert (page.status, clicked.status) == (200, 200)
    assert "script" not in page.headers["Content-Security-Policy"]
    assert before["answer"] == ["in_app", "email"]
    assert after == {kind: [it for it in channels if it != "email"] for kind, channels in before.items()}


@pytest.mark.parametrize("change", [lambda it: it[:-1], lambda it: f"{it}A", lambda it: f"/{it[1:]}x.y"])
async def test_a_link_that_is_not_ours_ends_nobodys_mails(stage: Stage, change: Any) -> None:
    other = UnsubscribeLinks("https://desk.example.test/in", b"another secret").url(ANN)
    links = [change(link_of(stage)), other.removeprefix("https://desk.example.test/in")]

    answers = [await stage.ask(method, link, None) for link in links for method in ("GET", "POST")]

    browser = await stage.ask("GET", links[0], None, headers={"Accept": "text/html,*/*;q=0.8"})

    assert [(it.status, it.json["code"]) for it in answers] == [(404, "not_found")] * 4
    assert (browser.status, browser.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert (await stage.ask("GET", WISHES)).json["answer"] == ["in_app", "email"]


async def test_what_a_socket_showed_is_written_down_for_the_tickets_requester_alone(stage: Stage) -> None:
    ticket = TicketId(await stage.opened())

    async with (
        listening(stage, query=token()) as ann,
        listening(stage, auth={"token": token("sam", **STAFF)}) as sam,
    ):
        await ann.until("authorized")
        await sam.until("authorized")
        await sam.client.call("watch", {"ticket_id": "all"}, timeout=30)
        await stage.answered(str(ticket))
        await ann.until("message")

        async def is_written() -> bool:
            return await stage.store.notifications.shown_upto(ANN, ticket) == 2

        await until(is_written)

    assert await stage.store.notifications.shown_upto(UserKey("default", "sam"), ticket) == 0
