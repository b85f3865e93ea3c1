"""Whatever the store, endpoints are told all that happens, in the order of each ticket."""

from tests.contract.acts import append, open_ticket, post
from tests.contract.places import Place
from tests.notify.webhooks.backend import backend, endpoint, now, working
from tests.people import ANN, SAM_ANSWERS
from tests.waiting import until
from tickets.events import Change, TicketChanged, TicketClosed
from tickets.model import Status
from tickets.ports.sinks import EVERYTHING, Listening, SinkName
from tickets.ports.store import Store
from tickets.ports.webhooks import DeliveryStatus
from tickets.webhooks import EndpointId

SINKS = (*EVERYTHING, Listening(SinkName.WEBHOOKS))


async def test_all_is_told_in_order_and_written_down(place: Place) -> None:
    async with backend() as shop, place.open(now, SINKS) as store, working(store):
        await store.webhooks.add(endpoint(shop.url()))
        tickets = [await open_ticket(store) for _ in range(3)]
        for ticket in tickets * 2:
            await post(store, ticket)
        for ticket in tickets:
            await append(store, ticket.id, TicketClosed(Status.RESOLVED), SAM_ANSWERS)
        await shop.hears(12)
        await until(lambda: _is_all_taken(store, 12))

    for ticket in tickets:
        told = [it for it in shop.heard if it.id.startswith(f"{ticket.id}_")]
        assert [it.body["data"]["seq"] for it in told] == [1, 2, 3, 4]
        assert [it.body["type"] for it in told] == [
            "ticket.opened",
            "message.posted",
            "message.posted",
            "ticket.closed",
        ]
        assert told[-1].body["data"]["ticket"]["status"] == "RESOLVED"


async def test_of_a_ticket_that_was_handed_over_the_new_requester_is_told(place: Place) -> None:
    async with backend() as shop, place.open(now, SINKS) as store:
        await store.webhooks.add(endpoint(shop.url()))
        ticket = await open_ticket(store)
        moved = Change("requester", str(ANN.key), "shop eve")
        await append(store, ticket.id, TicketChanged((moved,)), SAM_ANSWERS)
        async with working(store):
            await shop.hears(2)

    assert [it.body["data"]["requester"]["id"] for it in shop.heard] == ["eve", "eve"]
    assert shop.heard[1].body["data"]["changed"] == ["user_id"]


async def _is_all_taken(store: Store, count: int) -> bool:
    page = await store.webhooks.deliveries(EndpointId("wh_1"), DeliveryStatus.DELIVERED, None, 100)
    return len(page.items) == count
