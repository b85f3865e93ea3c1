"""Webhooks over the API: an issuer's admins keep its endpoints, and see what was sent to them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from api.door.metrics import Metrics
from notify.webhooks.desk import WebhookDesk, WebhookOptions
from tests.api.stage import Answer, Clock, Stage
from tests.notify.webhooks.backend import Backend, backend, working
from tests.waiting import until
from tickets.model import Caller, Person, UserKey, UserRole
from tickets.ports.store import Store
from tickets.refusals import WebhooksAreListed
from tickets.webhooks import Endpoint, EndpointId

WEBHOOKS = "/api/v1/webhooks"
ADMIN = {"role": "ADMIN"}
URL = "https://shop.example.com/hooks"


class Admin:
    """Asks as an admin of the issuer ``default``."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    async def ask(self, method: str, path: str = "", body: Any = None, **more: Any) -> Answer:
        sent = {} if body is None else {"json": body}
        return await self.stage.ask(method, f"{WEBHOOKS}{path}", "root", claims=ADMIN, **sent, **more)

    async def added(self, **fields: Any) -> Any:
        answer = await self.ask("POST", body={"url": URL, "events": ["*"], **fields})
        assert answer.status == 201, answer.json
        return answer.json


@pytest.fixture
def admin(stage: Stage) -> Admin:
    return Admin(stage)


async def test_an_endpoint_is_added_read_changed_and_removed(admin: Admin) -> None:
    added = await admin.added(description=" Orders ", events=["ticket.*", "note.added", "ticket.*"])

    secret = added.pop("secret")
    assert secret.startswith("whsec_")
    assert (added["description"], added["events"]) == ("Orders", ["ticket.*", "note.added"])
    assert (added["enabled"], added["disabled"], added["failing_since"]) == (True, None, None)
    assert (await admin.ask("GET")).json == [added]
    assert (await admin.ask("GET", f"/{added['id']}")).json == added
    changes = {"url": f"{URL}/new", "events": ["message.posted"], "enabled": False}
    changed = (await admin.ask("PATCH", f"/{added['id']}", changes)).json
    assert changed["url"] == f"{URL}/new"
    assert (changed["enabled"], changed["disabled"]) == (False, "by_hand")
    again = (await admin.ask("PATCH", f"/{added['id']}", {"enabled": True})).json
    assert (again["enabled"], again["events"], again["disabled_at"]) == (True, ["message.posted"], None)
    assert (await admin.ask("DELETE", f"/{added['id']}")).status == 204
    assert (await admin.ask("GET", f"/{added['id']}")).json["code"] == "webhook_not_found"
    assert (await admin.ask("DELETE", f"/{added['id']}")).status == 404


async def test_a_secret_is_shown_once(admin: Admin) -> None:
    added = await admin.added()
    rotated = (await admin.ask("POST", f"/{added['id']}/rotate")).json

    assert rotated["secret"] != added["secret"]
    assert rotated["both_secrets_until"] > rotated["updated_at"] + 86_000
    shown = [
        await admin.ask("GET"),
        await admin.ask("GET", f"/{added['id']}"),
        await admin.ask("PATCH", f"/{added['id']}", {"description": "x"}),
    ]
    assert "whsec_" not in str([it.json for it in shown])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": "http://shop.example.com/"}, "webhook_url_not_allowed"),
        ({"url": "https://127.0.0.1/"}, "webhook_url_not_allowed"),
        ({"url": "https://[::ffff:169.254.169.254]/"}, "webhook_url_not_allowed"),
        ({"url": "https://user:pass@shop.example.com/"}, "webhook_url_not_allowed"),
        ({"url": ""}, "body_invalid"),
        ({"events": []}, "body_invalid"),
        ({"events": ["ticket.exploded"]}, "body_invalid"),
        ({"description": "x" * 201}, "body_invalid"),
        ({"secret": "mine"}, "body_invalid"),
        ({"issuer": "other"}, "body_invalid"),
    ],
)
async def test_what_makes_no_sense_is_refused(admin: Admin, fields: dict[str, Any], code: str) -> None:
    answer = await admin.ask("POST", body={"url": URL, "events": ["*"], **fields})

    assert (answer.status, answer.json["code"]) == (400, code)
    assert (await admin.ask("GET")).json == []


async def test_a_changed_url_is_looked_at_as_well(admin: Admin) -> None:
    added = await admin.added()

    answer = await admin.ask("PATCH", f"/{added['id']}", {"url": "https://10.0.0.1/"})

    assert answer.json["code"] == "webhook_url_not_allowed"
    assert (await admin.ask("GET", f"/{added['id']}")).json["url"] == URL


async def test_only_admins_see_and_change_webhooks(admin: Admin) -> None:
    added = await admin.added()
    for role in ("TEMP_USER", "CUSTOMER", "AGENT"):
        for method, path in (("GET", ""), ("GET", f"/{added['id']}"), ("DELETE", f"/{added['id']}")):
            answer = await admin.stage.ask(method, WEBHOOKS + path, "sam", claims={"role": role})
            assert (answer.status, answer.json["code"]) == (403, "admin_only")


async def test_an_issuer_has_twenty_at_most(admin: Admin) -> None:
    for _ in range(20):
        await admin.added()

    answer = await admin.ask("POST", body={"url": URL, "events": ["*"]})

    assert (answer.status, answer.json["code"]) == (409, "too_many_webhooks")


async def test_a_repeated_request_adds_one(admin: Admin) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"url": URL, "events": ["*"]}

    answers = [await admin.ask("POST", body=body, headers=key) for _ in range(2)]

    assert answers[0].json == answers[1].json
    assert len((await admin.ask("GET")).json) == 1


async def test_what_was_sent_is_listed_and_sent_again(admin: Admin) -> None:
    added = await admin.added()
    trial = (await admin.ask("POST", f"/{added['id']}/test")).json
    assert (trial["type"], trial["status"], trial["ticket_id"]) == ("webhook.test", "pending", None)

    listed = (await admin.ask("GET", f"/{added['id']}/deliveries?status=pending")).json
    assert listed == [trial]
    assert (await admin.ask("GET", f"/{added['id']}/deliveries?status=failed")).json == []
    assert (await admin.ask("GET", f"/{added['id']}/deliveries?status=lost")).status == 400
    other = await admin.added()
    path = f"/deliveries/{trial['id']}/redeliver"
    assert (await admin.ask("POST", f"/{other['id']}{path}")).json["code"] == "delivery_not_found"
    assert (await admin.ask("POST", f"/{added['id']}{path}")).status == 202
    await admin.ask("PATCH", f"/{added['id']}", {"enabled": False})
    (stopped,) = (await admin.ask("GET", f"/{added['id']}/deliveries")).json
    assert (stopped["status"], stopped["answer"]["fault"]) == ("failed", "the endpoint is disabled")
    for doing in ("/test", path):
        answer = await admin.ask("POST", f"/{added['id']}{doing}")
        assert (answer.status, answer.json["code"]) == (409, "webhook_disabled")


async def test_deliveries_come_in_pages(admin: Admin, clock: Clock) -> None:
    added = await admin.added()
    for _ in range(5):
        clock.ahead += 1
        await admin.ask("POST", f"/{added['id']}/test")

    seen, path = [], f"/{added['id']}/deliveries?limit=2"
    while path:
        answer = await admin.ask("GET", path)
        seen += [it["seq"] for it in answer.json]
        link = answer.headers.get("Link", "")
        path = link.partition("webhooks")[2].partition(">")[0]

    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)


@pytest.fixture
async def shop() -> AsyncIterator[Backend]:
    async with backend() as it:
        yield it


async def test_it_works_end_to_end(store: Store, clock: Clock, shop: Backend) -> None:
    options = WebhookOptions(private=True)
    async with Stage(store, clock).open(rate_limits=False, webhooks=options) as stage, working(store, clock):
        admin = Admin(stage)
        added = await admin.added(url=shop.url())
        await admin.ask("POST", f"/{added['id']}/test")
        await shop.hears(1)
        await until(lambda: _is_delivered(admin, added["id"]))

        (told,) = shop.heard
        assert told.is_signed_with(added["secret"])
        assert told.body["data"] == {"endpoint_id": added["id"]}
        rotated = (await admin.ask("POST", f"/{added['id']}/rotate")).json
        (delivery,) = (await admin.ask("GET", f"/{added['id']}/deliveries")).json
        assert delivery["answer"]["status"] == 204
        await admin.ask("POST", f"/{added['id']}/deliveries/{delivery['id']}/redeliver")
        await shop.hears(2)
        again = shop.heard[1]
        assert again.id == told.id == delivery["webhook_id"]
        assert again.is_signed_with(added["secret"])
        assert again.is_signed_with(rotated["secret"])


async def test_metrics_say_how_much_waits_for_each(store: Store, clock: Clock) -> None:
    metrics = Metrics()
    async with Stage(store, clock).open(rate_limits=False, metrics=metrics) as stage:
        admin = Admin(stage)
        added = await admin.added()
        for _ in range(2):
            clock.ahead += 1
            await admin.ask("POST", f"/{added['id']}/test")

        async with stage.http.get("/metrics") as answer:
            text = await answer.text()

    assert f'guildesk_webhook_deliveries_waiting{{webhook="{added["id"]}"}} 2.0' in text.splitlines()


async def _is_delivered(admin: Admin, webhook: str) -> bool:
    return bool((await admin.ask("GET", f"/{webhook}/deliveries?status=delivered")).json)


async def test_admins_of_the_desk_itself_see_all_and_change_none_of_the_desk_file(store: Store) -> None:
    own = Endpoint(
        id=EndpointId("wh_own"),
        url="https://shop.example.com",
        events=("*",),
        issuers=("shop",),
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        created_at=1,
        updated_at=2,
    )
    listed = replace(own, id=EndpointId("wh_listed"), issuers=("*",), is_listed=True)
    for it in (own, listed):
        await store.webhooks.add(it)
    desk = WebhookDesk(store, lambda: 5)
    of_ours, of_shop, of_another = (
        Caller(Person(UserKey(issuer, "root"), "Root", UserRole.ADMIN))
        for issuer in (UserKey.DISCORD, "shop", "cafe")
    )

    assert len(await desk.endpoints(of_ours)) == 2
    assert [it.id for it in await desk.endpoints(of_shop)] == ["wh_own"]
    assert await desk.endpoints(of_another) == []
    await desk.test(of_ours, "wh_listed")
    await desk.rotate(of_ours, "wh_own")
    for refused in (desk.rotate(of_ours, "wh_listed"), desk.remove(of_ours, "wh_listed")):
        with pytest.raises(WebhooksAreListed):
            await refused
