"""What an endpoint that takes nothing asks for is heeded within reason."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from notify.webhooks.health import Health
from notify.webhooks.posting import Posting
from notify.webhooks.rendering import Rendering
from notify.webhooks.sending import NotTaken, Outcomes, ToEndpoint
from tests.clocks import NOON, Hands
from tests.contract.acts import open_ticket
from tests.notify.webhooks.backend import a_store, backend, endpoint, now, working
from tests.waiting import until
from tickets.model import TicketId
from tickets.ports.store import Store
from tickets.ports.webhooks import Answer, Webhooks, new_delivery
from tickets.webhooks import Endpoint, EndpointId, WebhookType

SHOP = endpoint("https://shop.example.com/hook")


@dataclass
class Overloaded:
    """Renders, posts and keeps: an endpoint that answers 503 and says when it wants to be asked again."""

    wish: float | None

    async def body(self, _: object) -> str:
        return "{}"

    async def post(self, *_: object) -> tuple[Answer, float | None]:
        return Answer(NOON, 503), self.wish

    async def endpoint(self, _: object) -> Endpoint:
        return SHOP

    async def change(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(("wish", "pause"), [(None, 0.0), (120.0, 120.0), (10.0**9, 24 * 3600.0)])
async def test_nobody_is_left_alone_for_more_than_a_day(wish: float | None, pause: float) -> None:
    it: Any = Overloaded(wish)
    clock = Hands()
    health = Health(SHOP, cast(Webhooks, it), clock)
    sink = ToEndpoint(health, cast(Rendering, it), cast(Posting, it), it, clock, Outcomes({}))
    delivery = new_delivery(SHOP, TicketId("t1"), 1, WebhookType.TEST, None, NOON)

    with pytest.raises(NotTaken) as not_taken:
        await sink.show(delivery)

    assert not_taken.value.seconds == pause


async def test_whoever_wants_to_be_left_alone_for_a_day_is_so_after_a_new_start(tmp_path: Path) -> None:
    async with backend() as shop, a_store(tmp_path) as (store, ears):

        async def tomorrow(_: web.Request, __: Any) -> web.Response:
            return web.Response(status=503, headers={"Retry-After": "80000"})

        shop.replies["/hook"] = tomorrow
        await store.webhooks.add(endpoint(shop.url()))
        await ears.look(store)
        first = await open_ticket(store)
        async with working(store):
            await shop.hears(1)
            await until(partial(_is_put_off, store))
        shop.replies.clear()
        second = await open_ticket(store)
        async with working(store):
            await shop.hears(2)

    assert [it.id.partition("_")[0] for it in shop.heard] == [first.id, second.id]


async def _is_put_off(store: Store) -> bool:
    return not await store.webhooks.tickets_due(EndpointId("wh_1"), now(), 1)
