"""How a ticket stands to its targets, over the API: for staff alone."""

from api.door.metrics import Metrics
from tests.api.stage import STAFF, TICKETS, Clock, Stage, listening, token
from tickets.desks.deciding import on_ticket
from tickets.desks.ticket_desk import Desk
from tickets.events import SlaChanged
from tickets.model import SYSTEM, EventId, Message, Ticket, TicketId
from tickets.policy import Rules
from tickets.ports.store import Store
from tickets.sources import by_itself
from tickets.targets import SlaState, Target, TargetName, Terms

HOUR = 3_600_000
TARGETS = Terms(Target(HOUR, 8 * HOUR))


async def test_staff_sees_when_what_is_due_and_requesters_do_not(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(terms=lambda *_: TARGETS))
    async with stage.open():
        ticket = await stage.opened("ann")
        own = (await stage.ask("GET", f"{TICKETS}/{ticket}", "ann")).json
        fresh = (await stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json
        found = await stage.ask("GET", f"{TICKETS}?sla=ok,paused", "sam", claims=STAFF)
        refused = await stage.ask("GET", f"{TICKETS}?sla=ok", "ann")
        unknown = await stage.ask("GET", f"{TICKETS}?sla=good", "sam", claims=STAFF)
        await stage.answered(ticket)
        answered = (await stage.ask("GET", f"{TICKETS}/{ticket}", "sam", claims=STAFF)).json

        opened = fresh["created_at"]
        due = {"first_response_due_at": opened + 3600, "resolution_due_at": opened + 8 * 3600, "state": "ok"}
        assert fresh["sla"] == due
        assert own["sla"] is None
        assert [it["id"] for it in found.json] == [ticket]
        assert (refused.status, refused.json["code"], unknown.status) == (403, "staff_only", 400)
        stands_still = {"first_response_due_at": None, "resolution_due_at": None, "state": "paused"}
        assert answered["sla"] == stands_still


async def test_staff_that_watches_hears_of_it_and_the_requester_does_not(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(terms=lambda *_: TARGETS))
    async with stage.open():
        ticket = TicketId(await stage.opened("ann"))

        def decide(_: Ticket, __: Message | None) -> SlaChanged:
            return SlaChanged(TargetName.FIRST_RESPONSE, SlaState.BREACHED, 5)

        async with (
            listening(stage, query=token("sam", **STAFF)) as staff,
            listening(stage, query=token("ann")) as requester,
        ):
            await staff.until("authorized")
            await requester.until("authorized")
            await staff.client.call("watch", {"ticket_id": ticket}, timeout=30)
            by_the_desk = on_ticket(ticket, lambda _: SYSTEM, decide)
            await store.log.append(ticket, by_itself(EventId("t:sla:1")), by_the_desk)
            await stage.answered(ticket)

            heard = await staff.until("sla")
            await requester.until("message")

        assert heard["id"] == ticket
        assert heard["sla"]["state"] == "breached"
        assert "sla" not in requester.names


async def test_statistics_and_metrics_count_what_was_missed(store: Store, clock: Clock) -> None:
    stage = Stage(store, clock)
    stage.desk = Desk(store, clock, Rules(terms=lambda *_: TARGETS))
    async with stage.open(metrics=Metrics()):
        late, in_time = TicketId(await stage.opened("ann")), await stage.opened("ann")
        await stage.answered(in_time)

        def decide(_: Ticket, __: Message | None) -> SlaChanged:
            return SlaChanged(TargetName.FIRST_RESPONSE, SlaState.BREACHED, 5)

        await store.log.append(late, by_itself(EventId("t:sla:1")), on_ticket(late, lambda _: SYSTEM, decide))
        stats = (await stage.ask("GET", "/api/v1/stats", "sam", claims=STAFF)).json
        async with stage.http.get("/metrics") as answer:
            metrics = await answer.text()

    first = {"met": 1, "missed": 1}
    assert stats["sla"] == {"first_response": first, "resolution": {"met": 0, "missed": 0}}
    assert stats["levels"]["NORMAL"]["sla"]["first_response"] == first
    assert 'guildesk_tickets_by_target{level="NORMAL",state="breached"} 1.0' in metrics
    assert 'guildesk_tickets_by_target{level="URGENT",state="breached"} 0.0' in metrics
