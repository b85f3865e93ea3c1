"""What happens at the desk is told to endpoints: signed, in order, again until it is taken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import BaseModel

from config.faults import Fault
from notify.webhooks.fanning_out import FanningOut
from notify.webhooks.health import DISABLED
from notify.webhooks.wanted_events import WantedEvents
from tests.contract.acts import append, note, open_ticket, post
from tests.notify.webhooks.backend import (
    OTHER_SECRET,
    SECRET,
    Backend,
    Told,
    a_store,
    backend,
    endpoint,
    now,
    working,
)
from tests.people import ANN, BEN, SAM_ANSWERS
from tests.waiting import until
from tickets.desks.announcing import user_was_erased, user_was_merged
from tickets.events import (
    Change,
    FeedbackGiven,
    LabelsChanged,
    MessageDeleted,
    MessageEdited,
    TicketChanged,
    TicketClosed,
    TicketReopened,
)
from tickets.model import MessageId, Status, Ticket, TicketId, UserKey
from tickets.ports.store import Store
from tickets.ports.webhooks import DeliveryStatus, new_delivery
from tickets.webhooks import DAY, HOUR, Disabled, Endpoint, EndpointId, WebhookType
from wire.webhooks import MessageData, TicketData, UserData
from wire.webhooks import TestData as DataOfATest

Keep = Callable[[Endpoint], Awaitable[None]]


class WebhookEvent(BaseModel):
    """What is posted. ``timestamp`` is when it happened, in ISO 8601; what does not apply is left out."""

    type: WebhookType
    timestamp: str
    data: TicketData | MessageData | UserData | DataOfATest


class Time:
    """Goes on by itself, and can be set forward."""

    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return now() + self.ahead


@asynccontextmanager
async def hours_passing(store: Store, clock: Time) -> AsyncIterator[None]:
    """Pauses between tries go by at once; no time does while something is being tried."""

    async def pass_by() -> None:
        while True:
            due = await store.webhooks.earliest(EndpointId("wh_1"))
            clock.ahead += 0 if due is None else max(0, due - clock())
            await asyncio.sleep(0.01)

    task = asyncio.create_task(pass_by())
    yield
    task.cancel()


@pytest.fixture
async def shop() -> AsyncIterator[Backend]:
    async with backend() as it:
        yield it


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
async def opened(tmp_path: Path, clock: Time) -> AsyncIterator[tuple[Store, WantedEvents]]:
    async with a_store(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def store(opened: tuple[Store, WantedEvents]) -> Store:
    return opened[0]


@pytest.fixture
def keep(opened: tuple[Store, WantedEvents]) -> Keep:
    """Keeps an endpoint, as the desk does."""

    async def keep(it: Endpoint) -> None:
        store, wanted = opened
        await store.webhooks.add(it)
        await wanted.look(store)

    return keep


async def state(store: Store, name: str = "wh_1") -> Endpoint:
    found = await store.webhooks.endpoint(EndpointId(name))
    assert found is not None
    return found


async def statuses(store: Store, name: str = "wh_1") -> list[DeliveryStatus]:
    page = await store.webhooks.deliveries(EndpointId(name), None, None, 100)
    return [it.status for it in page.items]


async def test_all_kinds_are_told_in_order_signed_and_as_the_models_say(
    store: Store, keep: Keep, shop: Backend
) -> None:
    await keep(endpoint(shop.url(), events=("*", "note.*")))
    async with working(store):
        ticket = await open_ticket(store)
        posted = await post(store, ticket, 'Größe 🎈 "quoted"')
        await note(store, ticket)
        await append(store, ticket.id, MessageEdited(MessageId(posted.id), "Other"), SAM_ANSWERS)
        await append(store, ticket.id, LabelsChanged(added=("hot",)), SAM_ANSWERS)
        level = Change("issue_level", "NORMAL", "URGENT")
        await append(store, ticket.id, TicketChanged((level,)), SAM_ANSWERS)
        await append(store, ticket.id, TicketClosed(Status.RESOLVED, "done"), SAM_ANSWERS)
        await append(store, ticket.id, FeedbackGiven(5))
        await append(store, ticket.id, TicketReopened())
        await append(store, ticket.id, MessageDeleted(MessageId(posted.id)))
        await shop.hears(10)

    assert shop.types() == [
        "ticket.opened",
        "message.posted",
        "note.added",
        "message.edited",
        "ticket.updated",
        "ticket.updated",
        "ticket.closed",
        "feedback.given",
        "ticket.reopened",
        "message.deleted",
    ]
    for seq, told in enumerate(shop.heard, 1):
        body = told.body
        WebhookEvent.model_validate(body)
        assert told.is_signed_with(SECRET)
        assert not told.is_signed_with(OTHER_SECRET)
        assert told.id == f"{ticket.id}_{seq}_{body['type']}"
        assert body["data"]["seq"] == seq
        assert body["data"]["requester"] == {"id": "ann", "issuer": "shop"}
    opened, message, noted, _, labeled, urgent, closed, *_ = (it.body["data"] for it in shop.heard)
    assert opened["ticket"]["id"] == ticket.id
    assert opened["event_id"].startswith("1-")
    assert opened["actor"] == {"type": "REQUESTER", "id": "ann", "name": "ann"}
    assert message["message"]["id"] == posted.id
    assert noted["message"]["content"] == "Careful"
    assert (labeled["changed"], labeled["ticket"]["labels"]) == (["labels"], ["hot"])
    assert urgent["changed"] == ["issue_level"]
    assert closed["ticket"]["close_reason"] == "done"
    assert shop.heard[0].body["timestamp"].endswith("Z")


async def test_nobody_hears_what_they_did_not_name(store: Store, keep: Keep, shop: Backend) -> None:
    await keep(endpoint(shop.url("/all")))
    await keep(endpoint(shop.url("/notes"), "wh_2", events=("note.added",)))
    await keep(endpoint(shop.url("/other"), "wh_3", issuers=("other",)))
    await keep(endpoint(shop.url("/every"), "wh_4", issuers=("*",), events=("ticket.closed",)))
    async with working(store):
        ticket = await open_ticket(store)
        await note(store, ticket)
        foreign = await open_ticket(store, UserKey("other", "zoe"))
        for it in (ticket, foreign):
            await append(store, it.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
        await shop.hears(2, "/every")
        await shop.hears(2, "/all")
        await shop.hears(2, "/other")

    assert shop.types("/all") == ["ticket.opened", "ticket.closed"]
    assert shop.types("/notes") == ["note.added"]
    assert shop.types("/other") == ["ticket.opened", "ticket.closed"]
    assert shop.types("/every") == ["ticket.closed", "ticket.closed"]


async def test_what_is_not_taken_is_tried_again_with_the_same_id_and_in_order(
    store: Store, keep: Keep, shop: Backend, clock: Time
) -> None:
    refusals = [500, 302, 404]

    async def refuse(_: web.Request, __: Any) -> web.Response:
        return web.Response(
            status=refusals.pop(0) if refusals else 200, text="no", headers={"Location": "/b"}
        )

    shop.replies["/hook"] = refuse
    await keep(endpoint(shop.url()))
    ticket = await open_ticket(store)
    await post(store, ticket)
    async with working(store, clock), hours_passing(store, clock):
        await shop.hears(5)
        await until(lambda: _is_done(store))

    assert [it.id.split("_")[1] for it in shop.at()] == ["1", "1", "1", "1", "2"]
    assert len({it.id for it in shop.at()}) == 2
    assert shop.at("/b") == []
    assert await statuses(store) == [DeliveryStatus.DELIVERED] * 2


async def test_after_ten_tries_later_events_pass_and_after_three_days_it_is_given_up(
    store: Store, keep: Keep, shop: Backend, clock: Time
) -> None:
    async def refuse_the_opening(_: web.Request, told: Told) -> web.Response:
        if told.body["type"] != "ticket.opened":
            return web.Response(status=200)
        return web.Response(status=500, text="x" * 5000)

    shop.replies["/hook"] = refuse_the_opening
    await keep(endpoint(shop.url()))
    ticket = await open_ticket(store)
    await post(store, ticket)
    async with working(store, clock), hours_passing(store, clock):
        await until(lambda: _is(store, DeliveryStatus.FAILED))

    types = shop.types()
    assert types.index("message.posted") == 10
    assert 15 <= types.count("ticket.opened") <= 30
    page = await store.webhooks.deliveries(EndpointId("wh_1"), DeliveryStatus.FAILED, None, 9)
    (failed,) = page.items
    assert failed.answer is not None
    assert (failed.answer.status, failed.answer.body) == (500, "x" * 1024)
    assert 2 * DAY < failed.answer.at - failed.begun_at < 3 * DAY + HOUR


async def _is(store: Store, status: DeliveryStatus) -> bool:
    return status in await statuses(store)


async def test_a_slow_and_a_dead_endpoint_delay_nobody_else(store: Store, keep: Keep, shop: Backend) -> None:
    waiting = asyncio.Event()

    async def never(_: web.Request, __: Any) -> web.Response:
        await waiting.wait()
        return web.Response(status=200)

    shop.replies["/slow"] = never
    await keep(endpoint(shop.url("/slow"), "wh_1"))
    await keep(endpoint("http://127.0.0.1:1/", "wh_2"))
    await keep(endpoint("http://no-such-name.invalid/", "wh_3"))
    await keep(endpoint(shop.url("/good"), "wh_4"))
    async with working(store):
        for _ in range(20):
            await open_ticket(store)
        await shop.hears(20, "/good")

        assert len(shop.at("/slow")) == 8
        waiting.set()
        await shop.hears(20, "/slow")
    assert set(await statuses(store, "wh_2")) == {DeliveryStatus.PENDING}


async def test_410_disables_at_once(store: Store, keep: Keep, shop: Backend) -> None:
    async def gone(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=410, text="bye")

    shop.replies["/hook"] = gone
    await keep(endpoint(shop.url()))
    ticket = await open_ticket(store)
    await post(store, ticket)
    async with working(store):
        await until(lambda: _disabled(store))
        await post(store, ticket)
        await until(lambda: _is_done(store))

    it = await state(store)
    assert it.disabled is Disabled.GONE
    assert len(shop.at()) == 1
    assert set(await statuses(store)) == {DeliveryStatus.FAILED}


@pytest.mark.parametrize("then", ["disabled", "removed"])
async def test_nothing_waits_for_one_that_is_disabled_or_removed_while_it_is_fanned_out(
    store: Store, keep: Keep, shop: Backend, then: str
) -> None:
    await keep(endpoint(shop.url()))
    event = await post(store, await open_ticket(store))
    meanwhile: Any = _Meanwhile(store, then)

    await FanningOut(replace(store, feed=meanwhile), now, lambda _: None).show(event)

    assert await store.webhooks.waiting(EndpointId("wh_1")) == 0
    if then == "disabled":
        assert set(await statuses(store)) == {DeliveryStatus.FAILED}


async def test_what_was_kept_for_a_disabled_one_before_a_kill_is_stopped_by_the_next_leader(
    store: Store, keep: Keep, shop: Backend
) -> None:
    await keep(endpoint(shop.url(), disabled_at=1, disabled=Disabled.BY_HAND))
    ticket = await open_ticket(store)
    it = await state(store)
    await store.webhooks.deliver([new_delivery(it, ticket.id, 1, WebhookType.TICKET_OPENED, ANN.key, now())])

    async with working(store):
        await until(lambda: _is_done(store))

    assert await statuses(store) == [DeliveryStatus.FAILED]
    assert shop.at() == []


async def test_what_was_answered_410_says_so_and_what_waits_is_stopped_though_the_sender_is_ended_first(
    store: Store, keep: Keep, shop: Backend
) -> None:
    async def gone(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=410, text="bye")

    shop.replies["/hook"] = gone
    await keep(endpoint(shop.url()))
    await post(store, await open_ticket(store))

    async with working(store, webhooks=_EndedOnceChanged):
        await until(lambda: _disabled(store))
        await until(lambda: _is_done(store))

    page = await store.webhooks.deliveries(EndpointId("wh_1"), DeliveryStatus.FAILED, None, 9)
    said = {it.seq: it.answer for it in page.items}
    assert said[1] is not None
    assert (said[1].status, said[1].body) == (410, "bye")
    assert said[2] is not None
    assert said[2].fault == DISABLED


class _EndedOnceChanged:
    """Whoever has changed an endpoint waits until they are ended."""

    def __init__(self, webhooks: Any) -> None:
        self._webhooks = webhooks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._webhooks, name)

    async def change(self, *given: Any) -> None:
        await self._webhooks.change(*given)
        await asyncio.Event().wait()


class _Meanwhile:
    """A feed; while it is read, an admin disables or removes the endpoint, and stops what waits for it."""

    def __init__(self, store: Store, then: str) -> None:
        self._store = store
        self._then = then

    async def entry(self, ticket_id: TicketId, seq: int) -> Any:
        webhooks = self._store.webhooks
        if self._then == "removed":
            await webhooks.remove(EndpointId("wh_1"))
        else:
            await webhooks.change(
                EndpointId("wh_1"), lambda it: replace(it, disabled_at=1, disabled=Disabled.BY_HAND)
            )
        return await self._store.feed.entry(ticket_id, seq)


async def _disabled(store: Store) -> bool:
    return not (await state(store)).is_enabled


async def _is_done(store: Store) -> bool:
    return await store.webhooks.waiting(EndpointId("wh_1")) == 0


async def test_one_that_fails_for_days_is_told_of_then_disabled_and_can_begin_anew(
    store: Store, keep: Keep, shop: Backend, clock: Time
) -> None:
    told: list[list[str]] = []

    async def found(faults: Any) -> None:
        told.append([it.code for it in faults if isinstance(it, Fault)])

    async def refuse(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=503)

    shop.replies["/hook"] = refuse
    await keep(endpoint(shop.url()))
    async with working(store, clock, found=found), hours_passing(store, clock):
        for _ in range(3):  # as something is tried for three days
            await open_ticket(store)
            await until(lambda: _is_done_or_disabled(store))
        await until(lambda: told[-1:] == [["webhook_disabled"]])
        assert told == [[], ["webhook_failing"], ["webhook_disabled"]]
        assert (await state(store)).disabled is Disabled.FAILING

        del shop.replies["/hook"]
        before = len(shop.at())
        await store.webhooks.change(
            EndpointId("wh_1"), lambda it: replace(it, disabled_at=None, disabled=None)
        )
        await until(lambda: told[-1:] != [["webhook_disabled"]])
        await open_ticket(store)
        await shop.hears(before + 1)
        await until(lambda: _works(store))
        await until(lambda: told[-1:] == [[]])


async def _is_done_or_disabled(store: Store) -> bool:
    return await _is_done(store) or await _disabled(store)


async def _works(store: Store) -> bool:
    return (await state(store)).failing_since is None


async def test_both_secrets_sign_for_a_day(store: Store, keep: Keep, shop: Backend, clock: Time) -> None:
    both: dict[str, Any] = {"secret": OTHER_SECRET, "old_secret": SECRET, "old_secret_until": clock() + DAY}
    await keep(endpoint(shop.url(), **both))
    async with working(store, clock):
        await open_ticket(store)
        await shop.hears(1)
        clock.ahead += DAY
        await open_ticket(store)
        await shop.hears(2)

    during, after = (len(it.headers["webhook-signature"].split(" ")) for it in shop.heard)
    assert (during, after) == (2, 1)


async def test_another_secret_and_address_count_at_once(store: Store, keep: Keep, shop: Backend) -> None:
    await keep(endpoint(shop.url()))
    async with working(store, look_every=60):
        await open_ticket(store)
        await shop.hears(1)
        moved: dict[str, Any] = {"url": shop.url("/moved"), "secret": OTHER_SECRET, "old_secret": SECRET}
        await store.webhooks.change(EndpointId("wh_1"), lambda it: replace(it, **moved))
        await open_ticket(store)
        await shop.hears(1, "/moved")

    (there,) = shop.at("/moved")
    assert there.is_signed_with(OTHER_SECRET)
    assert there.is_signed_with(SECRET)


async def test_what_was_deleted_or_erased_meanwhile_is_not_told(
    store: Store, keep: Keep, shop: Backend
) -> None:
    await keep(endpoint(shop.url(), events=("message.*",)))
    ticket = await open_ticket(store)
    posted = await post(store, ticket, "a secret")
    await append(store, ticket.id, MessageEdited(MessageId(posted.id), "less"), SAM_ANSWERS)
    await append(store, ticket.id, MessageDeleted(MessageId(posted.id)))
    async with working(store):
        await shop.hears(3)

    assert [it.body["data"]["message"]["content"] for it in shop.heard] == ["", "", ""]
    assert "secret" not in "".join(it.text for it in shop.heard)


async def test_what_happens_right_after_an_endpoint_is_added_is_told(
    store: Store, keep: Keep, shop: Backend
) -> None:
    async with working(store):
        await open_ticket(store)
        for number in range(5):
            await keep(endpoint(shop.url(f"/{number}"), f"wh_{number}"))
            await open_ticket(store)
            await shop.hears(1, f"/{number}")

        await shop.hears(5, "/0")

    opened = [it.body["data"]["ticket"]["number"] for it in shop.at("/0")]
    assert opened == [2, 3, 4, 5, 6]


async def test_users_are_told_of(store: Store, keep: Keep, shop: Backend, clock: Time) -> None:
    await keep(endpoint(shop.url()))
    await open_ticket(store)
    async with working(store):
        await shop.hears(1)
        await user_was_merged(store, ANN.key, BEN.key, clock())
        await shop.hears(2)
        await user_was_erased(store, BEN.key, clock() + 1)
        await shop.hears(3)

    merged, erased = (it.body for it in shop.heard[1:])
    assert (merged["type"], erased["type"]) == ("user.merged", "user.erased")
    assert merged["data"] == {
        "user": {"id": "ben", "issuer": "shop"},
        "before": {"id": "ann", "issuer": "shop"},
    }
    assert erased["data"] == {"user": {"id": "ben", "issuer": "shop"}}
    WebhookEvent.model_validate(erased)
    page = await store.webhooks.deliveries(EndpointId("wh_1"), None, None, 9)
    assert [it.type for it in page.items] == ["user.erased"]


async def test_those_of_the_desk_file_come_and_go_with_it(store: Store, keep: Keep, shop: Backend) -> None:
    listed = [endpoint(shop.url("/a"), "listed-a", is_listed=True, issuers=("*",))]
    await keep(endpoint(shop.url("/own")))
    async with working(store, listed=lambda: listed):
        await until(lambda: store.webhooks.endpoint(EndpointId("listed-a")))
        ticket: Ticket = await open_ticket(store)
        await shop.hears(1, "/a")
        listed[0] = replace(listed[0], url=shop.url("/b"))
        await until(lambda: _leads_to(store, shop.url("/b")))
        await post(store, ticket)
        await shop.hears(1, "/b")
        listed.clear()
        await until(lambda: _is_gone(store))

    assert [it.id for it in await store.webhooks.endpoints()] == ["wh_1"]


async def _leads_to(store: Store, url: str) -> bool:
    return (await state(store, "listed-a")).url == url


async def _is_gone(store: Store) -> bool:
    return await store.webhooks.endpoint(EndpointId("listed-a")) is None
