"""How many tickets of a kind a requester may have, and how soon the next may follow."""

from dataclasses import replace

import pytest

from tests.clocks import Hands
from tests.people import ANN, AS_ANN, AS_BEN, AS_SAM
from tickets.desks.ticket_desk import Desk, NewTicket
from tickets.forms import Form, Forms
from tickets.model import EventId, Status, TicketId
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.refusals import FormCoolsDown, TooManyOfForm
from tickets.sources import from_api

BILLS = Form(slug="bills", name="Bills", most_open=2)
IDEAS = Form(slug="ideas", name="Ideas", cooldown=60_000)
NEW = NewTicket(topic="No light", description="The lamp is dark.")
BILL, IDEA = replace(NEW, category="bills"), replace(NEW, category="ideas")


@pytest.fixture
def desk(store: Store, clock: Hands) -> Desk:
    forms = Forms((*Forms().all, BILLS, IDEAS))
    return Desk(store, clock, Rules(), lambda: forms)


async def test_a_form_allows_so_many_open_tickets_of_each_requester(desk: Desk) -> None:
    first = await desk.open(AS_ANN, BILL)
    await desk.open(AS_ANN, BILL)

    with pytest.raises(TooManyOfForm, match="Of Bills you may have 2 open tickets at once"):
        await desk.open(AS_ANN, BILL)
    with pytest.raises(TooManyOfForm):
        await desk.may_open(AS_ANN, BILLS)

    await desk.open(AS_ANN, NEW)
    await desk.open(AS_BEN, BILL)
    await desk.close(AS_ANN, first.id, Status.CANCELED)
    await desk.may_open(AS_ANN, BILLS)
    await desk.open(AS_ANN, BILL)


async def test_a_form_cools_down_after_each_ticket_however_it_ended(desk: Desk, clock: Hands) -> None:
    idea = await desk.open(AS_ANN, IDEA)
    await desk.close(AS_ANN, idea.id, Status.CANCELED)
    clock.now += 59_999

    with pytest.raises(FormCoolsDown, match=r"another ticket at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"):
        await desk.open(AS_ANN, IDEA)
    await desk.open(AS_BEN, IDEA)
    await desk.open(AS_ANN, BILL)
    clock.now += 1
    await desk.open(AS_ANN, IDEA)


async def test_an_opening_that_is_repeated_is_the_same_ticket_and_refused_by_no_limit(desk: Desk) -> None:
    source = from_api(EventId("e" * 32))
    opened = [await desk.open(AS_ANN, IDEA, ticket_id=TicketId("t" * 32), source=source) for _ in range(2)]

    assert opened[0].id == opened[1].id


async def test_what_staff_opens_for_somebody_is_not_refused(desk: Desk) -> None:
    for _ in range(3):
        await desk.open(AS_SAM, BILL, requester=ANN)
        await desk.open(AS_SAM, IDEA, requester=ANN)
